"""“1 跳过” stood below open questions, but a typed 1 was refused, or kept as 1 yuan."""

from __future__ import annotations

from bot.channels.numbered import numbered
from tests.support import Chat


async def test_the_number_of_skip_skips(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "3")
    assert "哪个区" in chat.text
    assert "多少钱" in await chat.say("1")


async def test_where_a_number_is_an_answer_no_option_has_one(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "天宁区")
    assert numbered(chat.replies)[-1].endswith("· 跳过")
    await chat.say("1", "乱扣钱", "跳过", "不留姓名")
    assert "1 元" in chat.text


async def test_the_button_beside_it_still_skips(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "天宁区")
    assert "经过" in await chat.tap("跳过")
