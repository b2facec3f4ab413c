"""A bare number that is no option was looked up in the policies: 3 found the rule of the first of March."""

from __future__ import annotations

from tests.support import Chat


async def test_a_number_that_picks_nothing_shows_the_menu(chat: Chat) -> None:
    await chat.say("我的积分")
    assert "没有这个编号" in await chat.say("9")
    assert "问政策" in chat.labels


async def test_a_number_that_picks_something_still_does(chat: Chat) -> None:
    await chat.say("菜单")
    assert "报给" in await chat.say("3")
