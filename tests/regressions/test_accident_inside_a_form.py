"""“我被车撞了 腿动不了” in the middle of a form became the name of the company."""

from __future__ import annotations

from tests.support import Chat


async def test_help_comes_first(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    assert "120" in await chat.say("我被车撞了 腿动不了")
    assert "哪个平台" in await chat.say("取消")


async def test_a_story_of_an_accident_is_a_story(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "跳过", "跳过")
    assert "截图" in await chat.say("我被车撞了 腿动不了")
