"""What the Telegram tests share: the real service before the fake Bot API, over loopback sockets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any
from unittest import mock

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.channels.telegram import Telegram
from bot.channels.telegram.limits import SECRET_HEADER
from bot.dialogue import Choice, Registry, Talk, dialogue
from bot.messages import Option
from bot.settings import Settings
from bot.site import load_site
from bot.store.tables import identities, media, outbox, receipts
from bot.web import make_app
from tests.fakes.bell import Bell
from tests.fakes.server import LocalServer
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.support import Chat, TestClock

SECRET = "s3cret-of-the-webhook"


ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where storage plays no part
LONG_VALUE = "街道" * 40  # 240 bytes, far past what a button may carry


@dialogue("menu", title="Menu", words=["菜单"])
async def menu(talk: Talk) -> None:
    await talk.say("menu", [Option("Pick", "go:pick"), Option("Pictures", "go:pictures")])


@dialogue("pick", title="Pick", words=["pick"])
async def pick(talk: Talk) -> None:
    chosen = await talk.choose("which", "Which?", [Choice(LONG_VALUE, "The long one"), Choice("short", "Short")])
    await talk.say(f"picked {chosen.value}")


@dialogue("pictures", title="Pictures", words=["pictures"])
async def take_pictures(talk: Talk) -> None:
    taken = await talk.photos("photos", "Pictures?")
    await talk.say(f"{len(taken)} taken")


@dialogue("long", title="Long", words=["long"])
async def say_much(talk: Talk) -> None:
    await talk.say("工伤要先看病。😀" * 700, [Option("Menu", "go:menu")])


async def echo(talk: Talk, text: str, aside: bool) -> bool:
    await talk.say(f"heard {text}")
    return not aside


def small(settings: Settings) -> Registry:
    """These dialogues, with what the engine itself asks for."""
    site = load_site(settings.content_dir)
    return Registry([menu, pick, take_pictures, say_much], home="menu", aside=echo, resources=[settings, site])


class Post:
    """One platform, one database, and as many processes of the service as a test starts."""

    def __init__(self, tg: FakeTelegram, make_settings: Callable[..., Settings], clock: TestClock) -> None:
        self.tg = tg
        self.clock = clock
        self.make_settings = make_settings

    def make(self, *, real: bool = False, **more: Any) -> Service:
        """A service not yet started, with small dialogues, or the `real` ones."""
        given = {"telegram_token": TOKEN, "telegram_webhook_secret": SECRET, "telegram_api_url": self.tg.url}
        settings = self.make_settings(**{**given, **more})
        if real:
            return Service(settings, self.clock, only={"telegram"})
        with mock.patch("bot.app.make_registry", return_value=small(settings)):
            return Service(settings, self.clock, only={"telegram"})

    @contextlib.asynccontextmanager
    async def service(self, *, courier: bool = True, **more: Any) -> AsyncIterator[Service]:
        """The service on a socket, reached by the platform through its webhook."""
        service = self.make(**more)
        app = make_app(service)  # the engine's own routes: the pages belong to the capabilities
        async with service.running(courier=courier), LocalServer(app) as server:
            self.tg.webhook(f"{server.url}/telegram", SECRET)
            yield service

    @contextlib.asynccontextmanager
    async def polling(self, naps: Naps, **more: Any) -> AsyncIterator[Service]:
        """A service that asks for its updates; it sleeps when `naps` lets it wake."""
        service = self.make(telegram_webhook_secret=None, **more)
        channel_of(service).nap = naps
        async with service.running():
            yield service

    async def knock(self, body: bytes, secret: str | None = SECRET) -> int:
        """POST this to the webhook as anybody could; the status."""
        assert self.tg.mail.webhook is not None
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with httpx.AsyncClient(verify=False) as client:
            return (await client.post(self.tg.mail.webhook.url, content=body, headers=headers)).status_code

    def texts(self, chat_id: int) -> list[str]:
        """All that the person sees from us."""
        return [sent.text for sent in self.tg.outbox(chat_id)]

    def beside(self, service: Service) -> Chat:
        """Somebody at the terminal, who is told the same in the same case."""
        return Chat(service.dispatcher, self.clock, "somebody")

    def made(self, *methods: str) -> list[str]:
        """The calls of these methods, in order."""
        return [call.method for call in self.tg.calls if call.method in methods]


class Naps:
    """Instead of sleeping: every nap lasts till `wake`."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self._seen = 0
        self._bell = Bell()
        self._sleeping: list[asyncio.Future[None]] = []

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self._sleeping.append(asyncio.get_running_loop().create_future())
        self._bell.ring()
        await self._sleeping[-1]

    async def begun(self, times: int = 1) -> list[float]:
        """Wait till so many more naps began; how long each was meant to be."""
        before, self._seen = self._seen, self._seen + times
        assert await self._bell.until(lambda: len(self.asked) >= self._seen), self.asked
        return self.asked[before : self._seen]

    def wake(self) -> None:
        """It is time, for all who sleep now."""
        for sleeper in self._sleeping:
            if not sleeper.done():
                sleeper.set_result(None)


def same(told: str, other: str) -> bool:
    """The same words, however they are spread over lines."""
    return told.split() == other.split() != []


def channel_of(service: Service) -> Telegram:
    """The channel itself."""
    channel = service.channels["telegram"]
    assert isinstance(channel, Telegram)
    return channel


async def settle(service: Service) -> None:
    """Whatever is due has been claimed and sent."""
    while await service.courier.look() == 0:
        await service.courier.idle()
    await service.courier.idle()


async def rows(service: Service, table: sa.Table) -> Sequence[sa.RowMapping]:
    """All rows of a table, oldest first."""
    async with service.store.read() as unit:
        order = [table.c.received_at] if table is receipts else list(table.primary_key)
        return await unit.rows(sa.select(table).order_by(*order))


async def states(service: Service) -> list[str]:
    """The states of the outbox, oldest row first."""
    return [row["state"] for row in await rows(service, outbox)]


async def reachable(service: Service) -> list[bool]:
    """Whether each identity can be reached."""
    return [row["reachable"] for row in await rows(service, identities)]


async def pictures(service: Service) -> Sequence[sa.RowMapping]:
    """What is kept of pictures."""
    return await rows(service, media)
