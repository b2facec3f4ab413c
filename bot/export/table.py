"""What a table is made of, the same for every format."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Literal

Cell = str | int | Decimal | date | datetime | bool | None
Row = Sequence[Cell]


class TableTooLong(ValueError):
    """More rows than the format can hold. The message is one line for the person who asked."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, and how a spreadsheet shows it: as a day, as an instant, or as the value stands."""

    name: str
    shown_as: Literal["value", "day", "instant"] = "value"
    width: float = 16


@dataclass(frozen=True, slots=True)
class Cover:
    """A second sheet that says what the table is, in lines of two texts; `first`: before the table."""

    title: str
    lines: Sequence[tuple[str, str]]
    heading: tuple[str, str] = ("", " ")  # no two columns of one name
    first: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What came out: rows without the heading, and cells whose text was too long for the format and was cut."""

    rows: int
    cut: int = 0


class Tally:
    """Counts while a table streams by, and holds each row to the table's width."""

    def __init__(self, columns: Sequence[Column], most: int | None = None) -> None:
        names = [column.name for column in columns]
        if len(set(names)) != len(names) or not names:
            raise ValueError("a table needs columns, and no two of one name")
        self._width = len(names)
        self._most = most
        self.rows = 0
        self.cut = 0

    def through(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they are, counted. Raises ValueError on a row of another width, TableTooLong past the most."""
        for row in rows:
            if len(row) != self._width:
                raise ValueError(f"row {self.rows + 1} has {len(row)} cells, the table has {self._width} columns")
            if self.rows == self._most:
                raise TableTooLong(f"more than {self._most} rows do not fit; narrow the selection or choose csv")
            self.rows += 1
            yield row

    def written(self) -> Written:
        """The figures so far."""
        return Written(self.rows, self.cut)


def as_columns(header: Sequence[Column | str]) -> list[Column]:
    """Plain names become columns shown as their values stand."""
    return [Column(item) if isinstance(item, str) else item for item in header]


def local(value: datetime, zone: tzinfo) -> datetime:
    """An instant in the reader's zone; a naive one is taken to be there already."""
    return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)
