"""The project's own rules, opened once; people who talk about insurance, every answer of theirs looked at."""

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.channels.terminal import Terminal
from bot.dialogue import Registry
from bot.dispatcher import Dispatcher
from bot.messages import Reply
from bot.roof import make_registry
from bot.settings import Settings
from bot.store.media import Blobs
from bot.store.store import Store
from handlers.insurance.service import Insurance, open_insurance
from tests.support import Chat, TestClock

CONTENT = Path(__file__).parents[3] / "content"
MONEY = re.compile(r"\d\s*(?:元|yuan)")
WIDEST = 660  # half a phone screen with its sources: a Chinese character counts two, a Latin letter one
MOST_LINES = 13


@pytest.fixture(scope="session")
def insurance() -> Insurance:
    return open_insurance(CONTENT)


class CarefulChat(Chat):
    """A person whose every answer is held to the house's rules: money with its source, half a screen a message."""

    async def deliver(self, **parts: object) -> tuple[Reply, ...]:
        replies = await super().deliver(**parts)
        for reply in replies:
            check(reply.text)
        return replies


def check(text: str) -> None:
    """Amounts are followed by where they come from; a message fits half a screen."""
    if MONEY.search(text):
        last = [place.start() for place in MONEY.finditer(text)][-1]
        sourced = re.search(r"依据：|Basis: |\(.+\)", text[last:])
        assert sourced, f"money without a source: {text}"
    assert sum(1 + (not letter.isascii()) for letter in text) <= WIDEST, text
    assert len(text.splitlines()) <= MOST_LINES, text


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """What is said does not depend on the database; both are tested with the dispatcher."""
    return sqlite_url


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """All capabilities' dialogues, made once: they keep nothing between messages."""
    return make_registry(Settings(_env_file=None), Blobs(tmp_path_factory.mktemp("blobs")))


@pytest.fixture
async def dispatcher(
    registry: Registry, make_settings: Callable[..., Settings], clock: TestClock
) -> AsyncIterator[Dispatcher]:
    """A dispatcher on a fresh store."""
    store = await Store(make_settings(), clock).open()
    running = Dispatcher(store, registry, {"terminal": Terminal()})
    running.start()
    yield running
    await running.stop()
    await store.close()


@pytest.fixture
def chat(dispatcher: Dispatcher, clock: TestClock) -> CarefulChat:
    """A driver at the terminal."""
    return CarefulChat(dispatcher, clock)
