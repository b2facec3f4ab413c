"""A clock that ran ahead and was set right: claims and leases from the future held everything up till then."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.app import Service
from bot.messages import Reply
from bot.notices import notify
from bot.store import leases, outbox
from bot.store.tables import people
from bot.store.unit import Unit
from tests.support import Chat, TestClock

MINUTE = timedelta(minutes=1)


async def take(unit: Unit, who: str) -> list[outbox.Row]:
    return await outbox.claim(unit, who, await outbox.due(unit, ["terminal"], 10))


async def test_a_claim_of_next_year_is_no_claim(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    async with service.store.write() as unit:
        who = await unit.value(sa.select(people.c.id))
        await notify(unit, who, Reply("有结果了"))
    clock.move(days=365)
    async with service.store.write() as unit:
        assert len(await take(unit, "one")) == 1
    clock.move(days=-365)
    async with service.store.read() as unit:
        assert await outbox.next_due(unit, ["terminal"]) <= clock.now
    async with service.store.write() as unit:
        assert len(await take(unit, "two")) == 1
        assert await take(unit, "three") == []


async def test_a_lease_of_next_year_is_no_lease(service: Service, clock: TestClock) -> None:
    clock.move(days=365)
    async with service.store.write() as unit:
        assert await leases.take(unit, "poll", "one", MINUTE)
    clock.move(days=-365)
    async with service.store.write() as unit:
        assert await leases.take(unit, "poll", "two", MINUTE)
    clock.move(seconds=-20)  # clocks of two machines differ by seconds
    async with service.store.write() as unit:
        assert not await leases.take(unit, "poll", "three", MINUTE)
