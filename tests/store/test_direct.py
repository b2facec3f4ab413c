"""What goes straight through the driver: durable, a transaction each, and going on after a connection was lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa

from bot.settings import Settings
from bot.store import leases
from bot.store.store import Store
from bot.store.tables import leases as table

HOLD = sa.update(table).where(table.c.name == sa.bindparam("which")).values(holder=sa.bindparam("by"))
ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)


async def holder(store: Store) -> Any:
    async with store.read() as unit:
        return await unit.value(sa.select(table.c.holder))


@ON_POSTGRES
async def test_it_is_there_when_it_returns_and_again_after_the_connection_was_lost(
    make_settings: Callable[..., Settings],
) -> None:
    store = await Store(make_settings()).open()
    async with store.write() as unit:
        assert await leases.take(unit, "post", "nobody", unit.now - unit.now)
    await store.at_once(HOLD, {"which": "post", "by": "one"})
    assert await holder(store) == "one"
    async with store.write() as unit:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        await unit.execute(sa.text(f"{others} AND datname = current_database() AND query LIKE 'UPDATE leases%'"))
    with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
        await store.at_once(HOLD, {"which": "post", "by": "two"})
    await store.at_once(HOLD, {"which": "post", "by": "three"})
    assert await holder(store) == "three"
    await store.close()
