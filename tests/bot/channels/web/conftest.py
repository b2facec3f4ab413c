"""Fixtures of the web channel's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from bot.app import Service
from bot.settings import Settings
from tests.fakes.server import LocalServer
from tests.support import TestClock
from tests.web_talk import Browser, in_process, small_bot


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small bot in place of the capabilities and their pages; looks at other processes only when a test asks."""
    monkeypatch.setattr("bot.app.make_registry", small_bot)
    monkeypatch.setattr("bot.app.pages", lambda _service: [])
    monkeypatch.setattr("bot.channels.web.streams.LOOK_EVERY", 3600.0)


@pytest.fixture
async def bot(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """The whole service around the small bot, its courier at rest."""
    async with Service(make_settings(), clock).running(courier=False) as running:
        yield running


@pytest.fixture
async def rider(bot: Service) -> AsyncIterator[Browser]:
    """A person who has not been here before."""
    browser = in_process(bot)
    yield browser
    await browser.client.aclose()


@pytest.fixture
async def somebody(bot: Service) -> AsyncIterator[Callable[..., Browser]]:
    """More of them, with headers of their own."""
    made: list[Browser] = []

    def make(**headers: str) -> Browser:
        made.append(in_process(bot, **headers))
        return made[-1]

    yield make
    for browser in made:
        await browser.client.aclose()


@pytest.fixture
async def server(bot: Service) -> AsyncIterator[str]:
    """The URL of the app behind a real socket."""
    async with LocalServer(bot.web()) as running:
        yield running.url
