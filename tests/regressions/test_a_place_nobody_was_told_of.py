"""A place that came free was held for two hours for somebody whom WeChat did not let us tell, and then their turn was
gone. Now the next who can be told is asked, and who can't keeps their turn till they write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.people import address_mac
from bot.store.tables import identities
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan, Setting, Slot
from handlers.volunteering.tables import signups
from tests.desk.conftest import Notices
from tests.support import START, Chat, TestClock


@dataclass
class Line:
    """An activity with one place, who has it, and who waits, in order."""

    service: Service
    clock: TestClock
    slot: Slot
    has: Chat
    waits: list[Chat] = field(default_factory=list)

    async def wait(self, name: str, channel: str) -> Chat:
        chat = Chat(self.service.dispatcher, self.clock, name, channel)
        await self.join(chat)
        assert "候补" in chat.text, chat.text
        self.waits.append(chat)
        self.clock.move(minutes=1)
        return chat

    async def join(self, chat: Chat) -> None:
        await chat.deliver(choice=f"go:volunteer_join?slot={self.slot.id}&wait=1")
        if "同意" in chat.labels:
            await chat.tap("同意")

    async def give_back(self) -> None:
        await self.has.say("来不了")
        await self.has.tap("跳过")

    async def statuses(self) -> list[str]:
        found = []
        async with self.service.store.read() as unit:
            for chat in self.waits:
                mac = address_mac(unit, chat.channel, chat.address)
                mine = sa.select(signups.c.status).join(identities, identities.c.person_id == signups.c.person_id)
                rows = await unit.execute(mine.where(identities.c.address_mac == mac).order_by(signups.c.id.desc()))
                found.append(str(rows.scalars().first()))
        return found

    async def sweep(self) -> None:
        async with self.service.store.write() as unit:
            await volunteering.sweep(unit, self.service.registry.resources[Setting])


@pytest.fixture
async def line(service: Service, someone: Callable[[str], Chat], clock: TestClock) -> Line:
    service.dispatcher.leaving.channels = dict.fromkeys(("terminal", "wechat", "web"), service.channels["terminal"])
    organiser = someone("community-1")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await organiser.say(code)
    begins = START + timedelta(days=6)
    async with service.store.write() as unit:
        [owner] = [one.person_id for one in await staff.members(unit)]
        hours = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        plan = Plan(title="楼道排查", task="看楼道", place="红梅社区", capacity=1, points=3, **hours)
        slot = await volunteering.create(unit, owner, plan)
    made = Line(service, clock, slot, someone("has-it"))
    await made.join(made.has)
    assert "报上了" in made.has.text
    return made


async def test_the_next_who_can_be_told_is_asked(line: Line, notices: Notices) -> None:
    silent = await line.wait("wx-silent", "wechat")
    there = await line.wait("web-1", "web")
    line.clock.move(days=3)
    await line.give_back()
    assert await line.statuses() == ["waiting", "offered"]
    assert "空出名额了" in (await notices.to(there))[-1].text
    assert not [one for one in await notices.to(silent) if "空出名额" in one.text]
    line.clock.move(hours=4)
    await silent.say("你好")
    await line.sweep()
    assert await line.statuses() == ["offered", "lapsed"], "the turn was kept, and the place comes to it"
    assert "空出名额了" in (await notices.to(silent))[-1].text


async def test_nobody_can_be_told_till_somebody_writes(line: Line, notices: Notices) -> None:
    first, second = await line.wait("wx-1", "wechat"), await line.wait("wx-2", "wechat")
    line.clock.move(days=3)
    await line.give_back()
    await line.sweep()
    assert await line.statuses() == ["waiting", "waiting"]
    await second.say("你好")
    await line.sweep()
    assert await line.statuses() == ["waiting", "offered"]
    await first.say("你好")
    await line.sweep()
    assert await line.statuses() == ["waiting", "offered"], "one place is one offer"
    async with line.service.store.read() as unit:
        assert (await volunteering.find(unit, line.slot.id)).taken == 1


async def test_who_waits_takes_what_is_free_at_once(line: Line) -> None:
    chat = await line.wait("wx-1", "wechat")
    line.clock.move(days=3)
    await line.give_back()
    await line.join(chat)
    assert "报上了" in chat.text
    assert await line.statuses() == ["booked"]
    async with line.service.store.read() as unit:
        assert (await volunteering.find(unit, line.slot.id)).taken == 1


async def test_in_the_window_it_is_as_it_was(line: Line) -> None:
    await line.wait("wx-1", "wechat")
    await line.wait("web-1", "web")
    await line.give_back()
    assert await line.statuses() == ["offered", "waiting"]
