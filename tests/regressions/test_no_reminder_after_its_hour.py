"""Whoever had not written to WeChat for two days got “tomorrow” on the day itself, twice, above the answer to their
check-in: what waits for somebody's next message says till when it is right."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.settings import Settings
from bot.store import results
from bot.store.tables import outbox
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan, Slot
from tests.support import TestClock
from tests.town import InWechat, Town, town


@pytest.fixture
async def there(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Town]:
    async with town(make_settings, clock) as made:
        yield made


async def booked(there: Town) -> tuple[InWechat, Slot]:
    """Somebody in WeChat with a place on Thursday at 14:30, signed up on Monday."""
    organiser, rider = there.in_wechat(), there.in_wechat()
    await there.hire(organiser, "王红梅")
    await there.introduce(rider)
    begins = datetime(2026, 11, 19, 14, 30, tzinfo=there.zone)
    async with there.service.store.write() as unit:
        [owner] = [one.person_id for one in await staff.members(unit)]
        hours = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        plan = Plan(title="楼道排查", task="看楼道", place="红梅社区", capacity=2, **hours)
        slot = await volunteering.create(unit, owner, plan)
    await rider.say("做志愿", "1", "报名")
    return rider, slot


async def results_of(there: Town) -> dict[str, tuple[str, str]]:
    async with there.service.store.read() as unit:
        kept = sa.select(outbox).where(outbox.c.dedupe_key.like("volunteering:%"))
        return {row["dedupe_key"].split(":")[1]: (row["state"], row["result"]) for row in await unit.rows(kept)}


async def test_yesterdays_word_is_passed_over_and_todays_comes(there: Town) -> None:
    rider, _slot = await booked(there)
    await there.now_is(18, 20, 30)
    await there.until(lambda: _waits(there, "eve"))
    await there.now_is(19, 13, 30)
    await there.until(lambda: _waits(there, "hour"))
    before = len(rider.screen)
    await rider.say("你好")
    said = "".join(text for _at, text in rider.screen[before:])
    assert said.count("提醒您") == 1
    assert "提醒您：今天（11月19日）14:30" in said
    assert (await results_of(there))["eve"] == ("skipped", results.TOO_LATE)


async def test_nothing_is_reminded_of_once_it_has_begun(there: Town) -> None:
    rider, slot = await booked(there)
    await there.now_is(18, 20, 30)
    await there.until(lambda: _waits(there, "eve"))
    await there.now_is(19, 13, 30)
    await there.until(lambda: _waits(there, "hour"))
    await there.now_is(19, 14, 35)
    assert (await rider.say(f"签到 {slot.code}")).startswith("签到了")


async def test_what_could_not_be_sent_in_time_is_not_sent(there: Town) -> None:
    rider, _slot = await booked(there)
    before = len(rider.screen)
    await there.now_is(19, 15, 0)  # nobody sent anything all the while
    await there.until(lambda: _passed_over(there))
    assert len(rider.screen) == before


async def _waits(there: Town, kind: str) -> bool:
    return (await results_of(there))[kind][0] == "contact"


async def _passed_over(there: Town) -> bool:
    found = await results_of(there)
    return found["eve"] == found["hour"] == ("skipped", results.TOO_LATE)
