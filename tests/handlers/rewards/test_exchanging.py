"""From points to a thing in the hand, and every way it goes back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.roof import chores
from bot.store.tables import audit
from handlers.rewards.tables import redemptions, rewards
from handlers.volunteering import service as volunteering
from tests.desk.conftest import Notices
from tests.support import Chat, TestClock

Give = Callable[[Chat, int], Awaitable[int]]
Stock = Callable[..., Awaitable[int]]


async def exchanged(chat: Chat, name: str = "雨衣") -> str:
    """A thing exchanged in the chat; its code."""
    await chat.say("换东西")
    await chat.tap(name)
    found = re.search(r"DH-[0-9A-Z]{4}-[0-9A-Z]{4}", await chat.tap("换"))
    assert found, chat.text
    return found[0]


async def left(service: Service, reward_id: int) -> int:
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(rewards.c.stock).where(rewards.c.id == reward_id))
        return found


async def balance(service: Service, person_id: int) -> int:
    async with service.store.read() as unit:
        assert await volunteering.imbalance(unit) == 0
        return await volunteering.balance(unit, person_id)


async def test_points_become_a_code_and_the_code_a_thing(
    chat: Chat, clerk: Chat, give: Give, stock: Stock, service: Service
) -> None:
    person, reward = await give(chat, 12), await stock()
    assert "您有 12 分" in await chat.say("我的积分")
    await chat.tap("积分换东西")
    assert "您有 12 分。想换哪样" in chat.text
    assert chat.labels[0] == "雨衣 · 5 分 · 剩 3"
    await chat.tap("雨衣")
    assert "要 5 分，换完还剩 7 分" in chat.text
    assert "红梅社区驿站" in chat.text
    code = await exchanged(chat)
    assert (await balance(service, person), await left(service, reward)) == (7, 2)
    assert code in await chat.say("我的兑换")
    assert "雨衣 -5" in await chat.say("积分明细")
    assert "“雨衣”，5 分换的" in await clerk.say(f"核销 {code.lower().replace('-', ' ')}")
    assert "已发出" in await clerk.tap("已发出")
    assert "不能再用" in await clerk.say(code)
    assert "已发出" in await chat.say("我的兑换")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).where(audit.c.action == "redemption.hand_out")) == 1


async def test_a_thing_is_given_back_before_it_is_handed_out(
    chat: Chat, clerk: Chat, give: Give, stock: Stock, service: Service
) -> None:
    person, reward = await give(chat, 5), await stock(count=1)
    code = await exchanged(chat)
    old = chat.option("退掉")
    await chat.say("我的兑换")
    await chat.tap("退掉")
    assert "退好了" in await chat.tap("退掉")
    assert (await balance(service, person), await left(service, reward)) == (5, 1)
    assert "不能再用" in await clerk.say(code)
    await chat.deliver(choice=old.value)
    assert "不能退了" in chat.text
    code = await exchanged(chat)
    await clerk.say(f"核销 {code}")
    await clerk.tap("已发出")
    await chat.deliver(choice=old.value.rpartition("=")[0] + "=" + str(await newest(service)))
    assert "不能退了：已发出" in chat.text
    assert await balance(service, person) == 0


async def newest(service: Service) -> int:
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(redemptions.c.id).order_by(redemptions.c.id.desc()).limit(1))
        return found


async def test_too_few_points_nothing_in_stock_and_another_price(
    chat: Chat, someone: Callable[[str], Chat], give: Give, stock: Stock, service: Service
) -> None:
    assert "没有现货" in await chat.say("换东西")
    person, reward = await give(chat, 4), await stock(count=1)
    await chat.say("换东西")
    assert "还差 1 分" in await chat.tap("雨衣")
    await give(chat, 1)
    await chat.say("换东西")
    await chat.tap("雨衣")
    other = someone("other")
    await give(other, 5)
    await exchanged(other)
    assert "刚换完" in await chat.tap("换")
    assert (await balance(service, person), await left(service, reward)) == (5, 0)
    cheap = await stock("手套", 3, 5)
    await chat.say("换东西")
    await chat.tap("手套")
    async with service.store.write() as unit:
        await unit.execute(sa.update(rewards).where(rewards.c.id == cheap).values(points=4))
    assert "有变动" in await chat.tap("换")
    assert await balance(service, person) == 5


@pytest.mark.parametrize("given", ["", "0", "x", "-1", "9" * 30, "7", "%00"])
async def test_buttons_we_did_not_make_change_nothing(chat: Chat, given: str) -> None:
    for target in (f"rewards?reward={given}", f"rewards?from={given}", f"reward_cancel?redemption={given}"):
        await chat.deliver(choice=f"go:{target}")
        assert chat.text


async def test_anothers_thing_is_not_given_back(
    chat: Chat, someone: Callable[[str], Chat], give: Give, stock: Stock, service: Service
) -> None:
    await give(chat, 5)
    await stock()
    await exchanged(chat)
    stranger = someone("stranger")
    await stranger.deliver(choice=f"go:reward_cancel?redemption={await newest(service)}")
    assert "没找到" in stranger.text


async def test_only_staff_confirm_a_code(chat: Chat, clerk: Chat, give: Give, stock: Stock) -> None:
    await give(chat, 5)
    await stock()
    code = await exchanged(chat)
    assert "社区工作人员来核销" in await chat.say(f"核销 {code}")
    assert "待领取" in await chat.say("我的兑换")
    assert "不是我们的码" in await clerk.say("核销", "DH-0000-0001")
    assert "没有这个码" in await clerk.say("核销", "DH-0000-0000")
    await clerk.say(f"核销 {code}")
    assert "没记" in await clerk.tap("先不发")
    assert "待领取" in await chat.say("我的兑换")


async def test_what_nobody_collects_goes_back(
    chat: Chat, give: Give, stock: Stock, service: Service, clock: TestClock, notices: Notices
) -> None:
    person, reward = await give(chat, 5), await stock(count=1)
    await exchanged(chat)
    [chore] = [one for one in chores(service.registry) if one.name == "rewards"]
    clock.move(days=13)
    async with service.store.write() as unit:
        assert await chore.run(unit) == 0
    clock.move(days=2)
    async with service.store.write() as unit:
        assert await chore.run(unit) == 1
        assert await chore.run(unit) == 0
    assert (await balance(service, person), await left(service, reward)) == (5, 1)
    assert "过了 14 天没领" in (await notices.to(chat))[-1].text


async def test_english(chat: Chat, give: Give, stock: Stock) -> None:
    await give(chat, 5)
    await stock()
    await chat.say("english")
    assert "You have 5 points" in await chat.say("exchange points")


@pytest.fixture
def notices(service: Service) -> Notices:
    return Notices(service)
