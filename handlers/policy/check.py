"""What is wrong with the policy content, for `yizhan content check`: every finding with file, line and what to do."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

from bot.content import Finding
from handlers.policy import several
from handlers.policy.answers import Answers
from handlers.policy.content import REFERENCE, Article

STALE = dt.timedelta(days=365)
LOST = 0.5  # an article of whose own questions more than this share find another article first is an error
# A number that a notice of one region sets: yuan straight after the words such notices use.
REGIONAL = re.compile(
    r"(?:基数|下限|最低工资|平均工资|社平工资|封顶线|起付线)[^，。；！？\d]{0,12}(?<![\d.])(\d{3,6}(?:\.\d+)?\s*元)"
)


def check(answers: Answers, content_dir: Path, dialogues: Collection[str], today: dt.date) -> list[Finding]:
    """Look through all articles; `dialogues` are the names a next step may lead to. Errors first, then by file."""
    articles = answers.library.shelf.articles
    known = {article.id for article in articles}
    topics = _topics(content_dir)
    found = list(answers.library.findings)
    for article in articles:
        page = _Page(content_dir, article)
        found += [*_dates(page, today), *_sources(page), *_references(page, known, dialogues, topics), *_numbers(page)]
        found += _questions(page, answers, today)
    found += [*_twins(content_dir, articles), *several.astray(answers.library.shelf.ambiguous, known, dialogues)]
    return sorted(found, key=lambda finding: (finding.severity, finding.path, finding.line))


class _Page:
    """An article and the lines of its file, so that a finding can name one."""

    def __init__(self, folder: Path, article: Article) -> None:
        self.folder, self.article = folder, article

    @cached_property
    def lines(self) -> list[str]:
        return (self.folder / self.article.path).read_text("utf-8").splitlines()

    def line(self, text: str) -> int:
        """The first line that holds a text, 1 when none does."""
        return next((number for number, line in enumerate(self.lines, 1) if text in line), 1)

    def error(self, text: str, message: str) -> Finding:
        """An error on the line that holds `text`."""
        return Finding(self.article.path, self.line(text), "error", message)

    def warning(self, text: str, message: str) -> Finding:
        """A warning on the line that holds `text`."""
        return Finding(self.article.path, self.line(text), "warning", message)


def _topics(content_dir: Path) -> set[str]:
    from yaml import CSafeLoader, load

    path = content_dir / "topics.yaml"
    return set(load(path.read_text("utf-8"), CSafeLoader) or {}) if path.exists() else set()


def _dates(page: _Page, today: dt.date) -> Iterator[Finding]:
    article = page.article
    since, until = article.effective.since, article.effective.until
    if until is not None and until < since:
        yield page.error("effective:", f"effective: until {until} is before from {since}: correct one of them")
    elif until is not None and until < today:
        yield page.warning("effective:", f"not in force since {until}: is there an article that takes its place?")
    if article.reviewed > today:
        yield page.error("reviewed:", f"reviewed: {article.reviewed} is in the future: put the day you last read it")
    elif today - article.reviewed > STALE:
        yield page.warning("reviewed:", f"not reviewed since {article.reviewed}: read the sources again, set the date")
    for source in article.sources:
        if source.date and source.date > today:
            yield page.error(source.title, f"sources: the date {source.date} is in the future")


def _sources(page: _Page) -> Iterator[Finding]:
    for source in page.article.sources:
        if not (source.url or source.number or source.date):
            message = f"sources: give {source.title} a number, an address or at least a date, so that it can be found"
            yield page.warning(source.title, message)


def _references(page: _Page, articles: set[str], dialogues: Collection[str], topics: set[str]) -> Iterator[Finding]:
    if topics and page.article.topic not in topics:
        yield page.error(
            "topic:", f"topic: content/topics.yaml has no {page.article.topic}: add it or correct this one"
        )
    for step in page.article.next:
        kind, _, target = step.to.partition(":")
        if kind == "article" and (target not in articles or target == page.article.id):
            yield page.error(step.to, f"next: {step.to} leads nowhere: no other article has this id")
        if kind == "dialogue" and target not in dialogues:
            yield page.error(
                step.to, f"next: {step.to} leads nowhere: the dialogues are {', '.join(sorted(dialogues))}"
            )


def _numbers(page: _Page) -> Iterator[Finding]:
    """A region's yuan typed into the text; numbers of the sources and questions are no statements."""
    for number, line in enumerate(page.lines, 1):
        said = number >= page.article.body_line or line.startswith("answer:")
        text = REFERENCE.sub(" ", line)
        if said and (typed := REGIONAL.search(text)):
            wanted = "put it into content/regions and write {{code.figure.year.field}}"
            yield Finding(page.article.path, number, "error", f"{typed[1]} is a region's number: {wanted}")


def _questions(page: _Page, answers: Answers, today: dt.date) -> list[Finding]:
    """Do the article's own questions find it?"""
    article = page.article
    if not article.holds_on(today):
        return []
    lost = [(question, first) for question in article.questions if (first := _first(answers, article, question, today))]
    severity: Literal["error", "warning"] = "error" if len(lost) > LOST * len(article.questions) else "warning"
    if len(lost) == len(article.questions):
        message = "no question finds this article: give it questions and keywords that only it answers"
        return [Finding(article.path, page.line("questions:"), "error", message)]
    return [
        Finding(article.path, page.line(question), severity, f"{question} finds {first} first: tell the two apart")
        for question, first in lost
    ]


def _first(answers: Answers, article: Article, question: str, today: dt.date) -> str | None:
    """The id of the article that a question finds before its own; None when it finds its own."""
    region = next((region for region in article.regions if region != "national"), None)
    occupation = next((occupation for occupation in article.occupations if occupation != "all"), None)
    best = answers.decide(question, region=region, occupation=occupation, today=today).best
    if best is None:
        return "nothing"
    return None if best.id == article.id else best.id


def _twins(content_dir: Path, articles: Sequence[Article]) -> Iterator[Finding]:
    """The same question under two articles can find only one."""
    counts = Counter(question for article in articles for question in set(article.questions))
    for article in articles:
        for question in article.questions:
            if counts[question] > 1:
                others = [other.id for other in articles if question in other.questions and other.id != article.id]
                message = f"{question} also stands under {', '.join(others)}: keep it where it is answered best"
                yield _Page(content_dir, article).error(question, message)
