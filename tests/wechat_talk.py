"""What the WeChat tests share: the real service before WeChat's fake, over loopback sockets; a few small dialogues."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from bot.app import Service
from bot.channels.wechat import Wechat
from bot.dialogue import Choice, Registry, Talk, dialogue
from bot.messages import Option
from bot.settings import Settings, packaged
from bot.site import Site, load_site
from bot.store.tables import outbox, receipts
from tests.fakes.bell import PATIENCE
from tests.fakes.server import LocalServer
from tests.fakes.wechat import FakeWechat, Mode, WechatPerson, WechatSim
from tests.support import TestClock

REAL: Any = object()


def few_dialogues(registry: Registry) -> contextlib.AbstractContextManager[Any]:
    """A service made inside has these dialogues: reading all content takes most of a test's time."""
    return patch("bot.app.make_registry", return_value=registry)


def web_of(service: Service, *, bare: bool) -> Any:
    """Its HTTP side; `bare`: only the channel's."""
    with patch("bot.app.pages", return_value=[]) if bare else contextlib.nullcontext():
        return service.web()


class Account:
    """One Official Account, one database, and as many processes of the service as a test starts."""

    def __init__(self, wx: FakeWechat, make_settings: Callable[..., Settings], clock: TestClock) -> None:
        self.wx = wx
        self.clock = clock
        self.make_settings = make_settings

    def settings(self, mode: Mode = "plain", **more: Any) -> Settings:
        """WeChat on, with the AES key but in plain mode."""
        given: dict[str, Any] = {
            "wechat_app_id": self.wx.app_id,
            "wechat_app_secret": self.wx.app_secret,
            "wechat_token": self.wx.token,
            "wechat_aes_key": None if mode == "plain" else self.wx.aes_key,
            "wechat_api_url": self.wx.url,
        }
        return self.make_settings(**{**given, **more})

    @contextlib.asynccontextmanager
    async def service(
        self, mode: Mode = "plain", *, courier: bool = False, registry: Registry | None = None, **more: Any
    ) -> AsyncIterator[Service]:
        """The service, without a socket; with a few small dialogues instead of all content unless `registry=REAL`."""
        with contextlib.nullcontext() if registry is REAL else few_dialogues(registry or small_registry()):
            service = Service(self.settings(mode, **more), self.clock, only={"wechat"})
        wechat(service).answer_by = PATIENCE  # a test that wants a late answer says so
        async with service.running(courier=courier):
            yield service

    @contextlib.asynccontextmanager
    async def chat(
        self, mode: Mode = "plain", *, patience: float = PATIENCE, **more: Any
    ) -> AsyncIterator[tuple[Service, WechatSim]]:
        """The service on a socket, and WeChat's server that sends to it. Without its content it has no pages."""
        bare = more.get("registry") is not REAL
        async with (
            self.service(mode, **more) as service,
            LocalServer(web_of(service, bare=bare)) as server,
            WechatSim(self.wx, f"{server.url}/wechat", mode, patience) as sim,
        ):
            yield service, sim


def wechat(service: Service) -> Wechat:
    """Its channel."""
    channel = service.channels["wechat"]
    assert isinstance(channel, Wechat)
    return channel


async def settle(service: Service) -> None:
    """Whatever is due has been claimed and sent; for a service whose courier does not run by itself."""
    while await service.courier.look() == 0:
        await service.courier.idle()
    await service.courier.idle()


async def rows(service: Service, table: sa.Table) -> Sequence[sa.RowMapping]:
    """All rows of a table, oldest first."""
    async with service.store.read() as unit:
        order = table.c.received_at if table is receipts else table.c.id
        return await unit.rows(sa.select(table).order_by(order))


async def states(service: Service) -> list[str]:
    """The states of the outbox, oldest row first."""
    return [row["state"] for row in await rows(service, outbox)]


def seen(person: WechatPerson) -> list[tuple[str, str]]:
    """All the person sees: (how it came, text)."""
    return [(one.via, one.text) for one in person.screen]


def counted(service: Service, reason: str) -> float:
    """How many requests were refused for this reason."""
    return (
        service.metrics.registry.get_sample_value("yizhan_refused_total", {"channel": "wechat", "reason": reason}) or 0
    )


class Gate:
    """Holds a handler till the test opens it."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def wait(self) -> None:
        """What the held one awaits."""
        self.reached.set()
        await self.opened.wait()


def small_registry(gate: Gate | None = None, labels: Sequence[str] = (), long: str = "") -> Registry:
    """`slow` waits at the gate and counts its runs; `pick` asks with these labels, `offer` offers them; `long` says a
    long text; free text is echoed."""

    @dialogue("menu", title="Menu", words=["菜单"])
    async def menu(talk: Talk) -> None:
        await talk.say("菜单在此")

    @dialogue("slow", title="Slow", words=["慢"])
    async def slow(talk: Talk) -> None:
        talk.memory["runs"] = talk.memory.get("runs", 0) + 1
        if gate is not None:
            await gate.wait()
        await talk.say(f"慢慢来，第{talk.memory['runs']}次")

    @dialogue("pick", title="Pick", words=["挑"])
    async def pick(talk: Talk) -> None:
        chosen = await talk.choose("one", "挑一个", [Choice(f"v{n}", label) for n, label in enumerate(labels)])
        await talk.say(f"选了{chosen.value}")

    @dialogue("offer", title="Offer", words=["荐"])
    async def offer(talk: Talk) -> None:
        await talk.say("您是想问", [Option(label, f"go:slow?of={n}") for n, label in enumerate(labels)])

    @dialogue("long", title="Long", words=["长"])
    async def tell(talk: Talk) -> None:
        await talk.say(long)

    async def echo(talk: Talk, text: str, aside: bool) -> bool:
        await talk.say(f"您说：{text}")
        return True

    return Registry([menu, slow, pick, offer, tell], home="menu", aside=echo, resources=[site()])


@lru_cache
def site() -> Site:
    """Who runs the service."""
    return load_site(packaged("content"))
