"""What tests are written with: a clock to set, and a person to speak as."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.messages import Event, Incoming, Location, Media, Option, Reply

if TYPE_CHECKING:
    from bot.dispatcher import Dispatcher

START = datetime(2026, 11, 16, 6, 30, tzinfo=UTC)  # Monday, 14:30 in China

# For tests of words, pages and who may open them, which look alike on both databases: what they read and write there
# is shown on both by the tests of the capability itself.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class TestClock:
    """A clock that stands still until it is moved."""

    __test__ = False

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **length: float) -> None:
        """Let time pass: days=1, seconds=5 ..."""
        self.now += timedelta(**length)


class Chat:
    """One person in one channel: `say`, `tap`, `send`; `replies` is the last answer."""

    def __init__(
        self, dispatcher: Dispatcher, clock: TestClock, address: str = "rider-1", channel: str = "terminal"
    ) -> None:
        self.dispatcher = dispatcher
        self.clock = clock
        self.address = address
        self.channel = channel
        self.replies: tuple[Reply, ...] = ()

    async def deliver(self, **parts: object) -> tuple[Reply, ...]:
        """Deliver one message made of these parts of an `Incoming`."""
        parts.setdefault("key", f"{self.channel}:{uuid.uuid4()}")
        one = Incoming(channel=self.channel, address=self.address, at=self.clock(), **parts)  # type: ignore[arg-type]
        self.replies = await self.dispatcher.handle(one)
        return self.replies

    async def say(self, *texts: str) -> str:
        """Say things one after the other; the text of the last answer."""
        for text in texts:
            await self.deliver(text=text)
        return self.text

    async def tap(self, label: str) -> str:
        """Tap the option of the last answer with this label (or the first that contains it)."""
        await self.deliver(choice=self.option(label).value)
        return self.text

    async def photo(self, *refs: str) -> str:
        """Send pictures in one message."""
        await self.deliver(media=tuple(Media("photo", ref) for ref in refs))
        return self.text

    async def locate(self, latitude: float, longitude: float, label: str = "") -> str:
        """Send a location."""
        await self.deliver(location=Location(latitude, longitude, label))
        return self.text

    async def happen(self, event: Event, payload: str = "") -> str:
        """Let something happen: start, left, ..."""
        await self.deliver(event=event, payload=payload)
        return self.text

    @property
    def text(self) -> str:
        """All texts of the last answer."""
        return "\n".join(reply.text for reply in self.replies)

    @property
    def options(self) -> Sequence[Option]:
        """All options of the last answer."""
        return [option for reply in self.replies for option in reply.options]

    @property
    def labels(self) -> list[str]:
        """Their labels."""
        return [option.label for option in self.options]

    def option(self, label: str) -> Option:
        """The option with this label, else the first that contains it."""
        exact = [option for option in self.options if option.label == label]
        near = [option for option in self.options if label in option.label]
        if not exact and not near:
            raise AssertionError(f"no option {label!r} among {self.labels}, after: {self.text}")
        return (exact or near)[0]
