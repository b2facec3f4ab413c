"""The chosen cases, oldest first, read page by page beside a live server, in flat memory."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from bot.export import Row
from bot.store.store import Store
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.complaints.exporting.profiles import Cells
from handlers.complaints.tables import cases

PAGE = 1000  # rows a read transaction; a short one, so that a live server's file does not grow meanwhile
ORDER = (cases.c.submitted_at, cases.c.id)
Chosen = Sequence[sa.ColumnElement[bool]]
Advance = Callable[[int], Awaitable[None]]  # told how many rows are done


async def count(unit: Unit, chosen: Chosen) -> dict[str, int]:
    """Status -> how many of the chosen cases."""
    statement = sa.select(cases.c.status, sa.func.count().label("number")).where(*chosen).group_by(cases.c.status)
    return {row["status"]: int(row["number"]) for row in await unit.rows(statement)}


async def read_rows(store: Store, chosen: Chosen, cells: Cells, advance: Advance | None) -> AsyncIterator[Row]:
    """All rows, a page in a transaction of its own; each page starts behind the last row of the one before. Opening
    and masking the words is done in a thread."""
    behind: list[sa.ColumnElement[bool]] = []
    done = 0
    while True:
        async with store.read() as unit:
            page = await unit.rows(sa.select(cases).where(*chosen, *behind).order_by(*ORDER).limit(PAGE))
        here = contextvars.copy_context()  # the language
        for row in await asyncio.to_thread(here.run, _made, store.vault, page, cells, done):
            yield row
        done += len(page)
        if advance is not None:
            await advance(done)
        if len(page) < PAGE:
            return
        last = [sa.literal(page[-1][column.name], column.type) for column in ORDER]
        behind = [sa.tuple_(*ORDER) > sa.tuple_(*last)]


def _made(vault: Vault, page: Sequence[sa.RowMapping], cells: Cells, before: int) -> list[Row]:
    return [cells(vault, row, number) for number, row in enumerate(page, before + 1)]


def submitted_by(now: datetime) -> sa.ColumnElement[bool]:
    """What was filed after an export began is not in it."""
    return sa.and_(cases.c.submitted_at <= now)
