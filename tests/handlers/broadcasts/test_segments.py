"""Whom a broadcast is for: each condition and each exclusion beside somebody it does not touch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.ids import new_id
from bot.store.tables import batches, conversations, opt_outs, outbox
from bot.store.unit import Unit
from handlers.broadcasts.preview import count
from handlers.broadcasts.segments import prefix
from handlers.broadcasts.service import Audience, Broadcasting, Segment, keep
from handlers.volunteering.tables import signups, slots
from tests.handlers.broadcasts.conftest import citizen, identity, recipients
from tests.support import Chat, TestClock

Send = Callable[..., Awaitable[int]]


async def sizes(unit: Unit, setting: Broadcasting, *segments: Segment) -> list[int]:
    return [await Audience(one, "volunteering", setting.rules, unit.now).size(unit) for one in segments]


async def test_each_condition_chooses(service: Service, setting: Broadcasting) -> None:
    async with service.store.write() as unit:
        citizen(unit, "rider")
        citizen(unit, "driver", occupation="driver", region="320411")
        citizen(unit, "far", occupation="streamer", region="110105", language="en")
        citizen(unit, "unknown", occupation="", region="")
        found = await sizes(
            unit,
            setting,
            Segment(),
            Segment(occupations=("rider", "driver")),
            Segment(region="320402"),
            Segment(region="320400"),
            Segment(region="320000"),
            Segment(language="en"),
            Segment(occupations=("rider",), language="en"),
        )
    assert found == [4, 2, 1, 2, 2, 1, 0]


def test_a_region_means_all_below_it() -> None:
    assert [prefix(code) for code in ("320000", "320400", "320402", "110000")] == ["32", "3204", "320402", "11"]


async def test_who_volunteered_before(service: Service, setting: Broadcasting) -> None:
    async with service.store.write() as unit:
        was_there, booked = citizen(unit, "there"), citizen(unit, "booked")
        slot: dict[str, Any] = {"title": "x", "task": "x", "place": "x", "capacity": 5, "code": "123456"}
        hours = {"starts_at": unit.now, "ends_at": unit.now + timedelta(hours=1), "created_at": unit.now}
        unit.insert(slots, id=7, status="open", **slot, **hours)
        for person_id, status in ((was_there, "attended"), (booked, "booked")):
            unit.insert(signups, id=new_id(), slot_id=7, person_id=person_id, status=status, made_at=unit.now)
        audience = Audience(Segment(volunteered=True), "volunteering", setting.rules, unit.now)
        assert [one.person_id for one in await audience.page(unit, 0, 10)] == [was_there]


async def test_exclusions_leave_out_and_say_why(service: Service, setting: Broadcasting, clock: TestClock) -> None:
    async with service.store.write() as unit:
        fine = citizen(unit, "fine")
        unsubscribed, blocked = citizen(unit, "no"), citizen(unit, "gone", reachable=False)
        busy, lately, long_ago = citizen(unit, "busy"), citizen(unit, "lately"), citizen(unit, "long ago")
        other_topic, earlier = citizen(unit, "other topic"), citizen(unit, "earlier")
        unit.insert(opt_outs, person_id=unsubscribed, topic="volunteering", at=unit.now)
        unit.insert(opt_outs, person_id=other_topic, topic="news", at=unit.now)
        await unit.execute(
            sa.update(conversations).where(conversations.c.person_id.in_((busy, earlier))).values(asking=True)
        )
        await unit.execute(
            sa.update(conversations)
            .where(conversations.c.person_id == busy)
            .values(updated_at=unit.now - timedelta(minutes=5))
        )
        for person_id, days in ((lately, 1), (long_ago, 10)):
            got_one(unit, person_id, unit.now - timedelta(days=days))
        segment = Segment(contacted_days=3)
        audience = Audience(segment, "volunteering", setting.rules, unit.now)
        chosen = {one.person_id for one in await audience.page(unit, 0, 10)}
        assert chosen == {fine, long_ago, other_topic, earlier}
        counts = await count(unit, audience, setting.quiet, unit.now)
        assert counts.left_out == {"unsubscribed": 1, "unreachable": 1, "contacted": 1, "in_dialogue": 1}
        assert counts.total == 4
        everybody = replace(audience, segment=Segment(contacted_days=0, skip_dialogue=False))
        assert {one.person_id for one in await everybody.page(unit, 0, 10)} == chosen | {busy, lately}
    assert blocked not in chosen


def got_one(unit: Unit, person_id: int, at: Any) -> None:
    """A broadcast reached them then."""
    rest = {"channel": "web", "kind": "broadcast", "payload": b"", "state": "sent", "created_at": at, "due_at": at}
    unit.insert(outbox, id=new_id(), person_id=person_id, batch_id=new_id(), done_at=at, **rest)


async def test_one_identity_each_the_one_used_last(service: Service, setting: Broadcasting) -> None:
    async with service.store.write() as unit:
        one = citizen(unit, "old", "telegram", last_seen_at=unit.now - timedelta(days=3))
        newest = identity(unit, one, "new", "web")
        identity(unit, one, "blocked", "wechat", reachable=False, last_seen_at=unit.now + timedelta(days=1))
        audience = Audience(Segment(), "volunteering", setting.rules, unit.now)
        found = await audience.page(unit, 0, 10)
    assert [(each.person_id, each.identity_id, each.channel) for each in found] == [(one, newest, "web")]


async def test_an_open_question_is_known_to_the_database(service: Service, setting: Broadcasting, chat: Chat) -> None:
    await chat.say("菜单")
    async with service.store.read() as unit:
        assert await sizes(unit, setting, Segment()) == [1]
    await chat.say("退订")  # asks which topic
    async with service.store.read() as unit:
        assert await sizes(unit, setting, Segment(), Segment(skip_dialogue=False)) == [0, 1]
    await chat.say("取消")
    async with service.store.read() as unit:
        assert await sizes(unit, setting, Segment()) == [1]


async def test_the_preview_tells_now_from_later(service: Service, setting: Broadcasting) -> None:
    async with service.store.write() as unit:
        citizen(unit, "web")
        citizen(unit, "phone", "telegram")
        citizen(unit, "wechat, wrote lately", "wechat", window_at=unit.now - timedelta(hours=1))
        citizen(unit, "wechat, long ago", "wechat", window_at=unit.now - timedelta(hours=50))
        audience = Audience(Segment(), "volunteering", setting.rules, unit.now)
        afternoon = await count(unit, audience, setting.quiet, unit.now)
        at_six = await count(unit, audience, setting.quiet, unit.now + timedelta(hours=3, minutes=30))
    there = {name: (one.total, one.now, one.quiet, one.closed) for name, one in afternoon.channels.items()}
    assert there == {"web": (1, 1, 0, 0), "telegram": (1, 1, 0, 0), "wechat": (2, 1, 0, 1)}
    there = {name: (one.total, one.now, one.quiet, one.closed) for name, one in at_six.channels.items()}
    assert there == {"web": (1, 1, 0, 0), "telegram": (1, 0, 1, 0), "wechat": (2, 0, 1, 1)}


async def test_a_crash_between_pages_puts_nobody_down_twice(
    service: Service, setting: Broadcasting, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.broadcasts.filling.PAGE", 4)
    async with service.store.write() as unit:
        everybody = [citizen(unit, f"person-{number}") for number in range(10)]
    await send()
    from handlers.broadcasts.service import fill

    async def round_(*, dies: bool = False) -> int:
        async with service.store.write() as unit:
            done = await fill(unit, setting.rules)
            if dies:
                await unit.flush()
                raise KeyboardInterrupt
        return done

    counted = [await round_()]
    for dies in (True, False, True, False):
        try:
            counted.append(await round_(dies=dies))
        except KeyboardInterrupt:
            counted.append(-1)
    assert counted == [4, -1, 4, -1, 2]
    assert await recipients(service) == sorted(everybody)
    assert await round_() == 0
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(batches)) == 1


async def test_processes_beside_each_other_put_everybody_down_once(
    service: Service, setting: Broadcasting, approved: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.broadcasts.filling.PAGE", 7)
    async with service.store.write() as unit:
        everybody = [citizen(unit, f"person-{number}") for number in range(60)]
    await approved()
    await approved()

    async def process() -> int:
        done = idle = 0
        while idle < 3:  # another may have a page in hand
            more = await keep(service.store, setting.rules)
            done, idle = done + more, 0 if more else idle + 1
        return done

    assert sum(await asyncio.gather(*(process() for _one in range(4)))) == 2 * len(everybody)
    assert await recipients(service) == sorted([*everybody, *everybody])
