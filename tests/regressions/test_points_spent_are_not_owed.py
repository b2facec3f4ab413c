"""Attendance struck after its points were exchanged left its person with fewer points than none; and points taken back
by mistake could not be given again. Now only what is left is taken, the rest is noted, and the person is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import audit, outbox
from handlers.rewards import service as rewards
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import signups
from tests.activity import joined
from tests.desk.conftest import Notices
from tests.support import Chat, TestClock

ACTOR = "staff:1"


@dataclass
class Helped:
    """Somebody who was at an activity of three points."""

    service: Service
    chat: Chat
    slot: Slot
    person: int
    signup: int

    @property
    def setting(self) -> Setting:
        found: Setting = self.service.registry.resources[Setting]
        return found

    async def exchange(self, points: int) -> None:
        async with self.service.store.write() as unit:
            thing = await rewards.add(unit, ACTOR, name="雨衣", points=points, stock=1, collect="驿站")
            await rewards.redeem(unit, self.person, thing, points)

    async def strike(self) -> None:
        async with self.service.store.write() as unit:
            await volunteering.strike(unit, self.setting, self.slot, self.signup, ACTOR, "记错人了")

    async def put_down(self) -> None:
        async with self.service.store.write() as unit:
            await volunteering.put_down(unit, self.setting, self.slot, self.signup, ACTOR, 60, "没记错")

    async def balance(self) -> int:
        async with self.service.store.read() as unit:
            assert await volunteering.imbalance(unit) == 0
            return await volunteering.balance(unit, self.person)

    async def noted(self) -> list[str]:
        async with self.service.store.read() as unit:
            wanted = sa.select(audit.c.detail).where(audit.c.action == "slot.strike").order_by(audit.c.id)
            return list((await unit.execute(wanted)).scalars())


@pytest.fixture
async def helped(service: Service, chat: Chat, someone: Callable[[str], Chat], clock: TestClock) -> Helped:
    slot = await joined(service, chat, someone("community-1"), clock)
    assert "签到了" in await chat.say(f"签到 {slot.code}")
    clock.move(hours=1)
    assert "记 3 分" in await chat.say("签退")
    async with service.store.read() as unit:
        row = await unit.first(sa.select(signups.c.id, signups.c.person_id))
    assert row is not None
    return Helped(service, chat, slot, row["person_id"], row["id"])


async def test_what_is_left_is_taken_and_the_rest_noted(helped: Helped) -> None:
    await helped.exchange(2)
    await helped.strike()
    assert await helped.balance() == 0
    assert await helped.noted() == ["taken=1 spent=2"]
    said = (await Notices(helped.service).to(helped.chat))[-1].text
    assert "这次时长不算。原因：记错人了。" in said
    assert "收回 1 分" in said
    assert "之前换的东西还是您的" in said
    assert "您有 0 分" in await helped.chat.say("我的积分")


async def test_nothing_was_spent(helped: Helped) -> None:
    await helped.strike()
    assert await helped.balance() == 0
    assert await helped.noted() == ["taken=3 spent=0"]
    assert "之前换的" not in (await Notices(helped.service).to(helped.chat))[-1].text


async def test_all_of_it_was_spent(helped: Helped) -> None:
    await helped.exchange(3)
    await helped.strike()
    assert await helped.balance() == 0
    assert await helped.noted() == ["taken=0 spent=3"]
    assert "收回" not in (await Notices(helped.service).to(helped.chat))[-1].text


async def test_put_down_again_gives_back_what_was_taken_and_no_more(helped: Helped) -> None:
    await helped.exchange(2)
    for _round in range(3):
        await helped.strike()
        assert await helped.balance() == 0
        await helped.put_down()
        assert await helped.balance() == 1


async def test_nobody_is_told_who_has_erased_their_data(helped: Helped) -> None:
    await helped.chat.say("注销")
    await helped.chat.tap("删除")
    await helped.strike()
    assert await helped.noted() == ["taken=0 spent=0"]
    async with helped.service.store.read() as unit:
        struck = outbox.c.dedupe_key.like("volunteering:struck:%")
        assert await unit.value(sa.select(sa.func.count()).select_from(outbox).where(struck)) == 0
