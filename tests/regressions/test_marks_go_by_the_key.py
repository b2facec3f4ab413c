"""A mark of what was sent read all rows that were queued: PostgreSQL had no statistics of the new batch yet, took
queued rows for rare, and went by the index of states. So every chunk and every commit cost as much as the batch was
large."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.settings import Settings
from bot.store.recipients import SENT
from bot.store.store import Store
from tests.bulk_support import begin_batch, meet

DIALECTS = {True: sqlite.dialect(paramstyle="named"), False: postgresql.dialect(paramstyle="named")}  # type: ignore[no-untyped-call]
KEY = {True: "INTEGER PRIMARY KEY", False: "pk_outbox"}


@pytest.mark.parametrize("old", [True, False])
async def test_marks_go_by_the_key_of_the_row(make_settings: Callable[..., Settings], old: bool) -> None:
    store = await Store(make_settings()).open()
    async with store.write() as unit:
        if old:  # statistics of a time before the batch
            await unit.execute(sa.text("ANALYZE"))
        await begin_batch(unit, [meet(unit, str(number)) for number in range(2000)])
        marks = SENT[unit.sqlite].compile(dialect=DIALECTS[unit.sqlite])
        known = {**marks.params, "ids": "[1, 2, 3]" if unit.sqlite else [1, 2, 3], "by": "me", "at": unit.now}
        statement = str(marks).replace("::", " ::")  # or `text` takes a cast for part of the name
        plan = await unit.execute(sa.text(f"EXPLAIN {'QUERY PLAN ' * unit.sqlite}{statement}"), known)
        assert KEY[unit.sqlite] in str(plan.all())
    await store.close()
