"""Batches are sent: to everybody once, to nobody who must not get it, and as the staff who sent it say."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.channels.base import Outcome
from bot.crew import SENDERS
from bot.store import batches, results
from bot.store.outbox import CLAIM, TOLD
from bot.store.tables import identities, outbox
from bot.verdict import backoff
from tests.bulk_support import WORDS, begin_batch, meet, unsubscribe
from tests.courier_support import ON_SQLITE

MANY = [f"rider-{number}" for number in range(1200)]  # more than two chunks


async def test_everybody_hears_it_once_and_the_batch_is_done(start, platform) -> None:
    process = await start()
    batch = await process.batch(*MANY)
    await process.settle()
    assert Counter(platform.said) == Counter((who, WORDS["zh_CN"].text) for who in MANY)
    assert await process.states(batch) == {"sent": len(MANY)}
    assert await process.state(batch) == "done"
    assert {(row["attempts"], row["claimed_by"]) for row in await process.rows(batch)} == {(1, None)}


async def test_each_in_their_language(start, platform) -> None:
    process = await start()
    await process.batch("rider", language="en")
    await process.batch("driver", language="fr")  # not there: in Chinese
    await process.settle()
    assert platform.texts("rider") == ["Free this afternoon?"]
    assert platform.texts("driver") == ["今天下午有空吗"]


async def test_who_must_not_get_it_is_passed_over(start, platform) -> None:
    process = await start()
    async with process.store.write() as unit:
        page = [meet(unit, "rider"), meet(unit, "blocked", reachable=False), meet(unit, "enough")]
        unsubscribe(unit, page[2], "activities")
        batch = await begin_batch(unit, page, "activities")
        other = await begin_batch(unit, page, "pay")
    await process.settle()
    assert platform.texts("enough") == ["今天下午有空吗"]  # of the topic they did not leave
    assert [(row["state"], row["result"]) for row in await process.rows(batch)] == [
        ("sent", ""),
        ("failed", results.UNREACHABLE),
        ("skipped", results.UNSUBSCRIBED),
    ]
    assert await process.states(other) == {"sent": 2, "failed": 1}
    assert await process.state(batch) == "done"


class Night:
    """Riders sleep till a moment."""

    def __init__(self, until: datetime) -> None:
        self.until = until

    def ends(self, at: datetime, occupation: str = "", region: str = "", timezone: str = "") -> datetime | None:
        return self.until if occupation == "rider" and at < self.until else None


async def test_nobody_is_woken_and_it_comes_in_the_morning(start, platform, clock) -> None:
    until = clock() + timedelta(hours=3)
    process = await start(Night(until))
    async with process.store.write() as unit:
        asleep = [meet(unit, who, occupation="rider") for who in MANY]
        batch = await begin_batch(unit, [*asleep, meet(unit, "driver-1", occupation="driver")])
    await process.settle()
    assert platform.said == [("driver-1", "今天下午有空吗")]
    assert await process.states(batch) == {"sent": 1, "later": len(MANY)}
    async with process.store.read() as unit:
        [wait] = await batches.waits(unit, batch)
    assert (wait["result"], wait["due_at"], wait["many"]) == (results.QUIET, until, len(MANY))
    assert await process.state(batch) == "running"
    clock.move(hours=3)
    await process.settle()
    assert await process.states(batch) == {"sent": len(MANY) + 1}
    assert await process.state(batch) == "done"


async def test_what_wakes_nobody_has_no_quiet_hours(start, platform, clock) -> None:
    platform.pushes = False
    process = await start(Night(clock() + timedelta(hours=3)))
    await process.batch("rider", occupation="rider")
    await process.settle()
    assert len(platform.said) == 1


async def test_paused_nothing_more_is_begun_and_it_goes_on_where_it_was(start, platform) -> None:
    process = await start()
    platform.gates |= {who: asyncio.Event() for who in MANY}
    batch = await process.batch(*MANY)
    await process.bulk.look()
    await platform.until(lambda: len(platform.tried) == SENDERS)
    async with process.store.write() as unit:
        assert await batches.pause(unit, batch)
    await process.bulk.look()
    for gate in platform.gates.values():
        gate.set()
    await process.settle()
    assert len(platform.said) == SENDERS
    assert await process.states(batch) == {"sent": SENDERS, "queued": len(MANY) - SENDERS}
    assert all(row["claimed_by"] is None for row in await process.rows(batch))
    async with process.store.write() as unit:
        assert await batches.resume(unit, batch)
    await process.settle()
    assert Counter(who for who, _text in platform.said) == Counter(MANY)
    assert await process.state(batch) == "done"


async def test_stopped_the_rest_is_passed_over(start, platform) -> None:
    process = await start()
    platform.gates |= {who: asyncio.Event() for who in MANY}
    batch = await process.batch(*MANY)
    await process.bulk.look()
    await platform.until(lambda: len(platform.tried) == SENDERS)
    async with process.store.write() as unit:
        assert await batches.stop(unit, batch)
        assert not await batches.stop(unit, batch)
    await process.bulk.look()
    assert await process.states(batch) == {"queued": SENDERS, "skipped": len(MANY) - SENDERS}
    for gate in platform.gates.values():
        gate.set()
    await process.settle()
    assert await process.states(batch) == {"sent": SENDERS, "skipped": len(MANY) - SENDERS}
    assert await process.state(batch) == "stopped"
    async with process.store.read() as unit:
        assert await batches.open_ones(unit) == []


async def test_what_a_platform_answers_is_written_down(start, platform, clock) -> None:
    process = await start()
    platform.answers |= {
        "blocked": [Outcome("blocked", "403")],
        "wrong": [Outcome("refused", "400")],
        "silent": [Outcome("unknown", "timed out")],
        "broken": [RuntimeError("no")],
        "busy": [Outcome("retry", "502")],
        "away": [Outcome("contact", "45015")],
    }
    batch = await process.batch("blocked", "wrong", "silent", "broken", "busy", "away")
    await process.settle()
    found = await process.rows(batch)
    assert [row["state"] for row in found] == ["failed", "failed", "unknown", "unknown", "later", "contact"]
    assert [row["attempts"] for row in found] == [1] * 6
    assert found[4]["due_at"] - clock() == timedelta(seconds=backoff(1))
    payload = process.store.vault.open_json(found[5]["payload"], f"outbox:{found[5]['id']}".encode())
    assert payload["reply"] == WORDS["zh_CN"].as_json()  # what waits for them to write has its own words
    async with process.store.read() as unit:
        there = (await unit.execute(sa.select(identities.c.reachable).order_by(identities.c.id))).scalars().all()
    assert there == [False, True, True, True, True, True]
    clock.move(seconds=backoff(1))
    await process.settle()
    assert platform.texts("busy") == ["今天下午有空吗"]
    assert await process.state(batch) == "done"


async def test_told_to_wait_for_hours_it_waits_over_a_restart(start, platform, clock) -> None:
    process = await start()
    platform.answers["rider"] = [Outcome("retry", "429", 3 * 3600.0)]
    batch = await process.batch("rider", "driver")
    await process.settle()
    rider, driver = await process.rows(batch)
    assert (rider["state"], rider["due_at"], driver["state"]) == ("later", clock() + timedelta(hours=3), "sent")
    assert rider["result"] == f"{TOLD}429"
    again = await start()
    async with again.store.write() as unit:
        who = batches.Recipient(rider["person_id"], rider["identity_id"], "post")
        other = await begin_batch(unit, [who])
    clock.move(hours=2)
    await again.settle()
    assert platform.tried == ["今天下午有空吗"] * 2
    assert [row["due_at"] for row in await again.rows(other)] == [rider["due_at"]]  # nothing else goes there either
    clock.move(hours=1)
    await again.settle()
    assert platform.texts("rider") == ["今天下午有空吗"] * 2
    assert await again.states(batch) == {"sent": 2}
    assert {row["attempts"] for row in await again.rows(batch)} == {1}  # to wait as told is no failed try


async def test_when_many_are_told_to_wait_the_channel_is_closed_for_all_processes(start, platform, clock) -> None:
    platform.per_second = 30.0
    process = await start()
    process.bulk.paces.clock = lambda: clock().timestamp()
    platform.answers |= {who: [Outcome("retry", "429", 600.0)] for who in MANY[:3]}
    batch = await process.batch(*MANY[:3])
    await process.settle()
    assert await process.states(batch) == {"later": 3}
    late = await process.batch("late")
    other = await start()
    other.bulk.paces.clock = process.bulk.paces.clock
    await other.settle()
    await process.settle()
    assert await process.states(late) == {"queued": 1}
    async with process.store.read() as unit:
        assert await batches.closed_channels(unit) == {"post": clock() + timedelta(seconds=600)}
    clock.move(seconds=601)
    await process.settle()
    assert await process.states(late) == {"sent": 1}


async def test_two_processes_share_it_and_nothing_is_said_twice(start, platform) -> None:
    one, other = await start(), await start()
    batch = await one.batch(*MANY)
    await asyncio.gather(one.settle(), other.settle())
    await one.settle()
    assert Counter(who for who, _text in platform.said) == Counter(MANY)
    assert await one.state(batch) == "done"


async def test_what_a_dead_process_had_claimed_is_taken_over(start, platform, clock) -> None:
    process = await start()
    batch = await process.batch("rider", "driver")
    async with process.store.write() as unit:
        claimed = sa.update(outbox).where(outbox.c.batch_id == batch)
        await unit.execute(claimed.values(claimed_by="gone", claimed_until=clock() + CLAIM))
    await process.settle()
    assert platform.said == []
    clock.move(seconds=61)
    await process.settle()
    assert len(platform.said) == 2


async def test_told_to_stop_it_gives_back_what_was_not_begun(start, platform) -> None:
    process = await start()
    platform.gates |= {who: asyncio.Event() for who in MANY}
    batch = await process.batch(*MANY)
    process.bulk.start()
    await platform.until(lambda: len(platform.tried) == SENDERS)
    for crew in process.bulk._crews.values():
        crew.farewell = 0.01
    await process.bulk.stop()
    rows = await process.rows(batch)
    assert Counter((row["state"], row["result"], row["claimed_by"]) for row in rows) == {
        ("unknown", results.CUT_OFF, None): SENDERS,  # it may have arrived: nobody blindly repeats it
        ("queued", "", None): len(MANY) - SENDERS,
    }


@ON_SQLITE
async def test_a_small_batch_does_not_wait_for_a_large_one(start, platform) -> None:
    process = await start()
    large = await process.batch(*MANY)
    small = await process.batch("driver")
    await process.settle()
    assert platform.said.index(("driver", "今天下午有空吗")) < len(MANY) - 1
    assert [await process.state(one) for one in (large, small)] == ["done", "done"]


@ON_SQLITE
async def test_somebody_erased_meanwhile_gets_nothing(start, platform) -> None:
    process = await start()
    batch = await process.batch("rider")
    async with process.store.write() as unit:
        await unit.execute(sa.delete(identities))
    await process.settle()
    assert [(row["state"], row["result"]) for row in await process.rows(batch)] == [("failed", results.NO_ADDRESS)]
