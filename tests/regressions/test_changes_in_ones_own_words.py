"""“地址错了” was not understood (the label is 地点); “金额不对 是600” asked for the amount again."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite

FILLED = ("投诉", "罚款", "美团", "同意", "昨天", "天宁区", "200", "说我超时，那天下雨", "跳过", "不留姓名")


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("地址错了", "哪个区"),
        ("改一下地址", "哪个区"),
        ("地点不是天宁区", "哪个区"),
        ("时间不对", "哪天"),
        ("钱数改一下", "多少钱"),
        ("公司错了", "哪个平台"),
        ("换张截图", "截图"),
    ],
)
async def test_the_answer_meant_is_asked_again(chat: Chat, said: str, asked: str) -> None:
    await chat.say(*FILLED)
    assert asked in await chat.say(said)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("金额不对 是600", "600 元"),
        ("地址错了，是新北区", "新北区"),
        ("日期改成前天", "11月14日"),
        ("平台错了 是饿了么", "饿了么"),
    ],
)
async def test_what_is_told_at_once_is_taken(chat: Chat, said: str, shown: str) -> None:
    await chat.say(*FILLED)
    text = await chat.say(said)
    assert "提交前看一眼" in text
    assert shown in text
