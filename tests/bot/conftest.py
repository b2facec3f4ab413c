"""Fixtures of the courier's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from bot.courier import Courier
from bot.dispatcher import Dispatcher
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store import media as pictures
from bot.store.store import Store
from tests.courier_support import REGISTRY, Platform, Process
from tests.support import TestClock


@pytest.fixture
def platform() -> Platform:
    """The channel of the test."""
    return Platform()


@pytest.fixture
async def start(
    make_settings: Callable[..., Settings], clock: TestClock, platform: Platform
) -> AsyncIterator[Callable[..., Awaitable[Process]]]:
    """Start a process on the database of the test; several are several processes to it."""
    running: list[Process] = []

    async def begin(**more: object) -> Process:
        settings = make_settings()
        store = await Store(settings, clock).open()
        channels = {"post": platform}
        dispatcher = Dispatcher(store, REGISTRY, channels, name=f"process-{len(running)}")
        blobs = pictures.Blobs(settings.data_dir)
        courier = Courier(store, channels, dispatcher, blobs, Metrics(), **more)  # type: ignore[arg-type]
        dispatcher.start()
        courier.start()
        running.append(Process(store, dispatcher, courier, blobs))
        return running[-1]

    yield begin
    for gate in platform.gates.values():  # nobody is left hanging
        gate.set()
    for process in running:
        await process.dispatcher.stop()
        await process.courier.stop()
        await process.store.close()
