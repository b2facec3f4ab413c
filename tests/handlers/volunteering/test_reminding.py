"""Reminders: the evening before and an hour before, in nobody's peak or night; taken back with the place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import packaged
from bot.site import load_site
from handlers.volunteering.notes import reminder_times
from handlers.volunteering.service import Setting, Slot, open_setting
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Told = Callable[[Chat], Awaitable[list[Any]]]
CONTENT: Path = packaged("content")
SETTING: Setting = open_setting(CONTENT, load_site(CONTENT))


def slot_at(day: date, begin: time, minutes: int = 60) -> Slot:
    start = datetime.combine(day, begin, SETTING.zone)
    words = (
        "题",
        "做",
        "地",
        "",
        None,
        None,
        start,
        start + timedelta(minutes=minutes),
        1,
        0,
        0,
        (),
        1,
        "",
        "",
        "000000",
    )
    return Slot(1, None, "open", *words)


def clock_times(occupation: str, begin: time) -> dict[str, str]:
    found = reminder_times(SETTING, slot_at(date(2026, 11, 18), begin), occupation, "")
    return {kind: f"{at.astimezone(SETTING.zone):%d %H:%M}" for kind, at in found.items()}


@pytest.mark.parametrize(
    ("occupation", "begin", "expected"),
    [
        ("rider", time(15, 0), {"eve": "17 20:30", "hour": "18 14:00"}),
        ("rider", time(14, 0), {"eve": "17 20:30", "hour": "18 13:30"}),  # the peak ends half an hour before
        ("rider", time(13, 30), {"eve": "17 20:30", "hour": "18 10:20"}),  # nothing is left after the peak
        ("driver", time(10, 0), {"eve": "17 20:30", "hour": "18 09:30"}),
        ("driver", time(7, 0), {"eve": "17 20:30", "hour": "17 21:50"}),  # an hour before is night
        ("other", time(15, 0), {"eve": "17 20:30", "hour": "18 14:00"}),
    ],
)
def test_when_reminders_go_out(occupation: str, begin: time, expected: dict[str, str]) -> None:
    assert clock_times(occupation, begin) == expected


@given(
    occupation=st.sampled_from(["rider", "driver", "trucker", "streamer", "other", ""]),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    begin=st.times().map(lambda value: value.replace(second=0, microsecond=0)),
)
def test_none_is_ever_in_a_peak_or_at_night_or_too_late(occupation: str, day: date, begin: time) -> None:
    slot = slot_at(day, begin)
    found = reminder_times(SETTING, slot, occupation, "320402")
    assert found
    for at in found.values():
        assert at < slot.starts_at
        assert slot.starts_at - at <= timedelta(days=1, hours=13)
        assert SETTING.peaks.quiet(occupation, at, SETTING.zone) is None


async def test_they_are_promised_with_the_place_and_taken_back_with_it(
    publish: Publish, rider: Rider, told: Told
) -> None:
    slot = await publish()
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    found = await told(chat)
    assert [(at, topic) for at, topic, *_rest in found] == [
        (datetime(2026, 11, 17, 12, 30, tzinfo=UTC), "volunteering"),
        (datetime(2026, 11, 18, 5, 30, tzinfo=UTC), "volunteering"),
    ]
    assert "明天" in found[0][2] and "今天" in found[1][2]
    await chat.say("取消报名", "跳过")
    assert await told(chat) == []


async def test_what_is_past_is_not_promised(publish: Publish, rider: Rider, told: Told) -> None:
    slot = await publish(START + timedelta(minutes=40))
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert await told(chat) == []


async def test_who_unsubscribed_gets_none_but_keeps_the_place(
    publish: Publish, rider: Rider, told: Told, slot_now: Callable[[Slot], Awaitable[Slot]]
) -> None:
    slot = await publish()
    chat = await rider()
    await chat.say("退订")
    await chat.tap("志愿")
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    assert "报上了" in chat.text
    assert await told(chat) == []
    assert (await slot_now(slot)).taken == 1


async def test_the_button_in_a_reminder_cancels(publish: Publish, rider: Rider, told: Told, clock: TestClock) -> None:
    slot = await publish()
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    reminder = (await told(chat))[0]
    clock.move(days=1)
    await chat.deliver(choice=reminder[3][1]["value"])
    assert "取消了" in await chat.say("身体不舒服")
