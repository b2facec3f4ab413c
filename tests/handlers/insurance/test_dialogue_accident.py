"""我出事了: life first, a screen at a time; evidence sealed, reminders promised and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from bot.dispatcher import Dispatcher
from bot.store import outbox
from bot.store.tables import media
from bot.store.tables import outbox as table
from handlers.insurance.service import Insurance
from tests.support import Chat, TestClock


async def waiting(dispatcher: Dispatcher) -> list[dict[str, Any]]:
    """The notices that wait: when, and what they say."""
    wanted = sa.select(table).where(table.c.kind == "notice", table.c.state == "waiting").order_by(table.c.due_at)
    async with dispatcher.store.read() as unit:
        return [
            {"due": row["due_at"], **unit.vault.open_json(row["payload"], outbox.payload_aad(row["id"]))["reply"]}
            for row in await unit.rows(wanted)
        ]


async def test_from_the_first_minute_to_the_claim(chat: Chat, dispatcher: Dispatcher) -> None:
    text = await chat.say("我被车撞了")
    assert text.startswith("人要紧")
    assert text.index("120") < text.index("110")
    assert "不要挪车" in text and "不要私了" in text
    assert "122" in await chat.say("1"), "what happened was told, and is not asked"
    assert "医院" in await chat.say("交警来了")
    text = await chat.say("在医院了")
    assert "一键报案" in text
    assert "人社部发〔2025〕24号" in text
    assert "哪天" in await chat.say("报了")
    assert "劳动合同" in await chat.say("今天")
    assert "加密" in await chat.say("没签")
    await chat.say("不用", "常州")
    text = chat.text
    for step in ("平台提出职业伤害确认申请", "结论书", "劳动能力鉴定", "申请待遇", "没有核实", "12333", "2022-07-01"):
        assert step in text
    assert "天内" not in text, "no time limit is named where none is confirmed"
    assert "提醒" in await chat.say("下一步")
    assert "好好养伤" in await chat.say("不用")
    assert await waiting(dispatcher) == []


async def test_somebody_who_can_not_move_is_sent_to_120_first(chat: Chat) -> None:
    text = await chat.say("送餐摔了腿动不了")
    assert text.splitlines()[0].endswith("马上打 120。")
    text = await chat.say("叫了120了")
    assert "拍下地点" in text, "a fall, not a crash"


async def test_with_a_contract_the_legal_days_are_named(chat: Chat) -> None:
    await chat.say("昨天出车祸了", "1", "1", "1", "已经报了", "签了", "不用", "常州")
    assert "30 天内申请，最晚 2026-12-15" in chat.text
    assert "12 个月内申请，最晚 2027-11-15" in chat.text
    assert "国务院令第586号" in chat.text


async def test_not_knowing_shows_both_ways(chat: Chat) -> None:
    await chat.say("我摔了", "1", "1", "1", "报了", "昨天", "不知道", "不用", "常州")
    assert "走工伤保险" in chat.text
    assert "走职业伤害保障" in chat.text


async def test_a_day_long_ago_is_told_to_be_late(chat: Chat) -> None:
    await chat.say("我摔了", "1", "1", "1", "报了", "2025年6月1号", "签了", "不用", "常州")
    assert "已经过了" in chat.text
    assert "12348" in chat.text


async def test_a_refusing_platform_becomes_a_complaint_and_the_way_goes_on(chat: Chat) -> None:
    await chat.deliver(choice="go:accident?company=meituan")
    await chat.say("1", "自己摔了", "1", "1")
    text = await chat.say("平台不给报")
    assert "12333" in text
    assert chat.option("请工会出面").value == "go:complaint?category=injury&company=meituan"
    await chat.tap("请工会出面")
    assert "哪天出的事" in await chat.say("取消")


@pytest.mark.parametrize(("said", "told"), [("找不到", "客服"), ("还没", "今天一定报"), ("没接单", "一般不算")])
async def test_a_report_that_did_not_go_through(chat: Chat, said: str, told: str) -> None:
    await chat.say("我摔了", "1", "1", "1")
    assert told in await chat.say(said)
    assert "哪天" in chat.text


async def test_pictures_are_kept_for_who_agrees(chat: Chat, dispatcher: Dispatcher) -> None:
    await chat.say("我摔了", "1", "1", "1", "报了", "今天", "没签", "要")
    assert "同意" in " ".join(chat.labels)
    await chat.tap("同意")
    await chat.photo("file-1", "file-2")
    await chat.say("好了", "常州", "1")
    text = await chat.say("不用")
    assert "2 张照片已加密" in text
    async with dispatcher.store.read() as unit:
        rows = await unit.rows(sa.select(media))
    assert [row["status"] for row in rows] == ["wanted", "wanted"]
    assert all(b"file-" not in row["ref"] for row in rows)


async def test_who_does_not_agree_goes_on_without_pictures_and_reminders(chat: Chat, dispatcher: Dispatcher) -> None:
    await chat.say("我摔了", "1", "1", "1", "报了", "今天", "没签", "要")
    text = await chat.tap("不同意")
    assert "哪个市" in text
    await chat.say("常州", "1")
    assert "明天" in chat.text
    assert "好好养伤" in await chat.say("要")
    assert await waiting(dispatcher) == []
    async with dispatcher.store.read() as unit:
        assert await unit.rows(sa.select(media)) == []


async def test_reminders_are_promised_for_ten_in_the_morning_and_stopped(
    chat: Chat, dispatcher: Dispatcher, clock: TestClock
) -> None:
    await chat.say("我摔了", "1", "1", "1", "报了", "今天", "签了", "不用", "常州", "1", "要")
    assert "明天上午" in await chat.tap("同意")
    promised = await waiting(dispatcher)
    assert [one["due"].isoformat()[:16] for one in promised] == [
        "2026-11-17T02:00",
        "2026-11-19T02:00",
        "2026-11-23T02:00",
        "2026-12-11T02:00",
    ]
    assert "报案" in promised[0]["text"]
    assert [option["value"] for option in promised[0]["options"]] == [
        "go:complaint?category=injury",
        "go:stop_reminders",
    ]
    assert "2026-12-16" in promised[3]["text"] and "依据" in promised[3]["text"]
    clock.move(days=2)
    assert "停了" in await chat.say("停止提醒")
    assert await waiting(dispatcher) == []
    assert "没有提醒" in await chat.say("停止提醒")


async def test_a_second_accident_replaces_the_reminders_of_the_first(chat: Chat, dispatcher: Dispatcher) -> None:
    for _time in range(2):
        await chat.say("我摔了", "1", "1", "1", "报了", "今天", "没签", "不用")
        if "哪个市" in chat.text:
            await chat.say("常州")
        await chat.say("1", "要")
        if "同意" in chat.labels:
            await chat.tap("同意")
    assert len(await waiting(dispatcher)) == 3


async def test_the_way_is_found_again_after_a_break(chat: Chat, clock: TestClock) -> None:
    await chat.say("我被车撞了", "1")
    clock.move(hours=20)
    assert "医院" in await chat.say("交警来了")
    assert "122" in await chat.say("返回")


async def test_in_english(chat: Chat) -> None:
    await chat.say("language", "English")
    text = await chat.say("i was hit by a car")
    assert "120" in text
    assert text.startswith("You come first")


async def test_a_region_without_a_record_is_said_so(insurance: Insurance) -> None:
    from handlers.insurance.chat.accident_screens import claim, own_until

    [text] = claim(insurance, "540000", date(2024, 1, 5), "no", date(2024, 1, 6))
    assert "没有查到西藏" in text
    assert own_until(insurance, date(2028, 2, 29)) == date(2029, 2, 28)
