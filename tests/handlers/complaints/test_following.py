"""My complaints: seen step by step, added to, taken back; nobody else's."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.complaints import service as complaints
from handlers.complaints.case import open_case
from handlers.complaints.status import ENDED, TRANSITIONS, NotAllowedError, Status
from handlers.complaints.tables import case_events, cases
from tests.support import Chat, TestClock

Stored = Callable[[], Awaitable[list[dict[str, Any]]]]


async def move(service: Service, code: str, *path: Status, said: str = "") -> None:
    """What the desk does: take a case through these statuses."""
    async with service.store.write() as unit:
        for to in path:
            row = await unit.first(sa.select(cases).where(cases.c.code == code))
            assert row is not None
            case = open_case(unit.vault, row)
            await complaints.move(unit, case, to, "staff:1", said=said, outcome="已退回扣款" if to in ENDED else "")


async def test_nothing_filed_leads_to_filing(chat: Chat) -> None:
    assert "还没有提过诉求" in await chat.say("我的诉求")
    assert "遇到什么事" in await chat.say("1")


async def test_one_case_is_shown_with_its_steps_and_what_comes_next(
    chat: Chat, service, clock: TestClock, filed
) -> None:
    code = await filed(chat)
    text = await chat.say("查进度")
    assert text.splitlines() == [
        code,
        "扣款罚款 · 美团 · 11月13日 · 200 元",
        "11月16日 已收到",
        "接下来：经办人 11月19日前回您，就在这里回。",
    ]
    clock.move(days=1)
    await move(service, code, Status.ACCEPTED, Status.MEDIATION, said="已联系站点")
    text = await chat.say("我的诉求")
    assert "11月17日 已受理：已联系站点\n11月17日 调解中" in text
    assert "正在和企业调解" in text
    await move(service, code, Status.RESOLVED)
    text = await chat.say("我的诉求")
    assert "已解决" in text
    assert "补充" not in chat.labels
    assert "再提一个" in chat.labels


async def test_a_late_answer_is_owned_up_to(chat: Chat, clock: TestClock, filed) -> None:
    await filed(chat)
    clock.move(days=4)
    assert "已经晚了" in await chat.say("我的诉求")


async def test_a_code_typed_alone_opens_its_case(chat: Chat, filed) -> None:
    first = await filed(chat)
    second = await filed(chat, "饿了么封了我的号 昨天开始接不了单")
    assert first != second
    assert "哪一个" in await chat.say("我的诉求")
    assert "封号停单" in await chat.say(second)
    text = await chat.say(first.lower().replace("-", " "))
    assert text.startswith(first)
    assert "有一位不对" in await chat.say(first[:-1] + ("A" if first[-1] != "A" else "B"))


async def test_many_cases_are_listed_newest_first_and_opened_by_number(chat: Chat, filed) -> None:
    await filed(chat)
    await filed(chat, "饿了么封了我的号 昨天开始接不了单")
    await chat.say("我的诉求")
    assert [label.split(" · ")[0] for label in chat.labels] == ["封号停单", "扣款罚款"]
    assert "扣款罚款" in await chat.say("2")


async def test_another_persons_case_does_not_open(chat: Chat, someone, service: Service, stored: Stored, filed) -> None:
    code = await filed(chat)
    stranger = someone("stranger")
    assert "没有找到" in await stranger.say(code)
    [case] = await stored()
    for name in ("my_complaints", "complaint_add", "complaint_withdraw"):
        await stranger.deliver(choice=f"go:{name}?case={case['id']}")
        assert "没有找到" in stranger.text
    async with service.store.write() as unit:
        assert (await complaints.access_own_case(unit, case["person_id"], code=code)).code == code
        with pytest.raises(complaints.NoSuchCaseError):
            await complaints.access_own_case(unit, case["person_id"] + 1, code=code)
        with pytest.raises(complaints.NoSuchCaseError):
            await complaints.access_own_case(unit, case["person_id"], case_id=1)


async def test_words_and_pictures_are_added(chat: Chat, service: Service, stored: Stored, filed) -> None:
    code = await filed(chat)
    await chat.say("我的诉求")
    await chat.tap("补充")
    await chat.say("站长说是系统扣的")
    await chat.photo("screenshot")
    assert code in await chat.say("好了")
    assert "您补充了（1 张图）：站长说是系统扣的" in await chat.say("我的诉求")
    [case] = await stored()
    assert case["attachments"] == 1


async def test_adding_nothing_adds_nothing(chat: Chat, service: Service, filed) -> None:
    await filed(chat)
    await chat.say("我的诉求")
    await chat.tap("补充")
    assert "没有补充" in await chat.say("跳过", "跳过")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(case_events)) == 1


async def test_taking_back_asks_once_more_and_keeps_the_reason_sealed(
    chat: Chat, service, stored: Stored, filed
) -> None:
    code = await filed(chat)
    await chat.say("撤诉", "站长已经把钱退给我了")
    assert "照原样" in await chat.say("先不撤")
    assert (await stored())[0]["status"] == "received"
    await chat.say("不投诉了", "站长已经把钱退给我了")
    assert f"{code} 已撤回" in await chat.say("1")
    [case] = await stored()
    assert (case["status"], case["closed_at"]) == ("withdrawn", service.clock())
    async with service.store.read() as unit:
        events = await unit.rows(sa.select(case_events).order_by(case_events.c.id))
    assert "退给我".encode() not in events[-1]["words"]
    assert "没有正在办的" in await chat.say("撤诉")
    assert "您已撤回" in await chat.say(code)


async def test_an_old_button_of_an_ended_case_changes_nothing(chat: Chat, stored: Stored, filed) -> None:
    await filed(chat)
    await chat.say("我的诉求")
    add, back = chat.option("补充").value, chat.option("撤回").value
    await chat.say("撤诉", "跳过", "确定撤回")
    for old in (add, back):
        await chat.deliver(choice=old)
        assert "已经结束" in chat.text
    assert (await stored())[0]["status"] == "withdrawn"


async def test_a_look_at_my_complaints_in_the_middle_of_a_form_comes_back_to_it(chat: Chat, filed) -> None:
    await filed(chat)
    await chat.say("投诉", "罚款")
    text = await chat.say("我的诉求")
    assert "已收到" in text
    assert "哪个平台" in await chat.tap("接着填")


async def test_a_case_goes_only_where_the_table_lets_it(chat: Chat, service, stored, filed) -> None:
    code = await filed(chat)
    for now, to in itertools.product(Status, Status):
        async with service.store.write() as unit:
            await unit.execute(sa.update(cases).values(status=now.value, closed_at=None, outcome=None))
        before = (await stored())[0]
        if to in TRANSITIONS[now]:
            await move(service, code, to)
            after = (await stored())[0]
            assert (after["status"], after["closed_at"] is not None) == (to.value, to in ENDED)
            assert (after["outcome"] is not None) == (to in ENDED)
        else:
            with pytest.raises(NotAllowedError):
                await move(service, code, to)
            assert (await stored())[0] == before


def test_the_table_of_statuses_is_whole() -> None:
    assert set(TRANSITIONS) == set(Status)
    reached = set().union(*TRANSITIONS.values())
    assert reached == set(Status) - {Status.RECEIVED}
    assert TRANSITIONS[Status.WITHDRAWN] == frozenset()
    assert all(now not in to for now, to in TRANSITIONS.items())
