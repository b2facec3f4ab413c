"""Pages of a long list by its key, not by counting: as fast on the last page as on the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """A way to sort: by one column, rows that are equal in it by their id. The column holds days or instants."""

    column: sa.Column[Any]
    row_id: sa.Column[int]
    falling: bool = False

    def sorted(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The statement in this order."""
        keys = (self.column, self.row_id)
        return statement.order_by(*(key.desc() if self.falling else key.asc() for key in keys))

    def past(self, statement: sa.Select[Any], cursor: str) -> sa.Select[Any]:
        """Only what comes after a cursor; all of it for one that is none of ours."""
        mark = self._mark(cursor)
        if mark is None:
            return statement
        value, row_id = mark
        after: Callable[[Any, Any], Any] = (lambda a, b: a < b) if self.falling else (lambda a, b: a > b)
        same = sa.and_(self.column == value, after(self.row_id, row_id))
        reached = self.column <= value if self.falling else self.column >= value  # lets an index jump there
        return statement.where(reached, sa.or_(after(self.column, value), same))

    def cursor(self, row: sa.RowMapping) -> str:
        """Where a row stands, as a word for the URL."""
        value = row[self.column.name]
        number = (value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value.toordinal()
        return f"{number:x}-{row[self.row_id.name]:x}"

    def _mark(self, cursor: str) -> tuple[datetime | date, int] | None:
        head, _sep, tail = cursor.partition("-")
        try:
            number, row_id = int(head, 16), int(tail, 16)
            day = isinstance(self.column.type, sa.Date)
            value = date.fromordinal(number) if day else EPOCH + number * MICROSECOND
        except (ValueError, OverflowError):
            return None
        return (value, row_id) if 0 <= row_id <= LARGEST_ID else None


def split(rows: Sequence[sa.RowMapping], size: int, order: Order) -> tuple[Sequence[sa.RowMapping], str]:
    """(one page, the cursor of the next or ""), of `size` + 1 rows asked for."""
    shown = rows[:size]
    return shown, order.cursor(shown[-1]) if len(rows) > size else ""
