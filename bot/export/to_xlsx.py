"""Excel workbooks, written row by row in flat memory by rustpy-xlsxwriter (seven times as fast as XlsxWriter)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.export.clean import cut_to_cell, printable
from bot.export.table import Cell, Column, Cover, Row, Tally, Written, local

MOST_ROWS = 1_048_576 - 1  # Excel specifications and limits, less the heading
MOST_DIGITS = 15  # the same: number precision; what has more digits is written as text, not rounded
FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a 29 February 1900 that never was; written as text
SHOWN = {"day": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm"}
COVER_WIDTHS = (18.0, 70.0)
Kind = bool | None  # of a column: holds dates, holds other things, not known yet
Value = str | int | float | bool | datetime | None


def write_xlsx(
    draft: Path, columns: Sequence[Column], rows: Iterable[Row], zone: tzinfo, title: str, cover: Cover | None = None
) -> Written:
    """One sheet, the heading bold, frozen and filterable. Instants are shown as the zone's wall-clock time.

    A column holds dates or other things: what does not fit its first value is written as text.
    Texts are strings even where they look like a formula, a number or a link; those past 32,767 characters are cut.
    """
    from rustpy_xlsxwriter import Format, write_worksheets

    tally = Tally(columns, MOST_ROWS)
    names = [_text(column.name, tally) for column in columns]
    shown = {name: SHOWN[c.shown_as] for name, c in zip(names, columns, strict=True) if c.shown_as in SHOWN}
    sheets: list[tuple[str, Iterable[dict[str, Any]]]] = [(title, _records(names, rows, tally, zone))]
    widths: dict[str, Any] = {title: {name: column.width for name, column in zip(names, columns, strict=True)}}
    if cover is not None:
        sheets.insert(0 if cover.first else 1, (cover.title, _cover_records(cover, tally)))
        widths[cover.title] = dict(zip(cover.heading, COVER_WIDTHS, strict=True))
    write_worksheets(
        sheets,
        str(draft),
        datetime_format=SHOWN["instant"],
        column_formats={title: {name: Format().set_num_format(pattern) for name, pattern in shown.items()}},
        column_widths=widths,
        header_format={title: Format().set_bold()},
        freeze_panes={title: {"row": 1, "col": 0}},
        autofilter={title: True},
    )
    return tally.written()


def _cover_records(cover: Cover, tally: Tally) -> Iterator[dict[str, Any]]:
    for line in cover.lines:
        yield dict(zip(cover.heading, (_text(cell, tally) for cell in line), strict=True))


def _records(names: list[str], rows: Iterable[Row], tally: Tally, zone: tzinfo) -> Iterator[dict[str, Any]]:
    """The writer takes the heading from the first record, so a table without rows is one record of blanks."""
    kinds: list[Kind] = [None] * len(names)
    for row in tally.through(rows):
        kinds = [_kind(cell) if kind is None else kind for kind, cell in zip(kinds, row, strict=True)]
        triples = zip(names, kinds, row, strict=True)
        yield {name: _value(cell, kind, tally, zone) for name, kind, cell in triples}
    if tally.rows == 0:
        yield dict.fromkeys(names)


def _kind(cell: Cell) -> Kind:
    """The first cell that is not empty decides: the writer shows every number below a date as a date."""
    return None if cell is None else isinstance(cell, date)


def _value(cell: Cell, dated: Kind, tally: Tally, zone: tzinfo) -> Value:
    match cell:
        case str():
            return _text(cell, tally)
        case bool() | None:
            return cell
        case datetime():
            return _instant(local(cell, zone), dated)
        case date():
            return _day(cell, dated)
    return str(cell) if dated else _number(cell)


def _text(text: str, tally: Tally) -> str:
    clean = printable(text)
    kept = cut_to_cell(clean)
    tally.cut += kept != clean
    return kept


def _number(value: int | Decimal) -> Value:
    if isinstance(value, int):
        return value if abs(value) < 10**MOST_DIGITS else str(value)
    if not value.is_finite():
        return None
    fits = len(value.normalize().as_tuple().digits) <= MOST_DIGITS and -300 < value.adjusted() < 300
    return float(value) if fits or not value else str(value)


def _instant(value: datetime, dated: Kind) -> Value:
    if not dated or value.date() < FIRST_DAY:
        return value.isoformat(timespec="seconds")
    return value.replace(tzinfo=None, microsecond=0)


def _day(value: date, dated: Kind) -> Value:
    if not dated or value < FIRST_DAY:
        return value.isoformat()
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a spreadsheet knows no zones
