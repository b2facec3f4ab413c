"""Leadership: one process at a time, another as soon as it is gone; and who is still there."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from bot.leadership import Leadership, make_leadership
from bot.settings import Settings
from bot.store.store import Store
from tests.fakes.bell import PATIENCE

ON_POSTGRES = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)

OTHER = """
import asyncio, sys
from bot.leadership import make_leadership
from bot.settings import Settings
from bot.store.store import Store

async def main():
    store = Store(Settings(_env_file=None, data_dir=sys.argv[1], database_url=sys.argv[2]))
    leadership = make_leadership(store, "other")
    await leadership.start()
    assert await leadership.leads("work")
    print("leading", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.fixture
async def begin(make_settings: Callable[..., Settings]) -> AsyncIterator[Callable[[str], Leadership]]:
    stores: list[Store] = []
    begun: list[Leadership] = []

    async def one(name: str) -> Leadership:
        stores.append(Store(make_settings()))
        begun.append(make_leadership(stores[-1], name))
        await begun[-1].start()
        return begun[-1]

    yield one
    for leadership in begun:
        await leadership.stop()
    for store in stores:
        await store.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await condition():
            await asyncio.sleep(0.05)


async def refused(one: Leadership) -> bool:
    return not await one.leads("work")


async def test_one_leads_till_it_lets_go(begin) -> None:
    one, two = await begin("one"), await begin("two")
    assert await one.leads("work")
    assert await one.leads("work")
    assert not await two.leads("work")
    assert await two.leads("other work")
    assert (one.leading, two.leading) == ({"work"}, {"other work"})
    await one.give_up("work")
    assert await two.leads("work")
    assert not await one.leads("work")
    await one.give_up("work")  # not its own: nothing happens
    assert await two.leads("work")
    assert not await one.leads("work")


async def test_who_stopped_leads_no_more_and_is_gone(begin) -> None:
    one, two = await begin("one"), await begin("two")
    assert await one.leads("work")
    assert await two.gone({"one", "two", "three"}) == {"three"}
    await one.stop()
    assert await two.leads("work")
    assert await two.gone({"one", "two"}) == {"one"}


async def test_a_process_that_is_killed_gives_all_back_at_once(begin, make_settings) -> None:
    settings = make_settings()
    heir = await begin("heir")
    other = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(settings.data_dir), settings.database], stdout=subprocess.PIPE
    )
    try:
        assert await asyncio.to_thread(other.stdout.readline) == b"leading\n"
        assert not await heir.leads("work")
        assert await heir.gone({"other"}) == set()
        os.kill(other.pid, signal.SIGKILL)
        await asyncio.to_thread(other.wait)
        await until(lambda: heir.leads("work"))
        assert await heir.gone({"other"}) == {"other"}
    finally:
        other.kill()
        other.stdout.close()


@ON_POSTGRES
async def test_a_lost_connection_is_no_leader_and_comes_back(begin) -> None:
    one, two = await begin("one"), await begin("two")
    assert await one.leads("work")
    session = one.locks.session
    await two.locks.session.value("SELECT pg_terminate_backend($1)", session.own_pid)
    await until(lambda: two.leads("work"))
    await until(lambda: refused(one))
    await session.stop()
    await session.start()
    assert session.alive
    assert await two.gone({"one"}) == set(), "it is there again"
    assert not await one.leads("work")
    await two.give_up("work")
    assert await one.leads("work")


@ON_POSTGRES
async def test_who_can_not_ask_leads_nothing_and_calls_nobody_gone(begin) -> None:
    one = await begin("one")
    await one.locks.session.stop()
    assert not await one.leads("work")
    assert await one.gone({"two"}) == set()
