"""A town for whole stories: the service as it runs, courier and all, before the fakes of Telegram and WeChat; people
with a phone each, who type and tap; a clock that is moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import httpx

from bot.app import Service
from bot.chores import Chore
from bot.roof import chores
from bot.settings import Settings
from handlers.broadcasts.service import Broadcasting
from handlers.staff import service as staff
from tests.fakes.bell import PATIENCE
from tests.fakes.server import LocalServer
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.wechat import FakeWechat, WechatPerson, WechatSim
from tests.support import Chat, TestClock
from tests.telegram_talk import SECRET
from tests.wechat_talk import wechat

PUBLIC = "https://yizhan.example.cn"
ALONE = 3  # to so many a broadcast may go without a second person


class Phone(Protocol):
    """Somebody who types and taps; both give what is answered."""

    async def say(self, *texts: str) -> str: ...

    async def tap(self, label: str) -> str: ...


@dataclass
class InWechat:
    """A follower of the account."""

    town: Town
    person: WechatPerson

    async def say(self, *texts: str) -> str:
        for text in texts:
            await self.town.turn(self.person.say(text))
        return self.text

    async def tap(self, label: str) -> str:
        await self.town.turn(self.person.tap(label))
        return self.text

    async def locate(self, latitude: float, longitude: float) -> str:
        await self.town.turn(self.person.location(latitude, longitude, "红梅社区"))
        return self.text

    @property
    def text(self) -> str:
        return self.person.screen[-1].text

    @property
    def screen(self) -> list[tuple[datetime, str]]:
        return [(self.town.at(one.at), one.text) for one in self.person.screen]

    @property
    def labels(self) -> list[str]:
        return self.person.screen[-1].labels


@dataclass
class InTelegram:
    """Somebody with the bot's chat open."""

    town: Town
    chat_id: int

    async def say(self, *texts: str) -> str:
        for text in texts:
            await self._answered(self.town.tg.say(self.chat_id, text))
        return self.text

    async def tap(self, label: str) -> str:
        found = [one for one in self.town.tg.outbox(self.chat_id) if label in one.labels]
        assert found, (label, self.text, self.labels)
        await self._answered(self.town.tg.tap(found[-1], label))
        return self.text

    async def locate(self, latitude: float, longitude: float) -> str:
        await self._answered(self.town.tg.location(self.chat_id, latitude, longitude))
        return self.text

    async def scan(self, start: str) -> str:
        """Open a t.me link, as a QR code's page gives it."""
        await self._answered(self.town.tg.start(self.chat_id, start))
        return self.text

    async def _answered(self, doing: Any) -> None:
        before = len(self.screen)
        await self.town.turn(doing)
        came = await self.town.tg.world.bell.until(lambda: len(self.screen) > before)
        assert came, self.screen[-3:]

    @property
    def text(self) -> str:
        return self.screen[-1][1]

    @property
    def screen(self) -> list[tuple[datetime, str]]:
        return [(self.town.at(one.message["date"]), one.text) for one in self.town.tg.outbox(self.chat_id)]

    @property
    def labels(self) -> list[str]:
        return self.town.tg.outbox(self.chat_id)[-1].labels


class Town:
    """All of it."""

    def __init__(self, service: Service, clock: TestClock, tg: FakeTelegram, sim: WechatSim) -> None:
        self.service, self.clock, self.tg, self.sim = service, clock, tg, sim
        transport = httpx.ASGITransport(app=service.web())
        self.stranger = httpx.AsyncClient(
            transport=transport, base_url=PUBLIC, headers={"accept-language": "zh-CN"}, follow_redirects=True
        )

    # -- people

    def in_wechat(self) -> InWechat:
        return InWechat(self, self.sim.new_person())

    def in_telegram(self) -> InTelegram:
        return InTelegram(self, self.tg.new_person())

    def on_the_web(self, name: str) -> Chat:
        return Chat(self.service.dispatcher, self.clock, name, "web")

    async def hire(self, phone: Phone, name: str) -> None:
        """Make community staff of somebody."""
        async with self.service.store.write() as unit:
            code = await staff.invite(unit, "community", name=name)
        assert "社区工作人员" in await phone.say(code)

    async def introduce(self, phone: Phone) -> None:
        """Say that one is a rider of Tianning."""
        await phone.say("我的资料")
        await phone.tap("同意")
        await phone.tap("骑手")
        await phone.say("天宁区")

    # -- time

    def at(self, seconds: float) -> datetime:
        """A moment of the fakes, in China."""
        return datetime.fromtimestamp(seconds, self.zone)

    @property
    def zone(self) -> Any:
        found: Broadcasting = self.service.registry.resources[Broadcasting]
        return found.zone

    async def turn(self, doing: Any) -> None:
        """One message and its answer, on a second of its own."""
        self.clock.move(seconds=1)
        await doing
        await self.service.courier.idle()
        self.clock.move(seconds=1)

    async def now_is(self, day: int, hour: int, minute: int) -> None:
        """It is that day of November in China, and what comes round has come round."""
        await self.later(datetime(2026, 11, day, hour, minute, tzinfo=self.zone) - self.clock.now)

    async def later(self, length: timedelta) -> None:
        """So much time has passed."""
        self.clock.now += length
        for chore in chores(self.service.registry):
            if isinstance(chore, Chore) and chore.name in {"volunteering", "rewards"}:
                async with self.service.store.write() as unit:
                    await chore.run(unit)
        self.service.courier.wake()

    async def sees(self, phone: InWechat | InTelegram, words: str) -> str:
        """Wait till this stands last on somebody's phone."""
        bell = self.tg.world.bell if isinstance(phone, InTelegram) else self.sim.wx.world.bell
        self.service.courier.wake()
        came = await bell.until(lambda: bool(phone.screen) and words in phone.screen[-1][1])
        assert came, (words, phone.screen[-3:])
        await self.service.courier.idle()
        await self.service.bulk.idle()
        return phone.screen[-1][1]

    async def until(self, condition: Callable[[], Any]) -> None:
        """Wait till a coroutine's answer is true, of what is kept in the database."""
        async with asyncio.timeout(PATIENCE):
            while not await condition():
                await asyncio.sleep(0.02)


@asynccontextmanager
async def town(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Town]:
    """The service with its courier at work, and both platforms."""

    def seconds() -> float:
        return clock().timestamp()

    async with AsyncExitStack() as stack:
        tg = await stack.enter_async_context(FakeTelegram(clock=seconds))
        wx = await stack.enter_async_context(FakeWechat(clock=seconds))
        telegram = {"telegram_token": TOKEN, "telegram_webhook_secret": SECRET, "telegram_api_url": tg.url}
        keys = {"wechat_app_id": wx.app_id, "wechat_app_secret": wx.app_secret, "wechat_token": wx.token}
        settings = make_settings(**telegram, **keys, wechat_api_url=wx.url, public_url=PUBLIC)
        service = Service(settings, clock, only={"web", "telegram", "wechat"})
        resources = service.registry.resources
        setting: Broadcasting = resources[Broadcasting]
        rules = setting.rules.model_copy(update={"approval_above": ALONE})
        resources[Broadcasting] = replace(setting, rules=rules)
        wechat(service).answer_by = PATIENCE
        server = await stack.enter_async_context(LocalServer(service.web()))
        tg.reach(PUBLIC, server.url)
        await stack.enter_async_context(service.running())
        sim = await stack.enter_async_context(WechatSim(wx, f"{server.url}/wechat", "plain", 30.0))
        async with asyncio.timeout(PATIENCE):
            while tg.mail.webhook is None:
                await asyncio.sleep(0.01)
        made = Town(service, clock, tg, sim)
        stack.push_async_callback(made.stranger.aclose)
        yield made
