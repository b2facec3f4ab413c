"""“跳过” became the story of a complaint, “好了” its place; “没截图” and “忘了” were not understood."""

from __future__ import annotations

import pytest

from bot.understand.nothing import is_skip, no_pictures
from tests.support import Chat


async def test_a_story_is_needed(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "跳过", "跳过", "跳过")
    assert "不能空着" in await chat.say("跳过")
    assert "截图" in await chat.say("乱扣我的钱")


async def test_well_is_no_place(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天")
    assert "哪个区" in await chat.say("好了")


@pytest.mark.parametrize("said", ["跳过", "没有啊", "忘了", "不记得了", "我不知道", "记不清了", "no", "I don't know"])
def test_words_that_skip(said: str) -> None:
    assert is_skip(said)


@pytest.mark.parametrize("said", ["没有给我钱", "不知道为什么扣我钱", "没", "不用工资了"])
def test_words_that_tell(said: str) -> None:
    assert is_skip(said) == (said == "没")


@pytest.mark.parametrize("said", ["没截图", "没有照片", "没拍照片", "没留证据", "不用了", "no screenshots"])
def test_no_pictures(said: str) -> None:
    assert no_pictures(said)
