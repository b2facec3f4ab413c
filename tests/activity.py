"""An activity with somebody who signed up for it, at the moment it begins."""

from __future__ import annotations

from datetime import timedelta

from bot.app import Service
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan, Slot
from tests.support import START, Chat, TestClock


async def joined(service: Service, chat: Chat, organiser: Chat, clock: TestClock) -> Slot:
    """An hour for two at three points, published by a new member of the community; `chat` has signed up."""
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await organiser.say(code)
    begins = START + timedelta(hours=1)
    async with service.store.write() as unit:
        [owner] = [one.person_id for one in await staff.members(unit)]
        hours = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        plan = Plan(title="楼道排查", task="看楼道", place="红梅社区", capacity=2, points=3, **hours)
        slot = await volunteering.create(unit, owner, plan)
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    await chat.tap("同意")
    clock.now = begins
    return slot
