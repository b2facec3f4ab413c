"""“记下了：瞎写的地方” was said, and nothing was kept; 我的数据 showed a code instead of a name."""

from __future__ import annotations

from tests.support import Chat


async def test_an_unknown_place_is_asked_again(chat: Chat) -> None:
    await chat.say("我的资料", "同意", "骑手")
    assert "没看懂是哪里" in await chat.say("瞎写的地方")
    assert "武进区" in await chat.say("武进")
    assert "武进区" in await chat.say("我的数据")


async def test_nothing_told_is_nothing_noted(chat: Chat) -> None:
    assert "没有改动" in await chat.say("我的资料", "同意", "跳过", "跳过")
