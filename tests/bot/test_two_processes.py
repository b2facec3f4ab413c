"""Two processes on one database: each hears of the other's work at once, and takes over when the other dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot import courier, heirs
from bot.app import Service
from bot.messages import Incoming, Reply
from bot.notices import notify
from bot.settings import Settings
from bot.store import outbox, people
from bot.store.tables import leases
from bot.store.tables import outbox as table
from tests.courier_support import REGISTRY, Platform
from tests.fakes.bell import PATIENCE
from tests.support import TestClock
from tests.wechat_talk import few_dialogues

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
Begin = Callable[..., Awaitable[Service]]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
async def begin(
    make_settings: Callable[..., Settings], clock: TestClock, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Begin]:
    """Start a process; nobody looks by itself within a test."""
    monkeypatch.setattr(courier, "LONGEST_NAP", 3600.0)
    monkeypatch.setattr(heirs, "LOOK_EVERY", 3600.0)
    async with AsyncExitStack() as stack:

        async def one(**more: bool) -> Service:
            with few_dialogues(REGISTRY):
                service = Service(make_settings(), clock, only={"terminal"})
            service.channels["post"] = platform
            await stack.enter_async_context(service.running(**more))
            return service

        yield one


async def person(service: Service) -> int:
    async with service.store.write() as unit:
        met = await people.recognise(unit, [Incoming("k", "post", "rider", unit.now)], "Asia/Shanghai")
        return met["post", "rider"].person.id


async def tell(service: Service, text: str) -> None:
    who = await person(service)
    async with service.store.write() as unit:
        assert await notify(unit, who, Reply(text))


@ON_POSTGRES
async def test_what_one_promises_the_other_sends_at_once(begin: Begin, platform: Platform) -> None:
    sender = await begin()
    await sender.courier.look()
    writer = await begin(courier=False)
    for text in ("one", "two"):
        await tell(writer, text)
        await platform.until(lambda text=text: text in platform.texts("rider"))


@ON_POSTGRES
async def test_a_bell_that_was_lost_is_heard_again(begin: Begin, platform: Platform) -> None:
    sender, writer = await begin(), await begin(courier=False)
    session, rung = sender.store.session, asyncio.Event()
    await writer.store.session.value("SELECT pg_terminate_backend($1)", session.own_pid)
    async with asyncio.timeout(PATIENCE):
        while session.alive:
            await asyncio.sleep(0.01)
    await session.stop()
    await session.start()  # what the keeper does a second later
    sender.store.bell.on("test", lambda words: words == ["word"] and rung.set())
    writer.store.bell.ring("test", "word")
    await asyncio.wait_for(rung.wait(), PATIENCE)


@ON_POSTGRES
async def test_a_ring_is_for_the_others_and_too_many_at_once_are_left_to_their_looks(begin: Begin) -> None:
    one, two = await begin(courier=False), await begin(courier=False)
    heard: list[tuple[str, list[str]]] = []
    for name, service in (("one", one), ("two", two)):
        service.store.bell.on("test", lambda words, name=name: heard.append((name, list(words))))
    for number in range(200):
        one.store.bell.ring("test", str(number))
    await one.store.bell.stop()
    one.store.bell.ring("test", "a")
    one.store.bell.ring("test", "b")
    await one.store.bell.stop()
    async with asyncio.timeout(PATIENCE):
        while not heard:
            await asyncio.sleep(0.01)
    assert heard == [("two", ["a", "b"])]


# -- who died


async def claim_and_die(service: Service) -> None:
    """It has a row in hand, and ends without a word."""
    await service.courier.stop()
    await tell(service, "in hand")
    async with service.store.write() as unit:
        [row] = await outbox.due(unit, ["post"], 10)
        assert await outbox.claim(unit, service.name, [row])
    service.heirs._task.cancel()
    service.heirs._task = None
    await service.leadership.locks.stop()


async def test_what_a_process_that_died_had_in_hand_is_taken_over_at_once(
    begin: Begin, platform: Platform, clock: TestClock
) -> None:
    dead = await begin()
    await claim_and_die(dead)
    heir = await begin()
    if not heir.store.sqlite:  # a connection may break for a moment: it takes a second look
        assert platform.said == []
        await heir.heirs.look()
    await platform.until(lambda: platform.texts("rider") == ["in hand"])
    async with heir.store.read() as unit:
        held = set(
            (await unit.execute(sa.select(leases.c.holder).where(leases.c.name.startswith("process:")))).scalars()
        )
    assert held == {heir.name}


async def test_the_claims_of_who_is_there_are_left_alone(begin: Begin, platform: Platform, clock: TestClock) -> None:
    busy = await begin()
    platform.gates["rider"] = asyncio.Event()
    await tell(busy, "in hand")
    await platform.until(lambda: platform.tried == ["in hand"])
    other = await begin()
    assert await other.heirs.look() == set()
    assert await other.heirs.look() == set()
    async with other.store.read() as unit:
        [row] = await unit.rows(sa.select(table.c.claimed_by))
        assert row["claimed_by"] == busy.name
    platform.gates["rider"].set()
    await busy.courier.idle()
    assert platform.tried == ["in hand"]


async def test_who_ends_in_order_leaves_no_name(begin: Begin, make_settings, clock: TestClock) -> None:
    stays = await begin()
    with few_dialogues(REGISTRY):
        service = Service(make_settings(), clock, only={"terminal"})
    async with service.running():
        pass
    async with stays.store.read() as unit:
        rows = await unit.rows(sa.select(leases).where(leases.c.name.startswith("process:")))
    assert [row["holder"] for row in rows] == [stays.name]
    assert rows[0]["until"] > clock() + timedelta(days=365), "no clock ends it"
