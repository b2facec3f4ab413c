"""JSON lines: one object a row, numbers exact, text untouched."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path

import orjson

from bot.export.clean import whole
from bot.export.table import Cell, Column, Row, Tally, Written, local

_SAFE_INT = 2**63 - 1


def write_jsonl(draft: Path, columns: Sequence[Column], rows: Iterable[Row], zone: tzinfo) -> Written:
    """Days and instants are ISO 8601 texts; decimals are JSON numbers with all their digits; None is null."""
    tally = Tally(columns)
    names = [whole(column.name) for column in columns]
    with draft.open("wb") as file:
        for row in tally.through(rows):
            cells = {name: _value(cell, zone) for name, cell in zip(names, row, strict=True)}
            file.write(orjson.dumps(cells, option=orjson.OPT_APPEND_NEWLINE))
    return tally.written()


def _value(cell: Cell, zone: tzinfo) -> str | int | bool | orjson.Fragment | None:
    match cell:
        case str():
            return whole(cell)
        case Decimal():
            return orjson.Fragment(str(cell)) if cell.is_finite() else None
        case datetime():
            return local(cell, zone).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
        case int() if abs(cell) > _SAFE_INT:
            return orjson.Fragment(str(cell))
    return cell
