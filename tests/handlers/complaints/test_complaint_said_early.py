"""What is said at a question it does not answer goes where it belongs; who is afraid is told who sees what."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite

ASKED_CONSENT = ("投诉", "罚款", "美团")
ASKED_DAY = (*ASKED_CONSENT, "同意")
ASKED_PLACE = (*ASKED_DAY, "昨天")
LAST_LOOK = (*ASKED_PLACE, "跳过", "150", "系统说没送到 扣了我", "跳过", "1")
PROMISE = "平台看不到"


async def test_said_before_consent(chat: Chat) -> None:
    assert "记下了：上周五（11月13日）" in await chat.say(*ASKED_CONSENT, "上周五")
    assert "记下了：3200 元" in await chat.say("三千二")
    assert "记下了：天宁区" in await chat.say("天宁区")
    await chat.say("同意", "系统说没送到 扣了我", "跳过", "1")
    assert "11月13日 · 3200 元 · 天宁区" in chat.text


async def test_no_answer_is_still_told_apart(chat: Chat) -> None:
    assert "没对上" in await chat.say(*ASKED_CONSENT, "无语")
    assert "没看懂是哪天" in await chat.say("同意", "无语")


async def test_a_place_at_the_question_of_the_day(chat: Chat) -> None:
    text = await chat.say(*ASKED_DAY, "天宁区")
    assert "记下了：天宁区" in text and "哪天" in text
    assert "多少钱" in await chat.say("昨天")


async def test_day_and_place_together(chat: Chat) -> None:
    text = await chat.say(*ASKED_DAY, "昨天在天宁区")
    assert "天宁区" in text and "多少钱" in text
    assert "哪天" in await chat.say("返回")


async def test_a_sentence_at_the_question_of_the_place(chat: Chat) -> None:
    text = await chat.say(*ASKED_PLACE, "补充一下 客服电话打了5次都不理")
    assert "记到经过里了" in text and "哪个区" in text
    text = await chat.say("武进区", "200", "系统说没送到", "跳过", "1")
    assert "武进区" in text and "客服电话打了5次" in text


@pytest.mark.parametrize(("said", "noted"), [("两百", "200 元"), ("三百块", "300 元"), ("上周五", "11月13日")])
async def test_no_place(chat: Chat, said: str, noted: str) -> None:
    text = await chat.say(*ASKED_PLACE, said)
    assert noted in text and "哪个区" in text


@pytest.mark.parametrize("said", ["八佰伴", "三号桥", "五一路", "万达", "不知道在哪", "不清楚哪个区"])
async def test_a_place_with_a_number_or_none(chat: Chat, said: str) -> None:
    assert "多少钱" in await chat.say(*ASKED_PLACE, said)


async def test_a_long_place_is_a_place(chat: Chat) -> None:
    assert "多少钱" in await chat.say(*ASKED_PLACE, "红梅街道永宁路老客服中心对面")


async def test_a_sentence_with_the_day_in_it(chat: Chat) -> None:
    assert "哪个区" in await chat.say(*ASKED_DAY, "就昨天晚上 系统说我超时 客服不理")
    assert "还要补充吗" in await chat.say("跳过", "150")


@pytest.mark.parametrize("said", ["我要投诉 但是我怕被报复", "投诉站长 别让他知道是我", "美团扣了我200 怕被穿小鞋"])
async def test_afraid_from_the_start(chat: Chat, said: str) -> None:
    text = await chat.say(said)
    assert PROMISE in text and "？" in text


@pytest.mark.parametrize("said", ["怕被报复", "会不会被站长知道", "平台会知道吗", "别让站长知道是我"])
async def test_afraid_on_the_way(chat: Chat, said: str) -> None:
    for begun, asked in ((("投诉",), "遇到什么事"), (("罚款", "美团"), "同意我记下来吗"), (("同意",), "哪天")):
        await chat.say(*begun)
        text = await chat.say(said)
        assert PROMISE in text and asked in text


@pytest.mark.parametrize(
    ("said_before", "said", "asked"),
    [
        (LAST_LOOK[:-1], "我怕站长知道 不留名", "提交前看一眼"),
        (ASKED_CONSENT[:2], "美团 但是我怕被报复", "同意我记下来吗"),
        (ASKED_CONSENT, "同意 不过怕平台知道", "哪天"),
    ],
)
async def test_an_answer_beside_the_fear(chat: Chat, said_before: tuple[str, ...], said: str, asked: str) -> None:
    text = await chat.say(*said_before, said)
    assert PROMISE in text and asked in text and "没对上" not in text


async def test_a_fear_is_no_story(chat: Chat) -> None:
    await chat.say("我要投诉 但是我怕被报复", "罚款", "美团", "同意", "昨天", "跳过", "150")
    assert "经过是怎样的" in chat.text


async def test_not_handed_in_yet(chat: Chat) -> None:
    assert "还没提交" in await chat.say(*LAST_LOOK, "撤回")
    assert "提交前看一眼" in await chat.tap("接着填")
    await chat.say("撤诉")
    assert "什么都没提交" in await chat.tap("不交了")
    assert "还没有提过" in await chat.say("我的诉求")


async def test_one_is_filed_and_one_half_done(chat: Chat) -> None:
    await chat.say(*LAST_LOOK, "提交", "投诉", "罚款", "撤回")
    assert "为什么撤回" in await chat.tap("以前提的")


async def test_a_family_without_money(chat: Chat) -> None:
    text = await chat.say("工资拖了三个月 一家人都活不下去了")
    assert text.startswith("您的难处我听到了") and "拖欠报酬" in text and "12356" not in text
    assert "12356" in await chat.say("我真的活不下去了")
