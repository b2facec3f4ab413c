"""“投诉”, typed once more in the middle, threw away what had been filled in."""

from __future__ import annotations

from tests.support import Chat


async def test_it_goes_on(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天")
    text = await chat.say("投诉")
    assert "接着填" in text
    assert "哪个区" in text
    assert len(chat.replies) == 1


async def test_restart_begins_anew(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天")
    assert "遇到什么事" in await chat.say("重来")
