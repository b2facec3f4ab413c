"""Two processes that promised the same notice at once: one of them failed with everything it was doing."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Reply
from bot.notices import notify
from bot.store.tables import outbox, people
from bot.store.unit import Unit
from tests.support import Chat


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True, ids=["postgres"])
@pytest.mark.postgres
async def test_the_same_notice_from_two_transactions_is_promised_once(service: Service, chat: Chat) -> None:
    await chat.say("菜单")
    promised, may_commit = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with service.store.write() as unit:
            await tell(unit)
            await unit.flush()
            promised.set()
            await may_commit.wait()

    async def second() -> None:
        async with service.store.write() as unit:
            await tell(unit)

    async def tell(unit: Unit) -> None:
        who = await unit.value(sa.select(people.c.id))
        assert await notify(unit, who, Reply("明天有活动"), dedupe_key="slot:1")

    one = asyncio.create_task(first())
    await promised.wait()
    two = asyncio.create_task(second())
    await asyncio.wait({two}, timeout=0.3)
    may_commit.set()
    await asyncio.gather(one, two)
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(outbox))) == 1


async def test_twice_in_one_transaction_is_once(service: Service, chat: Chat) -> None:
    await chat.say("菜单")
    async with service.store.write() as unit:
        who = await unit.value(sa.select(people.c.id))
        for _time in range(2):
            assert await notify(unit, who, Reply("明天有活动"), dedupe_key="slot:1")
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(outbox))) == 1
