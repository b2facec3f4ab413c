"""A task that is cancelled in the middle of a write holds up nobody: not even while its error is still looked at."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.settings import Settings
from bot.store import leases
from bot.store.engine import BUSY_SECONDS
from bot.store.store import Store


@pytest.fixture
async def store(make_settings: Callable[..., Settings]) -> AsyncIterator[Store]:
    opened = await Store(make_settings()).open()
    yield opened
    await opened.close()


async def take(store: Store, name: str) -> bool:
    async with store.write() as unit:
        return await leases.take(unit, name, "holder", timedelta(seconds=1))


async def cancelled(store: Store, steps: int) -> BaseException | None:
    """A write cancelled after so many steps of the loop; its error, with all its frames."""
    task = asyncio.create_task(take(store, "cut short"))
    for _step in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        return error
    return None


async def test_a_write_cut_short_anywhere_leaves_no_lock(store: Store) -> None:
    errors = []
    for steps in range(1, 60):
        errors.append(await cancelled(store, steps))
        async with asyncio.timeout(BUSY_SECONDS * 0.9):  # so long a lock left behind would be waited for
            await take(store, f"next {steps}")
    assert any(errors)
