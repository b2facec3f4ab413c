"""Hours that staff took back and put down again: after the ninth time their points stayed where they were, and a second
press of the form put other hours down without the points. Now points stand exactly where hours stand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.staff import service as staff
from handlers.volunteering import ledger
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan, Setting
from handlers.volunteering.tables import checkins, signups
from tests.support import START, Chat, TestClock

STAFF, POINTS = "staff:1", 3


@pytest.mark.parametrize("seed", range(2))
async def test_points_stand_where_hours_stand(
    service: Service, chat: Chat, someone: Callable[[str], Chat], clock: TestClock, seed: int
) -> None:
    setting: Setting = service.registry.resources[Setting]
    organiser, dice = someone("community-1"), Random(seed)
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await organiser.say(code)
    async with service.store.write() as unit:
        [owner] = [one.person_id for one in await staff.members(unit)]
        hours = {"starts_at": START + timedelta(hours=1), "ends_at": START + timedelta(hours=2)}
        plan = Plan(title="楼道排查", task="看楼道", place="红梅社区", capacity=2, points=POINTS, **hours)
        slot = await volunteering.create(unit, owner, plan)
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    await chat.tap("同意")
    clock.move(hours=2)
    async with service.store.read() as unit:
        signup, person = (await unit.execute(sa.select(signups.c.id, signups.c.person_id))).one()

    minutes, rounds = 0, 0
    while rounds < 2 * ledger.ROUNDS + 3:
        async with service.store.write() as unit:
            if dice.random() < 0.5:
                given = dice.choice((10, 60))
                try:
                    await volunteering.put_down(unit, setting, slot, signup, STAFF, given, "漏记")
                    assert not minutes
                    minutes, rounds = given, rounds + 1
                except volunteering.NoSuchEntryError:
                    assert minutes, "what is put down is struck first"
            else:
                try:
                    await volunteering.strike(unit, setting, slot, signup, STAFF, "记错了")
                    assert minutes
                    minutes = 0
                except volunteering.NoSuchEntryError:
                    assert not minutes, "there is nothing to take back"
        async with service.store.read() as unit:
            assert await unit.value(sa.select(checkins.c.minutes)) in {minutes, None}
            assert await volunteering.balance(unit, person) == (POINTS if minutes == 60 else 0)
            assert await volunteering.imbalance(unit) == 0
