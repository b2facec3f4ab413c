"""Processes that send batches through a platform that does as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.bulk import Bulk
from bot.courier import Courier
from bot.dispatcher import Dispatcher
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store import media
from bot.store.store import Store
from tests.bulk_support import Sending
from tests.courier_support import REGISTRY, Platform
from tests.support import TestClock


@pytest.fixture
def platform() -> Platform:
    """The channel of the test."""
    return Platform()


@pytest.fixture
async def start(
    make_settings: Callable[..., Settings], clock: TestClock, platform: Platform
) -> AsyncIterator[Callable[..., Awaitable[Sending]]]:
    """Start a process on the database of the test. It looks for batches when the test says so."""
    running: list[Sending] = []

    async def everything(_what: str) -> bool:
        return True

    async def begin(quiet: object = None) -> Sending:
        settings = make_settings()
        store = await Store(settings, clock).open()
        channels = {"post": platform}
        dispatcher = Dispatcher(store, REGISTRY, channels, name=f"process-{len(running)}")
        metrics = Metrics()
        courier = Courier(store, channels, dispatcher, media.Blobs(settings.data_dir), metrics)
        hands = (store, channels, dispatcher, courier.paces, metrics, courier.delivery)
        bulk = Bulk(*hands, everything, courier.told, quiet)  # type: ignore[arg-type]
        dispatcher.start()
        courier.start()
        running.append(Sending(store, dispatcher, courier, bulk))
        return running[-1]

    yield begin
    for gate in platform.gates.values():  # nobody is left hanging
        gate.set()
    for process in running:
        await process.bulk.stop()
        await process.dispatcher.stop()
        await process.courier.stop()
        await process.store.close()
