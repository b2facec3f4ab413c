"""One broadcast over three platforms: riders on the web page, in Telegram, in WeChat get it, or it waits; they tap."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from bot.store.tables import outbox
from bot.web import make_app
from handlers.broadcasts.report import lines, progress
from handlers.broadcasts.service import Broadcasting, access, keep, pause, resume
from handlers.broadcasts.tables import clicks
from tests.fakes.bell import PATIENCE
from tests.fakes.server import LocalServer
from tests.fakes.telegram import TOKEN, FakeTelegram
from tests.fakes.wechat import FakeWechat, WechatSim
from tests.handlers.broadcasts.conftest import TEXT, WRITER
from tests.support import Chat, TestClock
from tests.telegram_talk import SECRET, settle
from tests.wechat_talk import wechat

Send = Callable[..., Awaitable[int]]


class Town:
    """A running service, and riders who have said hello on each platform."""

    def __init__(self, service: Service, tg: FakeTelegram, sim: WechatSim, clock: TestClock) -> None:
        self.service, self.tg, self.clock = service, tg, clock
        self.li = tg.new_person()
        self.wang, self.zhao = sim.new_person(), sim.new_person()
        self.web = Chat(service.dispatcher, clock, "web-rider", "web")

    async def meet(self) -> None:
        """Everybody writes; one of WeChat's two, long ago."""
        await self.zhao.say("菜单")
        self.clock.move(hours=49)
        await self.wang.say("菜单")
        await self.web.say("菜单")
        await self.tg.say(self.li, "菜单")
        await settle(self.service)

    async def deliver(self) -> None:
        """The chore and the senders, till nothing moves."""
        setting: Broadcasting = self.service.registry.resources[Broadcasting]
        while await keep(self.service.store, setting.rules):
            pass
        for _look in range(2):
            await self.service.bulk.look()
            await self.service.bulk.idle()
            await settle(self.service)
        await keep(self.service.store, setting.rules)

    async def fates(self, number: int) -> dict[str, dict[str, int]]:
        async with self.service.store.write() as unit:
            return (await progress(unit, await access(unit, WRITER, number, "read"))).by_channel

    async def clicks(self) -> int:
        async with self.service.store.read() as unit:
            return int(await unit.value(sa.select(sa.func.count()).select_from(clicks)))


@pytest.fixture
async def service(
    make_settings: Callable[..., Settings], clock: TestClock, tg: FakeTelegram, wx: FakeWechat
) -> AsyncIterator[Service]:
    given = {
        "telegram_token": TOKEN,
        "telegram_webhook_secret": SECRET,
        "telegram_api_url": tg.url,
        "wechat_app_id": wx.app_id,
        "wechat_app_secret": wx.app_secret,
        "wechat_token": wx.token,
        "wechat_api_url": wx.url,
    }
    made = Service(make_settings(**given), clock, only={"web", "telegram", "wechat"})
    async with made.running(courier=False):
        yield made


@pytest.fixture
async def tg(clock: TestClock) -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(clock=lambda: clock().timestamp()) as platform:
        yield platform


@pytest.fixture
async def wx(clock: TestClock) -> AsyncIterator[FakeWechat]:
    async with FakeWechat(clock=lambda: clock().timestamp()) as platform:
        yield platform


@pytest.fixture
async def town(service: Service, tg: FakeTelegram, wx: FakeWechat, clock: TestClock) -> AsyncIterator[Town]:
    async with AsyncExitStack() as stack:
        wechat(service).answer_by = PATIENCE
        server = await stack.enter_async_context(LocalServer(make_app(service)))
        sim = await stack.enter_async_context(WechatSim(wx, f"{server.url}/wechat", "plain", PATIENCE))
        tg.webhook(f"{server.url}/telegram", SECRET)
        made = Town(service, tg, sim, clock)
        await made.meet()
        yield made


async def test_everybody_gets_it_or_it_waits_and_a_tap_is_noted(town: Town, send: Send) -> None:
    number = await send(counted=4)
    await town.deliver()
    assert await town.fates(number) == {
        "web": {"sent": 1},
        "telegram": {"sent": 1},
        "wechat": {"sent": 1, "contact": 1},
    }
    told = town.tg.outbox(town.li)[-1]
    assert told.text.startswith(TEXT)
    assert "不想再收，回“退订”。" in told.text
    town.clock.move(minutes=1)
    await town.tg.tap(told, "报名")
    await settle(town.service)
    assert "活动" in town.tg.outbox(town.li)[-1].text
    assert await town.clicks() == 1
    await town.wang.tap("报名")  # WeChat sends the label only
    assert "活动" in town.wang.screen[-1].text
    assert await town.clicks() == 2
    await town.zhao.say("你好")  # and now it comes, with the answer
    assert TEXT in "".join(one.text for one in town.zhao.screen)
    fates = await town.fates(number)
    assert fates["wechat"] == {"sent": 1, "next_contact": 1}
    async with town.service.store.read() as unit:
        rows = list(await unit.rows(sa.select(outbox).where(outbox.c.kind == "broadcast")))
    assert len({row["person_id"] for row in rows}) == len(rows) == 4


async def test_a_label_tapped_in_the_middle_of_a_form_keeps_the_form(town: Town, send: Send) -> None:
    await send(counted=4)
    await town.deliver()
    await town.wang.say("美团上周五扣了我200说超时 那天下暴雨")
    town.clock.move(minutes=1)
    await town.wang.tap("报名")
    assert await town.clicks() == 1
    assert "提诉求" in town.wang.screen[-1].text  # the way back to the form


async def test_paused_sends_nothing_more_till_it_goes_on(town: Town, send: Send) -> None:
    number = await send(counted=4)
    setting: Broadcasting = town.service.registry.resources[Broadcasting]
    while await keep(town.service.store, setting.rules):
        pass
    async with town.service.store.write() as unit:
        await pause(unit, WRITER, number)
    await town.deliver()
    assert {name for own in (await town.fates(number)).values() for name in own} == {"queued"}
    async with town.service.store.write() as unit:
        await resume(unit, WRITER, number)
    await town.deliver()
    async with town.service.store.write() as unit:
        one = await access(unit, WRITER, number, "read")
        found = await lines(unit, one)
    assert one.state == "done"
    assert sorted(line.fate for line in found) == ["contact", "sent", "sent", "sent"]
    assert all(line.name and line.reason for line in found)


async def test_who_unsubscribes_after_it_was_put_down_gets_nothing(town: Town, send: Send) -> None:
    number = await send(counted=4)
    setting: Broadcasting = town.service.registry.resources[Broadcasting]
    while await keep(town.service.store, setting.rules):
        pass
    await town.web.say("退订")
    await town.web.tap("志愿活动")
    await town.deliver()
    assert (await town.fates(number))["web"] == {"unsubscribed": 1}
