"""A place handed to a mate, to anybody, to the waiting list; changed for a place elsewhere; and what is refused."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from bot.store.ids import new_id
from bot.store.tables import people
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import signups, slots
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Told = Callable[[Chat], Awaitable[list[Any]]]
Now = Callable[[Slot], Awaitable[Slot]]


@pytest.fixture
async def slot(publish: Publish) -> Slot:
    return await publish(capacity=1)


@pytest.fixture
async def booked(rider: Rider, slot: Slot) -> Chat:
    """The one who has the only place."""
    chat = await rider("a")
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    return chat


async def statuses(service: Service, slot: Slot) -> list[str]:
    async with service.store.read() as unit:
        own = sa.select(signups.c.status).where(signups.c.slot_id == slot.id).order_by(signups.c.id)
        return list((await unit.execute(own)).scalars())


async def code_of(chat: Chat) -> str:
    await chat.say("换人")
    text = await chat.tap("我找到人替我了")
    found = re.search(r"接班 (JB-\w{4}-\w{4})", text)
    assert found, text
    return found[1]


async def test_a_mate_takes_the_place_by_its_code(
    service: Service, booked: Chat, slot: Slot, rider: Rider, told: Told, slot_now: Now
) -> None:
    code = await code_of(booked)
    assert "还是您的" in booked.text
    assert await statuses(service, slot) == ["booked"], "it stays theirs till it is taken"
    mate = await rider("b")
    text = await mate.say(f"接班 {code}")
    assert "楼道排查" in text and "您来接这个班吗" in text
    assert "报上了" in await mate.tap("要，我来")
    assert await statuses(service, slot) == ["handed", "booked"]
    assert (await slot_now(slot)).taken == 1
    assert any("有人接了您的班" in one[2] for one in await told(booked))
    assert not any("提醒" in one[2] for one in await told(booked)), "no reminder for who need not come"
    assert any("提醒" in one[2] for one in await told(mate))
    assert "对不上" in await (await rider("c")).say(code), "a code serves once"


async def test_a_code_can_be_typed_after_the_word(booked: Chat, rider: Rider) -> None:
    code = await code_of(booked)
    mate = await rider("b")
    assert "JB 开头" in await mate.say("接班")
    assert "对不上" in await mate.say("JB-0000-0000")
    assert "JB 开头" in await mate.say("接班")
    assert "您来接这个班吗" in await mate.say(code.lower().replace("-", " "))
    assert "还是您工友的" in await mate.say("不")


async def test_ones_own_code_and_one_taken_back_do_nothing(booked: Chat, rider: Rider) -> None:
    code = await code_of(booked)
    await booked.say(f"接班 {code}")
    assert "您自己的接班码" in await booked.tap("要，我来")
    await booked.say("换人")
    assert "名额还是您的" in await booked.tap("不让了")
    assert "对不上" in await (await rider("b")).say(f"接班 {code}")


async def test_who_is_engaged_or_of_another_trade_is_refused_and_the_place_stays(
    service: Service, publish: Publish, rider: Rider
) -> None:
    slot = await publish(capacity=1, occupations=("rider",))
    booked = await rider("a")
    await booked.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    code = await code_of(booked)
    driver = await rider("d", occupation="driver")
    await driver.say(code)
    assert "别的" in await driver.tap("要，我来") or "职业" in driver.text
    other = await publish()
    busy = await rider("e")
    await busy.deliver(choice=f"go:volunteer_join?slot={other.id}")
    await busy.say(code)
    assert "那个时间您已经" in await busy.tap("要，我来") or "同一时间" in busy.text or "时间" in busy.text
    assert await statuses(service, slot) == ["booked"]


async def test_anybody_may_take_what_is_listed(
    service: Service, booked: Chat, slot: Slot, rider: Rider, told: Told, slot_now: Now
) -> None:
    await booked.say("换人")
    assert "挂出来了" in await booked.tap("谁报谁接")
    mate = await rider("b")
    await mate.say("做志愿")
    assert "还差 1 人" in mate.labels[0]
    await mate.tap("楼道排查")
    assert "报上了" in await mate.tap("报名")
    assert await statuses(service, slot) == ["handed", "booked"]
    assert (await slot_now(slot)).taken == 1
    assert any("有人接了您的班" in one[2] for one in await told(booked))
    third = await rider("c")
    await third.deliver(choice=f"go:volunteer?slot={slot.id}")
    assert any("候补" in label for label in third.labels)


async def test_who_waits_comes_first(service: Service, booked: Chat, slot: Slot, rider: Rider, told: Told) -> None:
    waiting = await rider("b")
    await waiting.deliver(choice=f"go:volunteer_join?slot={slot.id}&wait=1")
    await booked.say("换人")
    assert not any("挂出来" in label for label in booked.labels)
    await booked.tap("让给候补")
    assert await statuses(service, slot) == ["cancelled", "offered"]
    assert any("空出" in one[2] or "名额" in one[2] for one in await told(waiting))


async def test_one_who_waits_may_take_it_by_code(
    service: Service, booked: Chat, slot: Slot, rider: Rider, slot_now: Now
) -> None:
    code = await code_of(booked)
    waiting = await rider("b")
    await waiting.deliver(choice=f"go:volunteer_join?slot={slot.id}&wait=1")
    await waiting.say(code)
    assert "报上了" in await waiting.tap("要，我来")
    assert await statuses(service, slot) == ["handed", "booked"]
    assert (await slot_now(slot)).taken == 1


async def test_a_place_is_changed_for_another_in_one_step(
    service: Service, booked: Chat, slot: Slot, publish: Publish, rider: Rider, slot_now: Now
) -> None:
    overlapping = await publish(START + timedelta(days=2, minutes=30), title="同一时间的")
    await publish(START + timedelta(days=3), title="满了的", capacity=1)
    other = await rider("x")
    await other.say("做志愿")
    await other.tap("满了的")
    await other.tap("报名")
    await booked.say("换场")
    await booked.tap("换到别的场次")
    assert not any("满了的" in label for label in booked.labels)
    assert "报上了" in await booked.tap("同一时间的")
    assert ((await slot_now(slot)).taken, (await slot_now(overlapping)).taken) == (0, 1)
    assert await statuses(service, slot) == ["cancelled"]


async def test_nothing_else_and_second_thoughts_keep_the_place(
    service: Service, booked: Chat, slot: Slot, publish: Publish
) -> None:
    await booked.say("换场")
    assert "暂时没有" in await booked.tap("换到别的场次")
    await publish(START + timedelta(days=3), title="别的")
    await booked.say("换场")
    await booked.tap("换到别的场次")
    assert "名额还是您的" in await booked.tap("不换了")
    assert await statuses(service, slot) == ["booked"]


async def test_nothing_is_swapped_once_it_has_begun(booked: Chat, slot: Slot, rider: Rider, clock: TestClock) -> None:
    code = await code_of(booked)
    clock.now = slot.starts_at
    assert "没有能换的" in await booked.say("换人")
    mate = await rider("b")
    await mate.say(code)
    assert "开始" in await mate.tap("要，我来")


async def test_a_place_given_back_takes_its_code_along(booked: Chat, slot: Slot, rider: Rider) -> None:
    code = await code_of(booked)
    await booked.say("取消报名")
    await booked.say("跳过")
    assert "对不上" in await (await rider("b")).say(code)


async def test_consent_comes_before_the_first_sign_up_and_a_no_notes_nothing(
    service: Service, someone: Callable[[str], Chat], slot: Slot
) -> None:
    chat = someone("new")
    await chat.deliver(choice=f"go:volunteer?slot={slot.id}")
    assert "社区只看到编号" in await chat.tap("报名")
    await chat.tap("不同意")
    assert await statuses(service, slot) == []
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    await chat.tap("先看说明") if "先看说明" in chat.labels else await chat.tap("说明")
    assert "平台看不到" in chat.text
    assert "报上了" in await chat.tap("同意")
    assert await statuses(service, slot) == ["booked"]
    await chat.say("取消报名")
    await chat.say("跳过")
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "报上了" in chat.text, "asked once in a life"


# -- places are never more than there are


async def crowd(service: Service, many: int) -> list[Person]:
    found = [Person(new_id(), 0, "terminal", "", "zh_CN", "Asia/Shanghai") for _ in range(many)]
    rows = [{"id": one.id, "language": one.language, "timezone": one.timezone, "created_at": START} for one in found]
    async with service.store.write() as unit:
        await unit.execute(sa.insert(people), rows)
    return found


async def test_places_hold_while_everybody_swaps_hands_over_and_staff_add(
    service: Service, setting: Setting, publish: Publish
) -> None:
    """Two slots of ten and a hundred people who sign up, wait, swap, hand over, cancel and are put down by staff."""
    one, two = await publish(capacity=10), await publish(START + timedelta(days=3), capacity=10)
    everybody = await crowd(service, 100)

    async def act(number: int, person: Person) -> None:
        here, there = (one, two) if number % 2 else (two, one)
        async with service.store.write() as unit:
            answer = await volunteering.sign_up(unit, setting, person, here.id, wait=number % 5 == 0)
        if answer.said == "booked" and number % 3 == 0:
            async with service.store.write() as unit:
                await volunteering.swap(unit, setting, person, answer.signup_id, there.id)
        elif answer.said == "booked" and number % 3 == 1:
            async with service.store.write() as unit:
                given = await volunteering.give(unit, setting, person.id, answer.signup_id, anybody=number % 4 == 0)
            taker = everybody[(number + 7) % len(everybody)]
            async with service.store.write() as unit:
                await volunteering.take_over(unit, setting, taker, given.code or "-")
        elif answer.said == "waiting":
            async with service.store.write() as unit:
                slot = await volunteering.settled(unit, setting, here.id)
                with contextlib.suppress(volunteering.NoPlaceError, volunteering.NoSuchEntryError):
                    await volunteering.put_down(unit, setting, slot, answer.signup_id, "staff:1", 60, "x")

    await asyncio.gather(*(act(number, person) for number, person in enumerate(everybody)))
    for slot in (one, two):
        async with service.store.read() as unit:
            taken = await unit.value(sa.select(slots.c.taken).where(slots.c.id == slot.id))
            seated = sa.select(sa.func.count()).where(
                signups.c.slot_id == slot.id, signups.c.status.in_(("booked", "offered", "attended"))
            )
            assert taken == await unit.value(seated) <= 10


async def test_one_code_sent_by_many_serves_one(service: Service, setting: Setting, publish: Publish) -> None:
    slot = await publish(capacity=1)
    giver, *takers = await crowd(service, 30)
    async with service.store.write() as unit:
        mine = await volunteering.sign_up(unit, setting, giver, slot.id)
        given = await volunteering.give(unit, setting, giver.id, mine.signup_id)

    async def take(person: Person) -> str:
        async with service.store.write() as unit:
            answer = await volunteering.take_over(unit, setting, person, given.code)
            return answer.said if answer else "none"

    said = await asyncio.gather(*map(take, takers))
    assert sorted(set(said)) == ["booked", "none"] and said.count("booked") == 1


async def test_two_who_swap_with_each_other_both_get_it_or_neither_waits(
    service: Service, setting: Setting, publish: Publish
) -> None:
    one, two = await publish(capacity=2), await publish(START + timedelta(days=3), capacity=2)
    here, there = await crowd(service, 2)
    async with service.store.write() as unit:
        first = await volunteering.sign_up(unit, setting, here, one.id)
        second = await volunteering.sign_up(unit, setting, there, two.id)

    async def swap(person: Person, signup_id: int, slot: Slot) -> str:
        async with service.store.write() as unit:
            return (await volunteering.swap(unit, setting, person, signup_id, slot.id)).said

    for _round in range(5):
        said = await asyncio.gather(swap(here, first.signup_id, two), swap(there, second.signup_id, one))
        assert set(said) <= {"booked", "gone"}
