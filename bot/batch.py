"""Batches of the command line: JSON lines in, one out for one in, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import orjson

from bot.i18n import _

_BOM: Final = b"\xef\xbb\xbf"
Row = dict[str, Any]
Answer = Callable[[Mapping[str, Any]], Row]


class BatchError(Exception):
    """A file can't be read or written; the text is one line for the person at the terminal."""


class BadLine(Exception):
    """A line can't be answered; the text is one sentence."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines read to the end, and how many of them could not be answered."""

    lines: int = 0
    errors: int = 0


def convert(source: Path, target: Path, answer: Answer) -> Counts:
    """Answer every line of a file into another; raises `BatchError` when one of the files can't be used.

    The target is opened after the source, so a slip in the source's name costs no answers of an earlier run.
    """
    lines = read_lines(source)
    begun = chain(list(islice(lines, 1)), lines)
    count = errors = 0
    try:
        if target.exists() and target.samefile(source):
            raise BatchError(f"{target} can't be read and written at once; give --out another file")
        with target.open("wb") as out:
            for row in answers(begun, answer):
                count += 1
                errors += "error" in row
                out.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    except OSError as error:
        raise BatchError(f"{target}: {error.strerror}") from None
    return Counts(count, errors)


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file; raises `BatchError` when it can't be read."""
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise BatchError(f"{path}: {error.strerror}") from None


def answers(lines: Iterable[bytes], answer: Answer) -> Iterator[Row]:
    """The answer to each line behind its "id"; {"id", "error"} for what `answer` refuses with `BadLine`, and
    {"id": null, "line", "error"} for a line that can't be read."""
    for number, line in enumerate(lines, 1):
        row: Row = {}
        try:
            row = read_row(line)
            result = {"id": row["id"], **answer(row)}
        except BadLine as problem:
            own = {"id": row["id"]} if row else {"id": None, "line": number}
            result = {**own, "error": str(problem)}
        yield result


def read_row(line: bytes) -> Row:
    """The object of a line, with an "id" that is text or a whole number; raises `BadLine`."""
    try:
        given = orjson.loads(line.removeprefix(_BOM))
    except orjson.JSONDecodeError:
        raise BadLine(_("This line is not JSON.")) from None
    row: Row = given if isinstance(given, dict) else {}
    known = row.get("id")
    if isinstance(known, bool) or not isinstance(known, str | int):
        raise BadLine(_('A line is one JSON object with an "id".'))
    return row


def text_of(row: Mapping[str, Any], name: str) -> str:
    """A text of a row; raises `BadLine`."""
    value = row.get(name)
    if not isinstance(value, str):
        raise BadLine(_('"{field}" must be text.').format(field=name))
    return value
