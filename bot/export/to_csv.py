"""CSV for Excel: UTF-8 with BOM, CRLF, formulas neutralised, times in the reader's zone."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path

from bot.export.clean import no_formula, printable
from bot.export.table import Cell, Column, Row, Tally, Written, local


def write_csv(draft: Path, columns: Sequence[Column], rows: Iterable[Row], zone: tzinfo) -> Written:
    """Numbers are bare, days 2026-03-05, instants 2026-03-05T17:02:03+08:00, bools true and false, None is empty."""
    tally = Tally(columns)
    with draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_text(column.name) for column in columns])
        writer.writerows([_field(cell, zone) for cell in row] for row in tally.through(rows))
    return tally.written()


def _field(cell: Cell, zone: tzinfo) -> str:
    match cell:
        case None:
            return ""
        case str():
            return _text(cell)
        case bool():
            return "true" if cell else "false"
        case Decimal():
            return format(cell, "f") if cell.is_finite() else ""
        case datetime():
            return local(cell, zone).isoformat(timespec="seconds")
        case date():
            return cell.isoformat()
    return str(cell)


def _text(text: str) -> str:
    return no_formula(printable(text))
