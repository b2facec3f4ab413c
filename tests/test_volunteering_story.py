"""The whole story in WeChat and Telegram, on both databases: an activity, a message to many with its second person,
riders to the limit and the waiting list, one who can't come, reminders outside the peak, in and out, points, a thing
for them, a certificate a stranger checks, the month's allowances."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from bot.settings import Settings
from handlers.rewards import service as rewards
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import signups, slots
from tests.pdf_reading import pdf_text
from tests.support import Chat, TestClock
from tests.town import InTelegram, InWechat, Town, town

HERE = (31.7791, 119.9749)  # on the map of WeChat, as the organiser's phone has it
TASK = "看看楼道里有没有电动车在充电"
PEAKS = ((time(10, 30), time(13, 30)), (time(16, 30), time(20)))


class Story:
    """An organiser and a colleague, two riders in WeChat, one in Telegram, one on the web page."""

    def __init__(self, there: Town) -> None:
        self.town = there
        self.wang, self.li = there.in_wechat(), there.in_telegram()
        self.zhao, self.sun = there.in_wechat(), there.in_wechat()
        self.qian = there.in_telegram()
        self.zhou: Chat = there.on_the_web("zhou")

    async def begin(self) -> None:
        await self.town.hire(self.wang, "王红梅")
        await self.town.hire(self.li, "李建国")
        for rider in (self.zhao, self.sun, self.qian, self.zhou):
            await self.town.introduce(rider)
        self.town.clock.move(minutes=10)

    async def slot(self) -> Slot:
        async with self.town.service.store.read() as unit:
            found = await unit.value(sa.select(slots.c.id))
            return await volunteering.find(unit, found)

    async def statuses(self) -> list[str]:
        async with self.town.service.store.read() as unit:
            assert await volunteering.imbalance(unit) == 0
            return sorted((await unit.execute(sa.select(signups.c.status))).scalars())

    # -- the chapters

    async def publish(self, hours: str = "12点到1点", places: str = "2个人") -> None:
        """In WeChat, with numbers, words and a slip."""
        await self.wang.say("发布活动", "楼道排查", TASK)
        await self.wang.locate(*HERE)
        await self.wang.say("骑手", "后天")
        if "忙时" in await self.wang.say(hours):
            assert "改到周三（11月18日）13:30–14:30" in self.wang.labels
            await self.wang.say("1")
        assert "最少几个人" in await self.wang.say("二十个人吧", "返回", places)
        await self.wang.say("1", "2", "20块", "跳过", "王主任 13800000000")
        assert "2 人 · 最少 1 人 · 骑手 · 2 分" in self.wang.text
        assert "群发招人" in await self.wang.tap("发布") + str(self.wang.labels)

    async def tell_everybody(self) -> None:
        """Begun below the activity; more than one may send alone, so a colleague looks at it first."""
        await self.wang.say("1")
        assert "就用这段" in self.wang.labels
        await self.wang.say("1", "跳过")
        await self.wang.tap("骑手")
        await self.wang.say("跳过", "全部")
        await self.wang.tap("志愿活动")
        assert "发给 4 人：Telegram 1、网页 1、微信 2。" in (await self.wang.say("现在")), self.wang.text
        assert "要另一位同事同意" in await self.wang.tap("发送")
        await self.town.sees(self.li, "等您同意")
        assert TASK in await self.li.tap("去看看")
        await self.li.tap("批准")
        for rider in (self.zhao, self.sun, self.qian):
            await self.town.sees(rider, "点下面就能报名")
        await self.town.sees(self.wang, "发完了")  # it would come in between later
        self.town.clock.move(seconds=2)

    async def sign_up(self, rider: InWechat | InTelegram) -> str:
        """Two taps from the message to the place."""
        assert "楼道排查" in await rider.tap("报名")
        return await rider.tap("报名")


@pytest.fixture
async def story(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Story]:
    async with town(make_settings, clock) as there:
        made = Story(there)
        await made.begin()
        yield made


def in_peak(at: datetime) -> bool:
    return any(begin <= at.time() < end for begin, end in PEAKS)


async def test_from_the_slot_to_the_reward(story: Story) -> None:
    there, wang, sun, qian = story.town, story.wang, story.sun, story.qian
    await story.publish()
    await story.tell_everybody()
    for rider in (story.zhao, qian):
        assert "报上了：周三（11月18日）13:30–14:30" in await story.sign_up(rider)
    assert "名额满了" in await sun.say("1")
    assert "候补上了" in await sun.say("1")
    assert "名额满了" in await story.zhou.say("报名")
    assert "候补上了" in await story.zhou.tap("候补")
    await wang.say("群发进度", "1")
    assert "已送达 4" in "".join(text for _at, text in wang.screen[-3:])  # word that all are told may come in between
    assert "点了按钮：4 人" in wang.text
    assert "报名 2/2，候补 2" in await wang.tap("看报名：楼道排查 2/2")

    await story.zhao.say("不好意思 后天有事，去不了了")
    assert "取消了：楼道排查" in await story.zhao.say("要接孩子")
    await there.sees(sun, "空出名额了")
    assert "报上了" in await sun.say("好的")
    assert await story.statuses() == ["booked", "booked", "cancelled", "waiting"]

    await there.now_is(17, 20, 30)
    for rider in (sun, qian):
        await there.sees(rider, "提醒您：明天（11月18日）13:30–14:30")
    assert "提醒" not in story.zhao.text
    await there.now_is(18, 10, 20)  # an hour before would lie in the riders' noon
    for rider in (sun, qian):
        await there.sees(rider, "提醒您：今天（11月18日）13:30–14:30")
    assert "红梅社区" in await qian.say("在哪集合")

    await there.now_is(18, 13, 25)
    slot = await story.slot()
    assert "签到码" in await sun.say("我到了")
    assert "不是您这个活动的签到码" in await sun.say("123456" if slot.code != "123456" else "654321")
    assert "签到了" in await sun.locate(*HERE)
    page = (await there.stranger.get(f"/checkin/{slot.id}/{slot.code}")).text
    start = re.search(r"https://t\.me/yizhan_bot\?start=([\w-]+)", page)
    assert start, page
    assert "签到了" in await qian.scan(start[1])
    await there.now_is(18, 14, 29)
    await there.sees(qian, "快结束了")
    await there.now_is(18, 14, 30)
    assert "签退了：楼道排查，1 小时" in await qian.say("签退")
    assert "记 2 分" in await sun.say("我走了")

    await exchange(story)
    await certificate(story)
    await allowances(story)
    unasked = [(at, text) for rider in (sun, qian) for at, text in rider.screen if text.startswith(("提醒", "空出"))]
    assert len(unasked) == 5
    assert not [(at, text) for at, text in unasked if in_peak(at)]


async def exchange(story: Story) -> None:
    """Points become a raincoat, its code is confirmed once."""
    async with story.town.service.store.write() as unit:
        await rewards.add(unit, "staff:1", name="骑行雨衣", points=2, stock=1, collect="红梅社区驿站")
    await story.qian.say("积分换东西")
    await story.qian.tap("骑行雨衣 · 2 分 · 剩 1")
    found = re.search(r"DH-\w{4}-\w{4}", await story.qian.say("好，换"))
    assert found, story.qian.text
    assert "没有现货" in await story.sun.say("换东西")
    assert "“骑行雨衣”，2 分换的" in await story.wang.say(found[0].lower())
    assert "已发出" in await story.wang.say("发了")
    assert "不能再用" in await story.wang.say(found[0])
    assert "您有 0 分" in await story.qian.say("我的积分")


async def certificate(story: Story) -> None:
    """Issued in the chat, printed, and looked up by a stranger, who sees one character of the name."""
    await story.sun.say("志愿证明")
    said = await story.sun.say("孙小虎")
    assert "孙小虎，志愿服务 1 次，共 1 小时，2026-11-18。" in said
    links = [urlsplit(one).path for one in re.findall(r"https://\S+", said)]
    [printed] = [one for one in links if "certificate-files" in one]
    [page] = [one for one in links if one.startswith("/certificates/")]
    file = await story.town.stranger.get(printed)
    assert "孙小虎" in pdf_text(file.content)
    shown = (await story.town.stranger.get(page)).text
    assert "属实" in shown
    assert "孙**" in shown
    assert "孙小虎" not in shown
    assert "属实" not in (await story.town.stranger.get("/certificates/ZM-0000-0000")).text


async def allowances(story: Story) -> None:
    """Two are on the list, by number; a code is paid once. Who can't be told in WeChat hears it when they write."""
    there = story.town
    setting: Setting = there.service.registry.resources[Setting]
    await there.later(timedelta(days=14))
    async with there.service.store.write() as unit:
        assert await rewards.make_list(unit, setting, "2026-11", "staff:1") == 2
    await there.sees(story.qian, "2026-11 的志愿补贴列上名单了：20 元")
    found = re.search(r"BT-\w{4}-\w{4}", await story.qian.tap("我的补贴"))
    assert found, story.qian.text
    assert "现在发放吗" in await story.wang.say(found[0])
    assert "20 元" in await story.wang.say("付了")
    assert "不能再用" in await story.wang.say(found[0])
    await story.sun.say("你好")
    assert any("志愿补贴列上名单了" in text for _at, text in story.sun.screen[-3:])


async def test_two_at_once_for_the_last_place(story: Story) -> None:
    await story.publish("2点半到3点半")
    await story.tell_everybody()
    await story.sign_up(story.zhao)
    for rider in (story.sun, story.qian):
        await rider.tap("报名")
    await asyncio.gather(story.sun.tap("报名"), story.qian.tap("报名"))
    assert sorted("报上了" in rider.text for rider in (story.sun, story.qian)) == [False, True]
    late = story.sun if "报上了" not in story.sun.text else story.qian
    assert "名额刚好满了" in late.text
    assert "候补上了" in await late.tap("候补")
    assert await story.statuses() == ["booked", "booked", "waiting"]


async def test_what_cannot_wait_goes_out_in_the_peak(story: Story) -> None:
    """A place comes free at 17:40 for 18:20: after the riders' evening it would be nobody's."""
    await story.publish("2点半到3点半")
    await story.tell_everybody()
    for rider in (story.zhao, story.qian):
        await story.sign_up(rider)
    await story.sun.say("1", "1")
    begins = datetime(2026, 11, 18, 18, 20, tzinfo=story.town.zone)
    async with story.town.service.store.write() as unit:
        await unit.execute(sa.update(slots).values(starts_at=begins, ends_at=begins + timedelta(hours=1)))
    await story.town.now_is(18, 13, 45)
    await story.sun.say("我的志愿")  # WeChat lets us write for two days
    await story.town.now_is(18, 17, 40)
    await story.zhao.say("来不了", "跳过")
    await story.town.sees(story.sun, "空出名额了：今天（11月18日）18:20–19:20")
    assert "报上了" in await story.sun.say("可以")
    await story.wang.say("我发的活动", "1")
    await story.wang.tap("取消活动")
    await story.wang.say("下大雨，改天", "确定")
    for rider in (story.sun, story.qian):
        await story.town.sees(rider, "下大雨，改天")


async def test_a_form_waits_till_tomorrow(story: Story) -> None:
    """Half an activity, a question in between, a night; the next day it goes on where it was."""
    await story.wang.say("发布活动", "楼道排查", TASK)
    assert "在哪里" in await story.wang.say("志愿者要买保险吗")
    await story.town.now_is(17, 9, 0)
    assert "给谁办的" in await story.wang.say("红梅社区3栋")
    assert "楼道排查" in await story.wang.say(
        "所有人", "明天", "下午2点半到4点", "3", "跳过", "1", "跳过", "跳过", "王主任"
    )
    assert "明天（11月18日）15:00–16:00" in await story.wang.say("时间改成下午3点到4点")
    assert "发布了" in await story.wang.say("好，发布")
