"""Zhi Yuan, asked for their name, was taken to the volunteers (志愿), Yu Yan to the languages: a sound that may be the
answer to an open question is that; said to nobody's question it is still the word."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("name", ["Zhi Yuan", "yuyan", "Jin Du"])
async def test_it_is_a_name(chat: Chat, name: str) -> None:
    await chat.say("投诉", "扣款罚款", "美团", "同意", "昨天", "天宁区", "200", "说我超时 其实是暴雨", "跳过")
    await chat.tap("留姓名和电话")
    assert "手机号" in await chat.say(name)
    assert name in await chat.say("13800138000")


@pytest.mark.parametrize(("said", "opened"), [("zhi yuan", "活动"), ("tou su", "遇到什么事了")])
async def test_it_is_a_word_where_nothing_is_asked(chat: Chat, said: str, opened: str) -> None:
    assert opened in await chat.say(said)
