"""Told to stop at the very moment something came to be sent, the courier looked on for ever: the wait that both ended
swallowed the one of the two that mattered."""

from __future__ import annotations

import asyncio

from tests.bot.conftest import platform, start  # noqa: F401  (fixtures)
from tests.courier_support import ON_SQLITE
from tests.fakes.bell import PATIENCE


@ON_SQLITE
async def test_a_courier_that_is_woken_and_stopped_at_once_stops(database_url, start) -> None:  # noqa: F811
    for steps in range(12):
        process = await start()
        await process.settle()
        for _step in range(20):
            await asyncio.sleep(0)
        stopping = asyncio.create_task(process.courier.stop())
        for _step in range(steps):
            await asyncio.sleep(0)
        process.courier.wake()
        async with asyncio.timeout(PATIENCE):
            await stopping
