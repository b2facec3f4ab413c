"""Staff write a broadcast in the chat; riders get it, tap, and are where the button leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Reply
from bot.store import batches
from bot.store.outbox import payload_aad
from bot.store.tables import opt_outs, outbox
from handlers.broadcasts.tables import broadcasts, clicks
from handlers.staff import service as staff
from handlers.volunteering.tables import slots
from tests.handlers.broadcasts.conftest import TEXT, citizen
from tests.support import Chat, TestClock

Rounds = Callable[[], Awaitable[int]]


async def join(service: Service, chat: Chat, role: str) -> Chat:
    async with service.store.write() as unit:
        code = await staff.invite(unit, role)
    await chat.say(code)
    return chat


@pytest.fixture
async def worker(service: Service, someone: Callable[[str], Chat]) -> Chat:
    """Community staff."""
    return await join(service, someone("community-1"), "community")


async def arrived(service: Service) -> list[tuple[str, Reply]]:
    """What people get: (channel, the message in Chinese)."""
    async with service.store.read() as unit:
        rows = await unit.rows(sa.select(outbox).where(outbox.c.kind == "broadcast").order_by(outbox.c.id))
        return [(row["channel"], (await batches.words_of(unit, row["batch_id"]))["zh_CN"]) for row in rows]


async def write_one(chat: Chat, *, way: str = "志愿活动列表", trade: str = "骑手", when: str = "现在") -> str:
    """From 群发 to the last look."""
    await chat.say("群发", TEXT)
    await chat.tap(way)
    await chat.tap(trade)
    await chat.say("跳过")
    await chat.tap("全部")
    await chat.tap("志愿活动")
    return await chat.say(when)


async def send_all(service: Service, clock: TestClock) -> None:
    """What the courier would do."""
    async with service.store.write() as unit:
        sent = sa.update(outbox).where(outbox.c.kind == "broadcast", outbox.c.state == "queued")
        await unit.execute(sent.values(state="sent", done_at=clock()))


async def test_from_the_word_to_the_rider_who_taps(
    service: Service, worker: Chat, chat: Chat, clock: TestClock, rounds: Rounds
) -> None:
    await chat.say("菜单")
    await chat.say("我的资料")
    await chat.tap("同意")
    await chat.tap("骑手")
    await chat.say("天宁区")
    look = await write_one(worker)
    assert TEXT in look
    assert "不想再收，回“退订”。" in look
    assert "[报名]" in look
    assert "骑手" in look
    assert "发给 1 人：终端 1。" in look
    assert "已提交" in await worker.tap("发送")
    assert await rounds() == 1
    [(channel, said)] = await arrived(service)
    assert channel == "terminal"
    assert said.text.startswith(TEXT)
    clock.move(minutes=1)
    await send_all(service, clock)
    clock.move(minutes=1)
    await chat.deliver(choice=said.options[0].value)
    assert "活动" in chat.text
    await chat.deliver(choice=said.options[0].value)
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(clicks)) == 1


async def test_a_label_or_a_number_typed_is_the_button(
    service: Service, worker: Chat, chat: Chat, clock: TestClock, rounds: Rounds
) -> None:
    """In WeChat a tap sends the label only."""
    await chat.say("菜单")
    await write_one(worker, trade="所有人")
    await worker.tap("发送")
    await rounds()
    clock.move(minutes=1)
    await send_all(service, clock)
    clock.move(minutes=1)
    assert "活动" in await chat.say("报名")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(clicks)) == 1


async def test_a_tap_keeps_the_form_under_way(
    service: Service, worker: Chat, chat: Chat, clock: TestClock, rounds: Rounds
) -> None:
    await chat.say("菜单")
    await write_one(worker, trade="所有人")
    await worker.tap("发送")
    await rounds()
    [(_channel, said), *_rest] = await arrived(service)
    clock.move(minutes=1)
    await send_all(service, clock)
    await chat.say("美团上周五扣了我200说超时 那天下暴雨")
    clock.move(minutes=1)
    await chat.deliver(choice=said.options[0].value)
    assert any("接着" in label or "继续" in label for label in chat.labels), chat.labels


async def test_workers_are_refused_kindly(service: Service, chat: Chat) -> None:
    assert "群发由社区工作人员来做" in await chat.say("群发")
    assert "群发由社区工作人员来做" in await chat.say("群发进度")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(broadcasts)) == 0


async def test_the_union_sends_none(service: Service, someone: Callable[[str], Chat]) -> None:
    rep = await join(service, someone("union-1"), "union")
    assert "群发由社区工作人员来做" in await rep.say("群发")


async def test_tried_out_changed_and_given_up(service: Service, worker: Chat, chat: Chat) -> None:
    await chat.say("菜单")
    await write_one(worker)
    assert "正发到您自己的聊天里" in await worker.tap("先发给我看看")
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(outbox).where(outbox.c.kind == "notice"))
        said = Reply.from_json(unit.vault.open_json(row["payload"], payload_aad(row["id"]))["reply"])
    assert said.text.startswith("（试发，只有您收到）")
    assert [one.value for one in said.options] == ["go:volunteer"]
    await worker.tap("改一项")
    await worker.tap("对象")
    assert "所有人" in await worker.tap("所有人")
    await worker.tap("取消")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(broadcasts)) == 0


async def test_nobody_left_is_said(service: Service, worker: Chat) -> None:
    await write_one(worker, trade="货车司机")
    assert "没有人会收到" in await worker.tap("发送")


async def test_many_need_a_second_person(
    service: Service, worker: Chat, someone: Callable[[str], Chat], rounds: Rounds
) -> None:
    async with service.store.write() as unit:
        for number in range(201):
            citizen(unit, f"rider-{number}")
    await write_one(worker)
    assert "要另一位同事同意" in await worker.tap("发送")
    await worker.tap("看进度")
    assert "批准" not in worker.labels
    broadcast = worker.option("撤回修改").value.partition("b=")[2].partition("&")[0]
    await worker.deliver(choice=f"go:broadcasts?b={broadcast}&do=approve")
    assert "要另一位同事来同意" in worker.text
    assert await rounds() == 0
    second = await join(service, someone("community-2"), "community")
    await second.say("群发进度")
    await second.tap("待同意")
    assert TEXT in second.text
    await second.tap("批准")
    assert await rounds() == 201
    await second.say("群发进度")
    await second.tap("正在发")
    assert "排队中 201" in second.text
    await second.tap("停止")
    await second.tap("停止")
    assert "已停止" in second.text


async def test_at_a_time_to_come(service: Service, worker: Chat, chat: Chat, clock: TestClock, rounds: Rounds) -> None:
    await chat.say("菜单")
    assert "已经过了" in await write_one(worker, trade="所有人", when="今天上午8点")
    assert "2026-11-18 15:30" in await worker.say("后天下午3点半")
    assert "2026-11-18 15:30" in await worker.tap("发送")
    assert await rounds() == 0
    clock.move(days=2, hours=1)
    assert await rounds() == 2  # the rider, and the worker


async def test_unsubscribing_from_the_last_line(service: Service, worker: Chat, chat: Chat, rounds: Rounds) -> None:
    async with service.store.write() as unit:
        citizen(unit, "somebody else")
    await chat.say("退订")
    await chat.tap("志愿活动")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(opt_outs.c.topic)) == "volunteering"
    assert "已退订 1" in await write_one(worker, trade="所有人")
    await worker.tap("发送")
    assert await rounds() == 2  # somebody else, and the worker


async def test_begun_below_an_activity_it_leads_there(service: Service, worker: Chat) -> None:
    async with service.store.write() as unit:
        slot: dict[str, Any] = {"title": "楼道排查", "task": "x", "place": "x", "capacity": 5, "code": "123456"}
        hours = {"starts_at": unit.now, "ends_at": unit.now + timedelta(hours=1), "created_at": unit.now}
        unit.insert(slots, id=77, status="open", **slot, **hours)
    await worker.deliver(choice="go:new_broadcast?slot=77")
    assert "发给谁" in await worker.say(TEXT)
    await worker.deliver(choice="go:new_broadcast?slot=78")
    assert "按钮" in await worker.say(TEXT)
