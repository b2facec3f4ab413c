"""The courier's law: quiet hours, what may not wait, opt-outs looked at when it goes, pace, leaders, long waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.channels.base import Outcome
from bot.messages import Event, Reply
from bot.pace import Paces
from bot.peaks import load_peaks
from bot.quiet import QuietHours
from bot.store import batches, results
from bot.store.tables import leases, opt_outs, people
from bot.store.tables import outbox as table
from tests.courier_support import ON_SQLITE, Platform, Process, chat, person_of
from tests.support import START, TestClock

NIGHT = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # 23:00 in China
MORNING = datetime(2026, 11, 17, 0, 0, tzinfo=UTC)  # 08:00 there
HOURS = """
night: {from: "22:00", to: "08:00"}
occupations:
  rider: [{from: "16:30", to: "20:00"}]
"""


@pytest.fixture
def quiet(tmp_path: Path) -> QuietHours:
    (tmp_path / "occupations.yaml").write_text(HOURS)
    return QuietHours(load_peaks(tmp_path))


async def known(process: Process, address: str, **about: str) -> int:
    """Somebody who wrote a while ago, and what is known of them."""
    async with process.store.write() as unit:
        who = await person_of(unit, address)
        if about:
            await unit.execute(sa.update(people).where(people.c.id == who).values(**about))
    return who


async def results_of(process: Process) -> list[tuple[str, str]]:
    return [(row["state"], row["result"]) for row in await process.rows()]


# -- quiet hours


async def test_what_nobody_asked_for_waits_till_the_morning(start, clock, platform, quiet) -> None:
    process = await start(quiet=quiet)
    await known(process, "rider")
    clock.now = NIGHT
    await process.tell("rider", "your case")
    await process.settle()
    assert platform.tried == []
    [row] = await process.rows()
    assert (row["state"], row["result"], row["due_at"]) == ("waiting", results.QUIET, MORNING)
    assert (row["claimed_by"], row["attempts"]) == (None, 0)
    clock.now = MORNING - timedelta(seconds=1)
    await process.settle()
    assert platform.tried == []
    clock.now = MORNING
    await process.settle()
    assert platform.texts("rider") == ["your case"]


@ON_SQLITE
async def test_by_their_own_zone_and_occupation(start, clock, platform, quiet) -> None:
    process = await start(quiet=quiet)
    await known(process, "far west", timezone="Asia/Urumqi")
    await known(process, "rider", occupation="rider")
    await known(process, "streamer", occupation="streamer")
    clock.now = START.replace(hour=9)  # 17:00 in China
    for address in ("far west", "rider", "streamer"):
        await process.tell(address, f"to {address}")
    await process.settle()
    assert [who for who, _text in platform.said] == ["far west", "streamer"]
    assert ("waiting", results.QUIET) in await results_of(process)
    clock.now = NIGHT - timedelta(minutes=30)  # 22:30 in China, 20:30 in Urumqi; the rider's peak is over at 20:00
    await process.tell("far west", "again")
    await process.settle()
    assert platform.texts("far west")[1:] == ["again"]


@ON_SQLITE
async def test_what_may_not_wait_does_not(start, clock, platform, quiet) -> None:
    process = await start(quiet=quiet)
    await known(process, "rider")
    clock.now = NIGHT
    await process.tell("rider", "a code", urgent=True)
    await chat(process, clock, "other").say("有人吗")
    await process.settle()
    assert sorted(platform.said) == [("other", "有人吗"), ("rider", "a code")]


@ON_SQLITE
async def test_who_has_the_phone_in_their_hand_is_told(start, clock, platform, quiet) -> None:
    process = await start(quiet=quiet)
    clock.now = NIGHT
    await chat(process, clock, "rider").say("有人吗")
    clock.move(minutes=4)
    await process.tell("rider", "your answer")
    await process.settle()
    assert platform.texts("rider") == ["有人吗", "your answer"]
    clock.move(minutes=2)
    await process.tell("rider", "another")
    await process.settle()
    assert await results_of(process) == [("sent", ""), ("sent", ""), ("waiting", results.QUIET)]


@ON_SQLITE
async def test_a_channel_that_wakes_nobody_has_no_quiet_hours(start, clock, platform, quiet, monkeypatch) -> None:
    monkeypatch.setattr(platform, "pushes", False, raising=False)
    process = await start(quiet=quiet)
    await known(process, "rider")
    clock.now = NIGHT
    await process.tell("rider", "your case")
    await process.settle()
    assert platform.texts("rider") == ["your case"]


# -- not wanted any more


async def test_who_unsubscribes_after_it_was_promised_gets_nothing(start, clock, platform) -> None:
    process = await start()
    later = clock() + timedelta(hours=1)
    await process.tell("rider", "an activity", topic="volunteering", due_at=later)
    await process.tell("rider", "your case", due_at=later)
    who = await known(process, "rider")
    async with process.store.write() as unit:
        unit.insert(opt_outs, person_id=who, topic="volunteering", at=unit.now)
    clock.now = later
    await process.settle()
    assert platform.texts("rider") == ["your case"]
    assert await results_of(process) == [("skipped", results.UNSUBSCRIBED), ("sent", "")]


@ON_SQLITE
async def test_the_words_of_a_batch_held_for_somebody_who_unsubscribed_stay_unsaid(start, clock, platform) -> None:
    process = await start()
    await process.tell("rider", "an activity")
    who = await known(process, "rider")
    async with process.store.write() as unit:
        batch = batches.create(unit, {"zh_CN": Reply("an activity")}, "volunteering")
        unit.insert(opt_outs, person_id=who, topic="volunteering", at=unit.now)
        await unit.execute(sa.update(table).values(batch_id=batch, kind="broadcast"))
    await process.settle()
    assert await results_of(process) == [("skipped", results.UNSUBSCRIBED)]
    async with process.store.write() as unit:
        await unit.execute(sa.update(table).values(state="contact", done_at=None))
    await chat(process, clock, "rider").say("有人吗")
    clock.move(seconds=2)
    await process.settle()
    assert platform.texts("rider") == ["有人吗"]


# -- pace and leaders


def slow(platform: Platform, monkeypatch: pytest.MonkeyPatch, per_second: float) -> Paces:
    """The platform has a law; time is counted by naps."""
    monkeypatch.setattr(platform, "per_second", per_second, raising=False)
    now = [0.0]

    async def nap(seconds: float) -> None:
        now[0] += seconds

    paces = Paces({"post": platform}, lambda: now[0], nap)
    paces.elapsed = now  # type: ignore[attr-defined]
    return paces


@ON_SQLITE
async def test_notices_keep_the_law_and_answers_are_counted(start, clock, platform, monkeypatch) -> None:
    paces = slow(platform, monkeypatch, 10)
    process = await start(paces=paces)
    for number in range(30):
        await process.tell(f"rider-{number}", "news")
    await process.settle()
    assert len(platform.said) == 30
    assert paces.elapsed[0] >= 2.0  # 9 of 10 turns a second are for what is unasked
    before = paces.elapsed[0]
    await chat(process, clock, "asker").say("有人吗")
    await process.courier.idle()
    assert paces.elapsed[0] == before, "an answer waits for nobody"
    assert paces["post"].wait("asker") > 0, "but counts"


@ON_SQLITE
async def test_one_chat_hears_one_thing_a_second(start, clock, platform, monkeypatch) -> None:
    paces = slow(platform, monkeypatch, 30)
    process = await start(paces=paces)
    await process.tell("rider", "one\ntwo", "three")
    await process.settle()
    assert platform.texts("rider") == ["one", "two", "three"]
    assert paces.elapsed[0] >= 2.0


class Part:
    """Leadership as the test says."""

    def __init__(self, leads: bool) -> None:
        self.led = leads

    async def leads(self, what: str) -> bool:
        assert what == "send-post"
        return self.led


async def test_where_there_is_a_law_the_leader_sends_what_is_unasked(start, clock, platform, monkeypatch) -> None:
    monkeypatch.setattr(platform, "per_second", 1000.0, raising=False)
    led = Part(leads=False)
    process = await start(leadership=led)
    await process.tell("rider", "news")
    await chat(process, clock, "asker").say("有人吗")
    assert await process.courier.look() > 0
    await process.courier.idle()
    assert platform.said == [("asker", "有人吗")]
    assert [row["claimed_by"] for row in await process.rows()] == [None, None]
    led.led = True
    await process.settle()
    assert platform.texts("rider") == ["news"]


# -- told to wait


async def test_a_wait_of_three_hours_survives_a_restart(start, clock, platform) -> None:
    first = await start()
    platform.answers["busy"] = [Outcome("retry", "429", 3 * 3600)]
    await first.tell("busy", "one")
    await first.settle()
    for minutes in (0, 60, 119):
        clock.now = START + timedelta(minutes=minutes)
        later = await start()
        await later.tell("busy", f"at {minutes}")
        await later.settle()
    assert platform.tried == ["one"]
    clock.now = START + timedelta(hours=3)
    await later.settle()
    assert platform.texts("busy") == ["one", "at 0", "at 60", "at 119"]


async def test_a_platform_that_wants_silence_gets_it_and_answers_go_on(start, clock, platform, monkeypatch) -> None:
    """Three chats told to wait at once: everybody is meant."""
    monkeypatch.setattr(platform, "per_second", 1000.0, raising=False)
    first = await start()
    for number in range(3):
        platform.answers[f"rider-{number}"] = [Outcome("retry", "429", 3 * 3600)]
        await first.tell(f"rider-{number}", "news")
    await first.settle()
    await first.tell("other", "news")
    await first.settle()
    assert platform.texts("other") == []
    await chat(first, clock, "other").say("有人吗")
    await first.courier.idle()
    assert platform.texts("other") == ["有人吗"]
    async with first.store.read() as unit:
        [until] = (await unit.execute(sa.select(leases.c.until).where(leases.c.name == "closed:post"))).scalars()
    assert until == START + timedelta(hours=3)
    restarted = await start()
    await restarted.settle()
    assert platform.texts("other") == ["有人吗"]


# -- who left, and came back


async def test_who_blocked_us_and_returns_hears_what_waited(start, clock, platform) -> None:
    process = await start()
    platform.answers["rider"] = [Outcome("blocked", "403")]
    await process.tell("rider", "your case")
    await process.settle()
    assert await results_of(process) == [("contact", "403")]
    await process.tell("rider", "a second time")
    await process.settle()
    assert (await results_of(process))[1] == ("contact", results.UNREACHABLE)
    back: TestClock = clock
    await chat(process, back, "rider").happen(Event.RETURNED)
    back.move(seconds=1)
    await process.settle()
    assert platform.texts("rider")[-2:] == ["your case", "a second time"]
