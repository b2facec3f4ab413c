"""A unit of work: one transaction, with writes gathered so that many rows of one table go in one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.store.inline import InlineConnection

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio.engine import AsyncConnection

    from bot.store.vault import Vault

Values = dict[str, Any]


@lru_cache(maxsize=256)
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


class Unit:
    """What a handler may do with the store while one message is handled.

    `insert` is gathered and written before the next `execute` and before the commit; `after_commit` runs only when
    the commit held.
    """

    def __init__(self, connection: AsyncConnection | InlineConnection, vault: Vault, now: datetime) -> None:
        self.connection = connection
        self.vault = vault
        self.now = now
        self.committed: list[Callable[[], None]] = []
        self.news = False  # something was put into the outbox that the courier should look at
        self._inserts: dict[sa.Table, list[Values]] = defaultdict(list)
        self._many = connection.many if isinstance(connection, InlineConnection) else connection.execute

    @property
    def sqlite(self) -> bool:
        """True on SQLite, where one writer makes row locks needless."""
        return self.connection.dialect.name == "sqlite"

    def insert(self, table: sa.Table, **values: Any) -> None:
        """Gather one new row."""
        self._inserts[table].append(values)

    async def flush(self) -> None:
        """Write what was gathered, one statement a table and set of columns."""
        gathered, self._inserts = self._inserts, defaultdict(list)
        for table, rows in gathered.items():
            alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
            for row in rows:
                alike[tuple(row)].append(row)
            for group in alike.values():
                await self._many(_insert(table), group)

    async def many(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that is built once in a process for many rows of the same keys, after the writes gathered
        before it."""
        await self.flush()
        if rows:
            await self._many(statement, rows)

    async def execute(
        self, statement: sa.Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """Run a statement, after the writes gathered before it."""
        await self.flush()
        return await self.connection.execute(statement, values)

    async def rows(self, statement: sa.Executable, values: Mapping[str, Any] | None = None) -> Sequence[sa.RowMapping]:
        """All rows, as mappings."""
        return (await self.execute(statement, values)).mappings().all()

    async def first(self, statement: sa.Executable) -> sa.RowMapping | None:
        """The first row, or None."""
        return (await self.execute(statement)).mappings().first()

    async def value(self, statement: sa.Executable) -> Any:
        """The first column of the first row, or None."""
        return (await self.execute(statement)).scalar()

    async def insert_new(self, table: sa.Table, rows: Sequence[Values], returning: sa.Column[Any]) -> set[Any]:
        """Insert rows but those whose key is there already; gives `returning` of the new ones."""
        if not rows:
            return set()
        await self.flush()
        if self.sqlite:
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        # executed with a list, so the statement is compiled once and cached whatever the number of rows
        statement = insert(table).on_conflict_do_nothing().returning(returning)
        return set((await self.connection.execute(statement, list(rows))).scalars())

    def locking(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The same select with its rows locked till the commit, where the database has row locks."""
        return statement if self.sqlite else statement.with_for_update()

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have something done once the commit held (wake-ups, hand-overs): never before."""
        self.committed.append(call)
