"""The courier: nothing promised is lost, nothing is said twice, and nobody pays for another's trouble."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.channels.base import Outcome
from bot.courier import MOST_IN_HAND, OTHER_SLOTS
from bot.delivery import MOST_ATTEMPTS
from bot.store import outbox
from bot.store.tables import identities
from bot.store.tables import outbox as table
from bot.verdict import backoff
from tests.courier_support import ON_SQLITE, chat
from tests.fakes.bell import PATIENCE

# -- in order, at once


async def test_a_reply_goes_at_once_and_each_person_hears_in_order(start, clock, platform) -> None:
    process = await start()
    riders = [chat(process, clock, f"rider-{number}") for number in range(10)]
    await asyncio.gather(*(one.deliver(text=f"{turn}a\n{turn}b") for turn in range(5) for one in riders))
    await process.courier.idle()  # nobody looked at the outbox for that
    for one in riders:
        assert platform.texts(one.address) == [f"{turn}{part}" for turn in range(5) for part in "ab"]
    assert set(await process.states()) == {"sent"}


async def test_a_notice_is_carried_as_soon_as_it_is_committed(start, clock, platform) -> None:
    process = await start()
    await process.tell("rider", "one", "two")
    await platform.until(lambda: platform.texts("rider") == ["one", "two"])


@ON_SQLITE
async def test_what_is_due_later_waits_for_its_hour(start, clock, platform) -> None:
    process = await start()
    await process.tell("rider", "tomorrow", due_at=clock() + timedelta(days=1))
    await process.tell("rider", "today")
    await process.settle()
    assert platform.texts("rider") == ["today"]
    async with process.store.read() as unit:
        assert await outbox.next_due(unit, ["post"]) == clock() + timedelta(days=1)
    clock.move(days=1)
    process.courier.wake()
    await platform.until(lambda: platform.texts("rider") == ["today", "tomorrow"])


async def test_many_more_than_fit_in_hand_are_all_sent_in_order(start, clock, platform) -> None:
    process = await start()
    texts = [str(number) for number in range(MOST_IN_HAND + 20)]
    await process.tell("slow", *texts[:20])
    await process.tell("other", *texts)
    await platform.until(lambda: len(platform.said) == len(texts) + 20)
    assert (platform.texts("slow"), platform.texts("other")) == (texts[:20], texts)


@ON_SQLITE
async def test_replies_overtake_what_is_sent_unasked(start, clock, platform) -> None:
    process = await start()
    platform.gates = {f"rider-{number}": asyncio.Event() for number in range(OTHER_SLOTS + 5)}
    for address in platform.gates:
        await process.tell(address, "news")
    await platform.until(lambda: len(platform.tried) == OTHER_SLOTS)  # all the places for notices are taken
    await chat(process, clock, "asker").say("有人吗")
    await platform.until(lambda: platform.texts("asker") == ["有人吗"])
    assert len(platform.tried) == OTHER_SLOTS + 1


@ON_SQLITE
async def test_marks_ride_along_in_few_commits(start, clock, platform, monkeypatch) -> None:
    process = await start()
    platform.gates = {f"rider-{number}": asyncio.Event() for number in range(OTHER_SLOTS)}
    for address in platform.gates:
        await process.tell(address, "news")
    await platform.until(lambda: len(platform.tried) == OTHER_SLOTS)
    commits = 0
    real = process.store.write

    def counted() -> object:
        nonlocal commits
        commits += 1
        return real()

    monkeypatch.setattr(process.store, "write", counted)
    for gate in platform.gates.values():
        gate.set()
    await process.courier.idle()
    assert set(await process.states()) == {"sent"}
    assert commits <= 3


# -- told to wait, and failures


async def test_a_person_to_wait_for_holds_up_nobody_else_and_keeps_their_order(start, clock, platform) -> None:
    process = await start()
    platform.answers["busy"] = [Outcome("retry", "429", 600)]
    await process.tell("busy", "one", "two")
    await process.tell("other", "有人吗")
    await process.settle()
    await chat(process, clock, "busy").say("three")
    await process.courier.idle()
    assert platform.said == [("other", "有人吗")]
    assert platform.tried.count("one") == 1
    assert not {"two", "three"} & set(platform.tried)
    clock.move(seconds=601)
    await process.settle()
    assert platform.texts("busy") == ["one", "two", "three"]


async def test_the_wait_is_remembered_over_a_restart(start, clock, platform) -> None:
    first = await start()
    platform.answers["busy"] = [Outcome("retry", "429", 600)]
    await first.tell("busy", "one")
    await first.settle()
    second = await start()
    await second.settle()
    await chat(second, clock, "busy").say("two")
    await second.courier.idle()
    assert platform.said == []
    clock.move(seconds=601)
    await second.settle()
    assert platform.texts("busy") == ["one", "two"]


@ON_SQLITE
async def test_failures_are_tried_again_ever_more_slowly_and_given_up_in_the_end(start, clock, platform) -> None:
    process = await start()
    platform.answers["rider"] = [Outcome("retry", "502")] * 100
    await process.tell("rider", "news")
    for attempt in range(1, MOST_ATTEMPTS):
        await process.settle()
        [row] = await process.rows()
        assert (row["state"], row["attempts"], row["result"]) == ("waiting", attempt, "502")
        assert row["due_at"] - clock() == timedelta(seconds=backoff(attempt))
        clock.now = row["due_at"]
    await process.settle()
    assert await process.states() == ["failed"]
    assert len(platform.tried) == MOST_ATTEMPTS


@ON_SQLITE
async def test_what_keeps_failing_does_not_hold_up_an_answer(start, clock, platform) -> None:
    process = await start()
    platform.answers["news"] = [Outcome("retry", "502")] * 8
    await process.tell("rider", "news")
    for _attempt in range(8):
        await process.settle()
        [row] = await process.rows()
        clock.now = row["due_at"] - timedelta(seconds=1)
        await process.settle()
        clock.move(seconds=1)
    [row] = await process.rows()
    clock.now = row["due_at"] - timedelta(seconds=backoff(8) - 15)
    await chat(process, clock, "rider").say("有人吗")
    await process.courier.idle()
    assert platform.texts("rider") == ["有人吗"]


@ON_SQLITE
@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome("unknown", "timed out"), "unknown"),
        (Outcome("refused", "400"), "failed"),
        (Outcome("contact", "45015"), "contact"),
        (RuntimeError("a bug of the channel"), "unknown"),
    ],
)
async def test_what_is_not_to_be_repeated_is_not(start, clock, platform, outcome, state) -> None:
    process = await start()
    platform.answers["news"] = [outcome]
    await process.tell("rider", "news", "more news")
    await process.settle()
    clock.move(days=2)
    await process.settle()
    assert await process.states() == [state, "sent"]
    assert platform.tried == ["news", "more news"]


@ON_SQLITE
async def test_a_send_that_hangs_is_cut_off_as_unknown(start, clock, platform) -> None:
    process = await start()
    process.courier.delivery.patience = 0.05
    platform.gates["rider"] = asyncio.Event()
    await process.tell("rider", "news")
    await process.settle()
    [row] = await process.rows()
    assert (row["state"], row["result"]) == ("unknown", "timed out")


@ON_SQLITE
async def test_the_parts_that_went_out_are_not_said_again(start, clock, platform) -> None:
    process = await start()
    platform.answers["two"] = [Outcome("retry", "429", 60)]
    await process.tell("rider", "one\ntwo\nthree", "next")
    await process.settle()
    assert platform.texts("rider") == ["one"]
    clock.move(seconds=61)
    await process.settle()
    assert platform.texts("rider") == ["one", "two", "three", "next"]
    assert await process.states() == ["sent", "sent"]


async def test_who_blocked_us_keeps_their_own_matters_for_when_they_are_back(start, clock, platform) -> None:
    process = await start()
    platform.answers["rider"] = [Outcome("blocked", "403")]
    await process.tell("rider", "your case")
    await process.settle()
    await process.tell("rider", "your case again")
    await process.settle()
    assert platform.tried == ["your case"]  # the second was not even tried
    assert await process.states() == ["contact", "contact"]
    async with process.store.read() as unit:
        assert await unit.value(sa.select(identities.c.reachable)) in (False, 0)
    await chat(process, clock, "rider").say("有人吗")
    clock.move(seconds=1)
    await process.settle()
    assert platform.texts("rider") == ["有人吗", "your case", "your case again"]


@ON_SQLITE
async def test_a_row_for_a_channel_switched_off_waits(start, clock, platform) -> None:
    process = await start()
    await process.tell("rider", "news")
    await process.settle()
    async with process.store.write() as unit:
        await unit.execute(sa.update(table).values(channel="pigeon", state="waiting"))
    await process.settle()
    assert await process.states() == ["waiting"]


async def test_a_row_that_does_not_open_stops_nobody(start, clock, platform) -> None:
    process = await start()
    later = {"due_at": clock() + timedelta(minutes=1)}
    await process.tell("rider", "spoilt", **later)
    await process.tell("rider", "fine", **later)
    [spoilt, _fine] = await process.rows()
    async with process.store.write() as unit:
        await unit.execute(sa.update(table).where(table.c.id == spoilt["id"]).values(payload=b"\x00" * 60))
    clock.move(minutes=1)
    await process.settle()
    assert await process.states() == ["failed", "sent"]
    assert platform.texts("rider") == ["fine"]


# -- claims


async def test_two_processes_send_each_row_once(start, clock, platform) -> None:
    one, two = await start(), await start()
    for number in range(30):
        await one.tell(f"rider-{number}", "a", "b")
    await asyncio.gather(one.settle(), two.settle())
    await platform.until(lambda: len(platform.said) == 60)
    await asyncio.gather(one.courier.idle(), two.courier.idle())
    assert len(set(platform.said)) == len(platform.said) == 60


async def test_the_claims_of_a_process_that_died_are_taken_over(start, clock, platform) -> None:
    dead = await start()
    dead.dispatcher.leaving.hand_over = lambda rows: None
    await chat(dead, clock, "rider").say("有人吗")
    heir = await start()
    clock.move(seconds=59)
    await heir.settle()
    assert platform.said == []
    clock.move(seconds=1)
    await heir.settle()
    assert platform.said == [("rider", "有人吗")]


async def test_what_waited_past_its_claim_is_left_to_whoever_has_it_now(start, clock, platform) -> None:
    slow, quick = await start(), await start()
    platform.gates["rider"] = asyncio.Event()
    await chat(slow, clock, "rider").say("one\ntwo")
    await platform.until(lambda: platform.tried == ["one"])
    clock.move(seconds=61)
    gate = platform.gates.pop("rider")
    await quick.settle()
    assert platform.texts("rider") == ["one", "two"]  # "one" was in flight: it may come twice
    gate.set()
    await slow.courier.idle()
    assert platform.texts("rider") == ["one", "two", "one"]
    assert await slow.states() == ["sent", "sent"]


async def test_only_the_holder_of_a_claim_says_what_became_of_a_row(start, clock, platform) -> None:
    slow, quick = await start(), await start()
    first, second = asyncio.Event(), asyncio.Event()
    platform.gates["rider"] = first
    platform.answers["one"] = [Outcome("retry", "502")]
    await chat(slow, clock, "rider").say("one")
    await platform.until(lambda: platform.tried == ["one"])
    clock.move(seconds=61)
    platform.gates["rider"] = second
    quick.courier.wake()
    await platform.until(lambda: platform.tried == ["one", "one"])
    first.set()
    await slow.courier.idle()
    clock.move(seconds=5)
    await slow.courier.look()  # its late "try again" did not take the row from the quick one
    second.set()
    await asyncio.gather(slow.courier.idle(), quick.courier.idle())
    assert platform.tried == ["one", "one"]
    assert await slow.states() == ["sent"]
    clock.move(hours=1)
    await quick.settle()
    assert platform.said == [("rider", "one")]


async def test_what_was_sent_is_marked_though_the_store_was_down(start, clock, platform, monkeypatch) -> None:
    napped = asyncio.Event()

    async def nap(_seconds: float) -> None:
        napped.set()
        await asyncio.sleep(0)

    process = await start(nap=nap)
    platform.gates["rider"] = asyncio.Event()
    await process.tell("rider", "news")
    await platform.until(lambda: platform.tried == ["news"])
    real = process.store.write
    monkeypatch.setattr(process.store, "write", lambda: (_ for _ in ()).throw(OSError("disk full")))
    platform.gates["rider"].set()
    await asyncio.wait_for(napped.wait(), PATIENCE)
    monkeypatch.setattr(process.store, "write", real)
    await process.courier.idle()
    clock.move(days=1)
    await process.settle()
    assert platform.said == [("rider", "news")]
    assert await process.states() == ["sent"]


async def test_stopping_finishes_what_is_in_hand_and_frees_the_rest(start, clock, platform) -> None:
    process = await start()
    process.courier.farewell = 0.05
    platform.gates["stuck"] = asyncio.Event()
    await process.tell("stuck", "one", "two")
    await platform.until(lambda: platform.tried == ["one"])
    await chat(process, clock, "asker").say("有人吗")
    await process.dispatcher.stop()
    await process.courier.stop()
    assert platform.said == [("asker", "有人吗")]
    assert await process.states() == ["unknown", "waiting", "sent"]
    platform.gates["stuck"].set()
    heir = await start()
    await heir.settle()  # at once: no claim to wait for
    assert platform.texts("stuck") == ["two"]
