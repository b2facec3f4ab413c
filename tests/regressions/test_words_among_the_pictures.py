"""Who wrote on where pictures are asked for was told to send pictures, and the words were lost."""

from __future__ import annotations

from tests.support import Chat

ASKED = ("投诉", "罚款", "美团", "同意", "昨天", "天宁区", "200", "说我超时")


async def test_they_belong_to_the_story(chat: Chat) -> None:
    await chat.say(*ASKED)
    text = await chat.say("站长还说不交就别跑了")
    assert "经过" in text
    assert "截图" in text
    assert "站长还说不交就别跑了" in await chat.say("没有截图", "不留姓名")


async def test_done_is_offered_once_there_are_some(chat: Chat) -> None:
    await chat.say(*ASKED[:-1])
    await chat.photo("early")
    await chat.say("说我超时")
    assert chat.labels == ["好了"]
    assert "姓名" in await chat.say("1")
