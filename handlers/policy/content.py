"""The policy articles: content/policies/<topic>/<id>.md, front matter and a Markdown body, held to a schema."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from yaml import CSafeLoader  # libyaml, in every wheel of PyYAML: ten times as fast

from bot.content import Finding

Resolve = Callable[[str], str]  # "320000.pension_base.2024.floor" -> "4879"; raises KeyError when there is none
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Occupation = Literal["all", "rider", "driver", "trucker", "streamer"]

FENCE = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
REFERENCE = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


class Part(BaseModel):
    """Front matter is strict: an unknown key is a slip."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Part):
    """The document that says so."""

    title: Text
    number: Text | None = None
    issuer: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None
    date: dt.date | None = None


class Effective(Part):
    """The days on which an answer holds, both included; `until` None means still."""

    since: dt.date = Field(alias="from")
    until: dt.date | None = None


class Step(Part):
    """What to do next: a button's label, and `dialogue:`, `article:`, `phone:` or `url:` with its target."""

    label: Text
    to: Annotated[
        str, StringConstraints(pattern=r"^(dialogue:[a-z_]+|article:[a-z0-9-]+|phone:[0-9-]+|url:https?://\S+)$")
    ]


class Article(Part):
    """One article; `answer` and `body` have their figures filled in."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Annotated[Text, Field(max_length=20)]
    topic: Annotated[str, StringConstraints(pattern=r"^[a-z-]+$")]
    regions: Annotated[list[Annotated[str, StringConstraints(pattern=r"^(national|\d{6})$")]], Field(min_length=1)]
    occupations: Annotated[list[Occupation], Field(min_length=1)]
    questions: Annotated[list[Text], Field(min_length=8)]
    keywords: list[Text] = []
    answer: Annotated[Text, Field(max_length=60)]
    confidence: Literal["high", "medium"]
    sources: Annotated[list[Source], Field(min_length=1)]
    effective: Effective
    reviewed: dt.date
    next: Annotated[list[Step], Field(min_length=1, max_length=3)]
    body: Text
    path: str
    body_line: int

    def holds_on(self, day: dt.date) -> bool:
        """Is this the answer on that day?"""
        until = self.effective.until
        return self.effective.since <= day and (until is None or day <= until)


class BrokenArticleError(Exception):
    """An article can't be used; `findings` say where and why."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("; ".join(f"{found.path}:{found.line}: {found.message}" for found in findings))
        self.findings = findings


def article_files(folder: Path) -> list[Path]:
    """The article files under content/policies, in the order of their names."""
    return sorted((folder / "policies").glob("*/*.md"))


def parse(path: str, text: str, resolve: Resolve) -> Article:
    """One article from its file's text; raises `BrokenArticleError`."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    fence = FENCE.match(text)
    if fence is None:
        raise BrokenArticleError(
            [Finding(path, 1, "error", "no front matter: begin with ---, end it with --- on a line alone")]
        )
    front = _front(path, fence.group(1))
    _fill(path, text, resolve)
    for field in ("answer", "title"):
        if isinstance(front.get(field), str):
            front[field] = REFERENCE.sub(lambda found: resolve(found[1]), front[field])
    body = REFERENCE.sub(lambda found: resolve(found[1]), text[fence.end() :])
    front |= {"body": body, "path": path, "body_line": text[: fence.end()].count("\n") + 1}
    try:
        return Article.model_validate(front)
    except ValidationError as error:
        raise BrokenArticleError(_explained(path, fence.group(1), error)) from None


def _front(path: str, front: str) -> dict[str, Any]:
    try:
        data = yaml.load(front, CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        message = f"the front matter is no YAML: {error.problem}; quote a text that holds ': ' or begins with a sign"
        raise BrokenArticleError([Finding(path, line, "error", message)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise BrokenArticleError([Finding(path, 1, "error", f"the front matter is no YAML: {error}")]) from None
    if not isinstance(data, dict):
        raise BrokenArticleError([Finding(path, 1, "error", "the front matter must be `key: value` lines")])
    reserved = {"body", "path", "body_line"} & data.keys()
    return {key: value for key, value in data.items() if key not in reserved}


def _fill(path: str, text: str, resolve: Resolve) -> None:
    """Try every reference, so that all the bad ones are named at once."""
    findings = []
    for line, words in enumerate(text.split("\n"), 1):
        for found in REFERENCE.finditer(words):
            try:
                resolve(found[1])
            except KeyError:
                message = f"content/regions holds no figure {found[1]}: correct the reference or add the figure"
                findings.append(Finding(path, line, "error", message))
    if findings:
        raise BrokenArticleError(findings)


def _explained(path: str, front: str, error: ValidationError) -> list[Finding]:
    """The schema's complaints, each with the line of the key it is about."""
    root = yaml.compose(front, CSafeLoader)
    findings = []
    for problem in error.errors(include_url=False, include_input=False):
        where = ".".join(str(step) for step in problem["loc"])
        findings.append(Finding(path, _line(root, problem["loc"]), "error", f"{where}: {problem['msg']}"))
    return findings


def _line(node: Any, steps: Iterable[int | str]) -> int:
    """The line in the file (the front matter begins on line 2) of the innermost key that is there."""
    line = 2
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == step), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 2, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 2
    return line


def load(folder: Path, resolve: Resolve) -> tuple[list[Article], list[Finding]]:
    """Every article that can be used, and what is wrong with the others."""
    articles: dict[str, Article] = {}
    findings: list[Finding] = []
    for path in article_files(folder):
        name = str(path.relative_to(folder))
        try:
            article = parse(name, path.read_text("utf-8"), resolve)
        except UnicodeDecodeError:
            findings.append(Finding(name, 1, "error", "the file is not UTF-8: save it as UTF-8"))
        except BrokenArticleError as error:
            findings.extend(error.findings)
        else:
            findings.extend(_misplaced(article, path, articles))
            articles.setdefault(article.id, article)
    return list(articles.values()), findings


def _misplaced(article: Article, path: Path, seen: dict[str, Article]) -> list[Finding]:
    """An article's id is its file's name and no other article's; its topic is its folder's name."""
    found = []
    if article.id != path.stem:
        found.append(f"id: {article.id} is not the file's name {path.stem}: make them the same")
    if article.topic != path.parent.name:
        found.append(f"topic: {article.topic} is not the folder's name {path.parent.name}: make them the same")
    if article.id in seen:
        found.append(f"id: {article.id} is taken by {seen[article.id].path}: choose another id and file name")
    return [Finding(article.path, 2, "error", message) for message in found]
