"""A Bot API and a service before it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from bot.settings import Settings
from tests.fakes.telegram import FakeTelegram
from tests.support import TestClock
from tests.telegram_talk import Post


@pytest.fixture
async def tg(clock: TestClock) -> AsyncIterator[FakeTelegram]:
    """The platform, on the test's clock."""
    async with FakeTelegram(clock=lambda: clock().timestamp()) as platform:
        yield platform


@pytest.fixture
def post(tg: FakeTelegram, make_settings: Callable[..., Settings], clock: TestClock) -> Post:
    """Starts services before that platform."""
    return Post(tg, make_settings, clock)
