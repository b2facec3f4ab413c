"""Questions by the file, for `yizhan ask --batch` and `yizhan search`: JSON lines, one out for one in, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from bot.search.lexicon import Lexicon
    from handlers.policy.answers import Answers

MOST_RANKED = 100


class BatchError(Exception):
    """A file can't be read or written; the text is one line for the person at the terminal."""


class BadLineError(Exception):
    """A line is not what it should be."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines read to the end, and how many of them could not be used."""

    lines: int
    errors: int


def ask_file(answers: Answers, questions: Path, out: Path) -> Counts:
    """{"id", "question"} a line -> {"id", "decision", "passages"} a line; raises `BatchError`."""

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        decision = answers.decide(_text(asked, "question"))
        passages = [passage.as_dict() for passage in decision.passages]
        return {"id": _id(asked), "decision": decision.decision, "passages": passages}

    return _convert(questions, out, one)


def search_file(corpus: Path, questions: Path, out: Path, lexicon: Lexicon) -> Counts:
    """{"id", "title", "text"} and {"id", "question"} a line -> {"id", "ranked": [ids]} a line; raises `BatchError`.

    Lines of the corpus that can't be read are left out and counted with the errors.
    """
    from bot.search.index import Document, Index

    ids: list[str | int] = []
    documents: list[Document] = []
    bad = 0
    for line in _lines(corpus):
        try:
            row = _row(line)
            fields = {"title": str(row.get("title") or ""), "text": _text(row, "text")}
            ids.append(_id(row))
            documents.append(Document(str(len(documents)), fields))
        except BadLineError:
            bad += 1
    index = Index.build(documents, {"title": 1.0, "text": 1.0})

    def one(asked: dict[str, Any]) -> dict[str, Any]:
        hits = index.top(lexicon.clauses(_text(asked, "question")), MOST_RANKED)
        return {"id": _id(asked), "ranked": [ids[int(hit.id)] for hit in hits]}

    counts = _convert(questions, out, one)
    return Counts(counts.lines, counts.errors + bad)


def _convert(source: Path, out: Path, one: Callable[[dict[str, Any]], dict[str, Any]]) -> Counts:
    number = errors = 0
    try:
        with out.open("wb") as file:
            for number, line in enumerate(_lines(source), 1):
                try:
                    row = one(_row(line))
                except BadLineError as error:
                    errors += 1
                    row = {"id": None, "line": number, "error": str(error)}
                file.write(orjson.dumps(row) + b"\n")
    except OSError as error:
        raise BatchError(f"{out}: {error.strerror}") from None
    return Counts(number, errors)


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise BatchError(f"{path}: {error.strerror}") from None


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise BadLineError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise BadLineError("not a JSON object")
    return row


def _id(row: dict[str, Any]) -> str | int:
    value = row.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLineError("id: a string or a whole number is needed")
    return value


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str):
        raise BadLineError(f"{name}: a string is needed")
    return value
