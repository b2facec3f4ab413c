"""What the courier's tests are written with: a platform that does as it is told, and processes on one database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from bot.channels.base import SENT, Fetched, Held, Outcome, Payload, Plan, Quiet
from bot.courier import Courier
from bot.dialogue import Registry, Talk, dialogue
from bot.dispatcher import Dispatcher
from bot.messages import Incoming, Media, Reply
from bot.notices import notify
from bot.store import media as pictures
from bot.store import people
from bot.store.store import Store
from bot.store.tables import media
from bot.store.tables import outbox as table
from bot.store.unit import Unit
from tests.fakes.bell import Bell
from tests.support import Chat, TestClock

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where storage plays no part


class Platform(Quiet):
    """A channel that keeps what it sent, and does with a send what the test says; shared by all processes of a test."""

    name = "post"

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.tried: list[str] = []
        self.answers: dict[str, list[Outcome | Exception]] = defaultdict(list)  # by text, else by address
        self.gates: dict[str, asyncio.Event] = {}  # address -> what its sends wait for
        self.files: dict[str, Fetched] = {}
        self.bell = Bell()

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        return Plan(queued=tuple(reply.as_json() for reply in replies))

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """A message a line."""
        return [Reply(line).as_json() for line in reply.text.split("\n")]

    def afterwards(self, inline: Sequence[Reply]) -> Sequence[Payload]:
        return [payload for reply in inline for payload in self.notice(reply)]

    async def send(self, address: str, payload: Payload) -> Outcome:
        text = payload["text"]
        self.tried.append(text)
        self.bell.ring()
        if address in self.gates:
            await self.gates[address].wait()
        for key in (text, address):
            if self.answers[key]:
                outcome = self.answers[key].pop(0)
                if isinstance(outcome, Exception):
                    raise outcome
                if outcome.result != "sent":
                    return outcome
        self.said.append((address, text))
        self.bell.ring()
        return SENT

    async def fetch(self, ref: str) -> Fetched:
        return self.files.get(ref, Fetched(reason="gone"))

    async def until(self, condition: Callable[[], bool]) -> None:
        assert await self.bell.until(condition), (self.tried, self.said)

    def texts(self, address: str) -> list[str]:
        return [text for who, text in self.said if who == address]


@dialogue("menu", title="Menu", words=["menu"])
async def menu(talk: Talk) -> None:
    await talk.say("menu")


async def echo(talk: Talk, text: str, aside: bool) -> bool:
    for line in text.split("\n"):
        await talk.say(line)
    return True


REGISTRY = Registry([menu], home="menu", aside=echo)


@dataclass
class Process:
    """One process: its store, dispatcher and courier."""

    store: Store
    dispatcher: Dispatcher
    courier: Courier
    blobs: pictures.Blobs

    async def settle(self) -> None:
        """Whatever is due has been claimed and sent."""
        while await self.courier.look() == 0:
            await self.courier.idle()
        await self.courier.idle()

    async def tell(self, address: str, *texts: str, **more: object) -> None:
        """Promise notices to somebody."""
        async with self.store.write() as unit:
            who = await person_of(unit, address)
            for text in texts:
                assert await notify(unit, who, Reply(text), **more)  # type: ignore[arg-type]

    async def rows(self) -> list[sa.RowMapping]:
        """The outbox, oldest first."""
        async with self.store.read() as unit:
            return list(await unit.rows(sa.select(table).order_by(table.c.id)))

    async def states(self) -> list[str]:
        """Their states."""
        return [row["state"] for row in await self.rows()]


async def person_of(unit: Unit, address: str) -> int:
    """Whose address this is; met now when new."""
    met = await people.recognise(unit, [Incoming("k", "post", address, unit.now)], "Asia/Shanghai")
    return met["post", address].person.id


def chat(process: Process, clock: TestClock, address: str) -> Chat:
    """Somebody who writes."""
    return Chat(process.dispatcher, clock, address, channel="post")


async def want(process: Process, address: str, ref: str) -> int:
    """Somebody's picture is wanted; its id."""
    async with process.store.write() as unit:
        met = await people.recognise(unit, [Incoming("k", "post", address, unit.now)], "Asia/Shanghai")
        return pictures.want(unit, met["post", address].person, Media("photo", ref, mime="image/png"))


async def status(process: Process, media_id: int) -> str:
    """What became of a picture."""
    async with process.store.read() as unit:
        return str(await unit.value(sa.select(media.c.status).where(media.c.id == media_id)))
