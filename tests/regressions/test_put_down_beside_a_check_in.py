"""Staff put somebody's hours down in the very moment in which they checked in: on PostgreSQL one of the two failed on a
key. Now one waits for the other, there is one row, and both are told how it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import checkins, signups
from tests.activity import joined
from tests.support import Chat, TestClock

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass
class Begun:
    """An activity that goes on, with somebody signed up who is not there yet."""

    service: Service
    chat: Chat
    slot: Slot
    signup: int
    person: Person

    @property
    def setting(self) -> Setting:
        found: Setting = self.service.registry.resources[Setting]
        return found

    async def put_down(self) -> None:
        async with self.service.store.write() as unit:
            slot = await volunteering.settled(unit, self.setting, self.slot.id)
            await volunteering.put_down(unit, self.setting, slot, self.signup, "staff:1", 60, "手机没电")

    async def waited_for(self) -> None:
        """Till somebody waits for us; nobody can on SQLite, which has one writer."""
        async with asyncio.timeout(20):
            while not self.service.store.sqlite:
                async with self.service.store.read() as unit:
                    if await unit.value(sa.text(WAITS)):
                        return

    async def rows(self) -> list[sa.RowMapping]:
        async with self.service.store.read() as unit:
            assert await volunteering.imbalance(unit) == 0
            return list(await unit.rows(sa.select(checkins)))


@pytest.fixture
async def begun(service: Service, chat: Chat, someone: Callable[[str], Chat], clock: TestClock) -> Begun:
    slot = await joined(service, chat, someone("community-1"), clock)
    async with service.store.read() as unit:
        row = await unit.first(sa.select(signups.c.id, signups.c.person_id))
    assert row is not None
    return Begun(service, chat, slot, row["id"], Person(row["person_id"], 0, "terminal", "", "zh_CN", "Asia/Shanghai"))


async def test_staff_are_first(begun: Begun) -> None:
    async with begun.service.store.write() as unit:
        slot = await volunteering.settled(unit, begun.setting, begun.slot.id)
        await volunteering.put_down(unit, begun.setting, slot, begun.signup, "staff:1", 60, "手机没电")
        checked_in = asyncio.create_task(begun.chat.say(f"签到 {begun.slot.code}"))
        await begun.waited_for()
    assert await checked_in == "“楼道排查”的时长已经记好了：1 小时。"
    [row] = await begun.rows()
    assert (row["minutes"], row["out_by"]) == (60, "staff:1")
    assert "您有 3 分" in await begun.chat.say("我的积分")
    assert "没有签到" in await begun.chat.say("签退")


async def test_the_worker_is_first(begun: Begun) -> None:
    async with begun.service.store.write() as unit:
        found = await volunteering.check_in(unit, begun.setting, begun.person, begun.slot.code)
        assert found.said == "in"
        put_down: asyncio.Task[None] = asyncio.create_task(_run(begun.put_down))
        await begun.waited_for()
    await put_down
    [row] = await begun.rows()
    assert (row["minutes"], row["in_by"], row["out_by"]) == (60, "code", "staff:1")
    assert "您有 3 分" in await begun.chat.say("我的积分")


async def _run(work: Callable[[], Awaitable[None]]) -> None:
    await work()


async def test_both_at_once_and_staff_twice(begun: Begun) -> None:
    said = f"签到 {begun.slot.code}"
    done = await asyncio.gather(begun.put_down(), begun.chat.say(said), begun.put_down(), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, Exception)] == [volunteering.NoSuchEntryError]
    [row] = await begun.rows()
    assert row["minutes"] == 60
    assert "您有 3 分" in await begun.chat.say("我的积分")
