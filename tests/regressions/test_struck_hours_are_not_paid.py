"""Hours taken back at the desk stayed on the list of allowances and were paid; and an allowance nobody collected was
kept for ever. Now only what stands is paid, the list says what was left out, and what nobody collects lapses."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from bot.roof import retention_rules
from bot.site import Site
from bot.store.retention import sweep
from handlers.rewards.tables import payout_signups, payouts
from handlers.volunteering.tables import signups, slots
from tests.desk.conftest import Colleague
from tests.desk.test_desk_community import attended
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
MONTH = "/desk/rewards/allowances/2026-11"


async def listed(chat: Chat, clerk: Colleague, service: Service, *fen: int) -> tuple[str, list[str]]:
    """Somebody on the list with so many activities: their code, and the pages of these activities."""
    for each in fen:
        await attended(service, chat, clerk.chat, fen=each)
    await clerk.open("/desk/rewards/allowances")
    await clerk.press("/desk/rewards/allowances/list", month="2026-11")
    async with service.store.read() as unit:
        found = sa.select(slots.c.id, signups.c.id).join(signups).order_by(slots.c.allowance)
        rows = (await unit.execute(found)).all()
    code = re.search(r"BT-[0-9A-Z]{4}-[0-9A-Z]{4}", await chat.say("我的补贴"))
    assert code
    return code[0], [f"/desk/volunteering/{slot}/signups/{signup}" for slot, signup in map(tuple, rows)]


async def strike(clerk: Colleague, signup: str) -> None:
    await clerk.open(signup.partition("/signups")[0])
    page = await clerk.press(f"{signup}/strike", reason="记错人了")
    assert "已撤回时长和积分" in page and "时长已撤回 <b>1</b>" in page and "工作人员补记" not in page


async def test_one_of_two_is_struck(chat: Chat, colleague: Make, service: Service) -> None:
    clerk = await colleague("community")
    code, (first, _second) = await listed(chat, clerk, service, 1000, 2500)
    await strike(clerk, first)
    page = await clerk.open(MONTH)
    assert "1 行，共 25 元" in page and "撤回了 1 次，没算在内" in page
    assert "1 次，1 小时，25 元 · 待发放 · 撤回了 1 次，没算在内" in await chat.say("我的补贴")
    async with service.store.read() as unit:
        person = await unit.value(sa.select(payouts.c.person_id))
        mine = (await service.registry.resources[Holders].show(unit, person))["rewards"]["allowances"]
    assert [(one["fen"], one["times"], one["taken_back"], one["status"]) for one in mine] == [(2500, 1, 1, "due")]
    assert '<td data-label="金额">25 元</td>' in await clerk.open("/desk/rewards/allowances")
    asked = await clerk.chat.say(f"核销 {code}")
    assert "25 元。现在发放吗" in asked and "撤回了 1 次，没算在内" in asked
    await clerk.chat.tap("已发放")
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(payouts))
        assert (row["status"], row["times"], row["fen"]) == ("paid", 1, 2500)
        assert len(await unit.rows(sa.select(payout_signups))) == 1
    await clerk.open(first.partition("/signups")[0])
    await clerk.press(f"{first}/attended", minutes=60, reason="没记错")
    await clerk.open("/desk/rewards/allowances")
    page = await clerk.press("/desk/rewards/allowances/list", month="2026-11")
    assert "2 行，共 35 元" in page, "put down again, it is owed again"


async def test_all_of_it_is_struck_and_put_down_again(chat: Chat, colleague: Make, service: Service) -> None:
    clerk = await colleague("community")
    code, [only] = await listed(chat, clerk, service, 1000)
    assert "1</b> 笔补贴待发放" in await clerk.open("/desk")
    await strike(clerk, only)
    page = await clerk.open(MONTH)
    assert "1 行，共 0 元" in page and "时长已撤回，不发放" in page
    assert "<b>0</b> 笔补贴待发放" in await clerk.open("/desk")
    mine = await chat.say("我的补贴")
    assert "时长已撤回，不发放" in mine and code not in mine
    assert "这个码不能再用了：时长已撤回" in await clerk.chat.say(f"核销 {code}")
    await clerk.open("/desk/rewards")
    assert "时长已撤回" in await clerk.press("/desk/rewards/confirm", code=code)
    assert clerk.answer.status_code == 409
    await clerk.open(only.partition("/signups")[0])
    await clerk.press(f"{only}/attended", minutes=60, reason="没记错")
    await clerk.open("/desk/rewards")
    assert "已记为发放" in await clerk.press("/desk/rewards/confirm", code=code)
    await clerk.press("/desk/rewards/confirm", code=code)
    assert clerk.answer.status_code == 409 and "已发放" in clerk.page


async def test_struck_between_the_question_and_the_answer(chat: Chat, colleague: Make, service: Service) -> None:
    clerk = await colleague("community")
    code, (first, _second) = await listed(chat, clerk, service, 1000, 2500)
    assert "35 元。现在发放吗" in await clerk.chat.say(f"核销 {code}")
    await strike(clerk, first)
    assert "25 元。现在发放吗" in await clerk.chat.tap("已发放"), "the other amount is asked for anew"
    assert "25 元" in await clerk.chat.tap("已发放")


async def test_struck_once_it_was_paid(chat: Chat, colleague: Make, service: Service) -> None:
    clerk = await colleague("community")
    code, (first, _second) = await listed(chat, clerk, service, 1000, 2500)
    await clerk.open("/desk/rewards")
    await clerk.press("/desk/rewards/confirm", code=code)
    await strike(clerk, first)
    page = await clerk.open(MONTH)
    assert "1 行，共 35 元" in page and "发放后撤回了 1 次" in page
    form = {"csrf": clerk.csrf, "format": "csv"}
    file = (await clerk.client.post(f"{MONTH}/file", data=form)).content.decode("utf-8-sig")
    assert "发放后撤回了 1 次" in file


async def test_what_nobody_collects_lapses(chat: Chat, colleague: Make, service: Service, clock: TestClock) -> None:
    clerk = await colleague("community")
    code, _signups = await listed(chat, clerk, service, 1000)
    site = service.registry.resources[Site]
    clock.move(days=site.retention_days)
    await sweep(service.store, retention_rules(site, service.blobs))
    assert "待发放" in await chat.say("我的补贴"), "not before its time"
    clock.now += timedelta(minutes=1)
    await sweep(service.store, retention_rules(site, service.blobs))
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(payouts))
    assert (row["status"], row["person_id"], row["number"], row["fen"]) == ("lapsed", None, "", 1000)
    await clerk.sign_in()
    page = await clerk.open(MONTH)
    assert "过期没领" in page and "1 行，共 0 元" in page
    await clerk.open("/desk/rewards")
    await clerk.press("/desk/rewards/confirm", code=code)
    assert clerk.answer.status_code == 409 and "过期没领" in clerk.page
