"""A whole story in WeChat: complained with a photo, asked back, answered by just typing, ended, rated, opened again."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import media
from handlers.complaints.tables import cases
from handlers.staff import service as staff
from tests.desk.conftest import BASE, Colleague, case_id
from tests.fakes.wechat import WechatPerson
from tests.support import Chat
from tests.web_talk import picture
from tests.wechat_talk import REAL, Account, settle


class Story:
    """The worker in WeChat and the officer at the desk."""

    def __init__(self, account: Account, service: Service, worker: WechatPerson, rep: Colleague) -> None:
        self.account, self.service, self.worker, self.rep = account, service, worker, rep

    @property
    def seen(self) -> str:
        """What the worker's phone shows last."""
        return self.worker.screen[-1].text

    def shows(self, label: str) -> bool:
        return any(label == option[0] for option in self.worker.screen[-1].options)

    async def arrive(self) -> None:
        """What is due has been sent and fetched."""
        self.account.clock.move(seconds=2)
        await settle(self.service)
        self.account.clock.move(seconds=2)

    async def file(self) -> str:
        """From the first word to the receipt, with taps; the code."""
        await self.worker.say("美团上周五扣了我200说超时 那天下暴雨")
        for _step in range(14):
            if self.shows("提交"):
                break
            if self.shows("同意"):
                await self.worker.tap("同意")
            elif self.shows("不留姓名"):
                await self.worker.tap("不留姓名")
            elif "截图" in self.seen and not self.shows("好了"):
                await self.worker.photo(picture("darkred", 40))
            else:
                await self.worker.tap("好了" if self.shows("好了") else "跳过")
        await self.worker.tap("提交")
        await self.arrive()
        found = re.search(r"YZ-[0-9A-Z]{4}-[0-9A-Z]{4}", "\n".join(one.text for one in self.worker.screen[-2:]))
        assert found, self.seen
        return found[0]


@pytest.fixture
async def story(account: Account) -> AsyncIterator[Story]:
    """The service in WeChat's safe mode; a member of the union has signed in."""
    async with account.chat("safe", registry=REAL, patience=30.0) as (service, sim):
        transport = httpx.ASGITransport(app=service.web())
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"accept-language": "zh-CN"}) as web:
            async with service.store.write() as unit:
                code = await staff.invite(unit, "union", name="王琳")
            rep = Colleague(Chat(service.dispatcher, account.clock, "rep", "terminal"), web)
            await rep.chat.say(code)
            await rep.sign_in()
            yield Story(account, service, sim.new_person(), rep)


async def test_a_complaint_from_the_first_word_to_the_rating(story: Story) -> None:
    worker, rep = story.worker, story.rep
    code = await story.file()
    base = f"/desk/cases/{await case_id(story.service, code)}"
    page = await rep.open(base)
    assert "那天下暴雨" in page
    async with story.service.store.read() as unit:
        assert [row["status"] for row in await unit.rows(sa.select(media.c.status))] == ["kept"]
    await rep.press(f"{base}/take")
    await story.arrive()
    assert "已受理" in story.seen

    await rep.press(f"{base}/write", words="站点给您看过规则吗？有截图请发来。")
    await story.arrive()
    assert story.seen.startswith(f"{code} 经办人")
    assert story.shows("回复")
    answer = await worker.say("没有，他们只说系统判的")  # just typed
    assert answer.text.startswith(f"已转给经办人（{code}）。")
    await worker.photo(picture("navy", 40))
    await story.arrive()
    page = await rep.open(base)
    assert "没有，他们只说系统判的" in page
    assert page.count("<img src") == 2

    await rep.press(f"{base}/write", words="想怎么解决？")
    await story.arrive()
    asked = await worker.say("送餐路上摔了怎么赔？")  # a question of another kind
    assert "刚才这句要转给经办人吗" in asked.text
    await worker.tap("我的诉求")
    assert "您补充了：没有，他们只说系统判的" in story.seen
    assert "送餐路上摔了" not in await rep.open(base)
    await worker.tap("回复")  # the notice's link, still good
    assert "请写您的回复" in story.seen
    await worker.say("退我钱就行")
    assert "退我钱就行" in await rep.open(base)

    await rep.press(f"{base}/move", **{"from": "accepted", "to": "resolved", "words": "站点已退回 200 元。"})
    await story.arrive()
    assert story.shows("不满意")
    await worker.say("3")
    assert "记下了" in story.seen
    await worker.say("钱没到账")
    assert "评价：不满意" in await rep.open(base)
    await worker.tap("重新打开")
    assert "哪里还没解决" in story.seen
    await worker.say("还是没收到钱")
    assert "已重新打开" in story.seen
    page = await rep.open(base)
    assert "还是没收到钱" in page
    await worker.say("我的诉求")
    for part in ("已受理", "经办人回复：想怎么解决？", "已解决：站点已退回 200 元。", "重新打开：还是没收到钱"):
        assert part in story.seen
    assert "王琳" not in "\n".join(one.text for one in worker.screen)

    await worker.tap("撤回")
    await worker.tap("跳过")
    await worker.tap("确定撤回")
    async with story.service.store.read() as unit:
        assert await unit.value(sa.select(cases.c.status)) == "withdrawn"


async def test_a_label_tapped_on_a_notice_is_its_own_answer(story: Story) -> None:
    first = await story.file()
    second = await story.file()
    number = await case_id(story.service, first)
    await story.rep.open(f"/desk/cases/{number}")
    await story.rep.press(f"/desk/cases/{number}/identity/ask", reason="要到平台核对")
    await story.arrive()
    await story.worker.tap("不同意")
    assert "姓名电话继续封存" in story.seen
    page = await story.rep.open(f"/desk/cases/{number}")
    assert "不同意" in page
    assert second != first
