"""The chosen cases, oldest first, read page by page beside a live server, in flat memory."""

from __future__ import annotations

import asyncio
import contextvars
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.export import Row
from bot.store.store import Store
from bot.store.vault import Vault
from handlers.complaints import terms
from handlers.complaints.exporting.profiles import Cells
from handlers.complaints.tables import cases

PAGE = 1000  # rows a read transaction; a short one, so that a live server's file does not grow meanwhile
ORDER = (cases.c.submitted_at, cases.c.id)
Advance = Callable[[int], Awaitable[None]]  # told how many rows are done


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which cases: by conditions on `cases`, and of those the ones whose person said every one of `parts`. The index
    finds a few more than that: each is opened and looked at."""

    conditions: tuple[sa.ColumnElement[bool], ...] = ()
    parts: tuple[str, ...] = ()

    def also(self, *conditions: sa.ColumnElement[bool]) -> Chosen:
        """Held to more conditions."""
        return Chosen((*conditions, *self.conditions), self.parts)


async def count(store: Store, chosen: Chosen) -> dict[str, int]:
    """Status -> how many of the chosen cases."""
    if chosen.parts:
        found: Counter[str] = Counter()
        async for page in _pages(store, chosen, [*ORDER, cases.c.status]):
            found.update(row["status"] for row in page)
        return dict(found)
    statement = sa.select(cases.c.status, sa.func.count().label("number"))
    async with store.read() as unit:
        rows = await unit.rows(statement.where(*chosen.conditions).group_by(cases.c.status))
    return {row["status"]: int(row["number"]) for row in rows}


async def read_rows(store: Store, chosen: Chosen, cells: Cells, advance: Advance | None) -> AsyncIterator[Row]:
    """All rows. Opening and masking the words is done in a thread."""
    done = 0
    async for page in _pages(store, chosen, [*cases.c]):
        here = contextvars.copy_context()  # the language
        for row in await asyncio.to_thread(here.run, _made, store.vault, page, cells, done):
            yield row
        done += len(page)
        if advance is not None:
            await advance(done)


async def _pages(
    store: Store, chosen: Chosen, columns: Sequence[sa.Column[Any]]
) -> AsyncIterator[Sequence[sa.RowMapping]]:
    """The chosen cases, a page in a transaction of its own; each page starts behind the last row of the one before."""
    behind: list[sa.ColumnElement[bool]] = []
    while True:
        wanted = sa.select(*columns).where(*chosen.conditions, *behind).order_by(*ORDER).limit(PAGE)
        async with store.read() as unit:
            page = await unit.rows(wanted)
            said = await terms.said_in(unit, [row["id"] for row in page]) if chosen.parts else []
        if chosen.parts:
            there = await asyncio.to_thread(terms.held, store.vault, said, chosen.parts)
            yield [row for row in page if row["id"] in there]
        else:
            yield page
        if len(page) < PAGE:
            return
        last = [sa.literal(page[-1][column.name], column.type) for column in ORDER]
        behind = [sa.tuple_(*ORDER) > sa.tuple_(*last)]


def _made(vault: Vault, page: Sequence[sa.RowMapping], cells: Cells, before: int) -> list[Row]:
    return [cells(vault, row, number) for number, row in enumerate(page, before + 1)]


def submitted_by(now: datetime) -> sa.ColumnElement[bool]:
    """What was filed after an export began is not in it."""
    return sa.and_(cases.c.submitted_at <= now)
