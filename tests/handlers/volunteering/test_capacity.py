"""500 people at once for 20 places: exactly 20 get one. YIZHAN_TEST_RUNS=50 repeats it as often as one likes."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from bot.settings import Settings
from bot.store.ids import new_id
from bot.store.tables import people
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import signups, slots
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
RUNS = int(os.environ.get("YIZHAN_TEST_RUNS", "5"))
PEOPLE, PLACES = 500, 20


async def crowd(service: Service) -> list[Person]:
    found = [Person(new_id(), 0, "terminal", "", "zh_CN", "Asia/Shanghai") for _ in range(PEOPLE)]
    rows = [{"id": one.id, "language": one.language, "timezone": one.timezone, "created_at": START} for one in found]
    async with service.store.write() as unit:
        await unit.execute(sa.insert(people), rows)
    return found


async def booked(service: Service, slot: Slot) -> tuple[int, int]:
    """(places counted as taken, sign-ups that have one)."""
    async with service.store.read() as unit:
        mine = sa.select(sa.func.count()).where(signups.c.slot_id == slot.id, signups.c.status == "booked")
        taken: int = await unit.value(sa.select(slots.c.taken).where(slots.c.id == slot.id))
        return taken, int(await unit.value(mine))


async def test_500_at_once_for_20_places_are_exactly_20(service: Service, setting: Setting, publish: Publish) -> None:
    everybody = await crowd(service)

    async def try_one(person: Person, slot: Slot) -> str:
        async with service.store.write() as unit:
            return (await volunteering.sign_up(unit, setting, person, slot.id)).said

    for run in range(RUNS):
        slot = await publish(START + timedelta(days=1, hours=3 * run), capacity=PLACES)
        said = Counter(await asyncio.gather(*(try_one(person, slot) for person in everybody)))
        assert said == {"booked": PLACES, "full": PEOPLE - PLACES}
        assert await booked(service, slot) == (PLACES, PLACES)


async def test_places_given_back_while_others_come_never_go_twice(
    service: Service, setting: Setting, publish: Publish
) -> None:
    everybody = (await crowd(service))[:120]
    slot = await publish(capacity=10)

    async def come_and_go(person: Person, leaves: bool) -> None:
        async with service.store.write() as unit:
            answer = await volunteering.sign_up(unit, setting, person, slot.id)
        if answer.said == "booked" and leaves:
            async with service.store.write() as unit:
                await volunteering.cancel(unit, setting, person.id, answer.signup_id)

    await asyncio.gather(*(come_and_go(person, number % 3 == 0) for number, person in enumerate(everybody)))
    taken, mine = await booked(service, slot)
    assert taken == mine <= 10


async def test_two_processes_share_the_places_of_a_slot(
    service: Service, make_settings: Callable[..., Settings], clock: TestClock, publish: Publish
) -> None:
    slot = await publish(capacity=PLACES)
    async with Service(make_settings(), clock, only={"terminal"}).running(courier=False) as other:
        chats = [Chat(one.dispatcher, clock, f"r{number}") for number in range(60) for one in (service, other)]
        for number, chat in enumerate(chats):
            chat.address += str(number)
        await asyncio.gather(*(chat.deliver(choice=f"go:volunteer_join?slot={slot.id}") for chat in chats))
        await asyncio.gather(*(chat.tap("同意") for chat in chats))
    assert sum("报上了" in chat.text for chat in chats) == PLACES
    assert sum("满了" in chat.text for chat in chats) == len(chats) - PLACES
    assert await booked(service, slot) == (PLACES, PLACES)


async def test_the_database_itself_refuses_one_more(service: Service, publish: Publish) -> None:
    slot = await publish(capacity=2)
    with pytest.raises(sa.exc.IntegrityError):
        async with service.store.write() as unit:
            await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(taken=3))
