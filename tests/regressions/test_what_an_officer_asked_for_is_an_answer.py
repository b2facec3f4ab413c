"""An officer asked for a phone number, or who it was: 13800138000 and 是平台的人 were taken for words to the bot, which
said that no numbers are needed here; they never reached the case."""

from __future__ import annotations

import pytest

from tests.desk.test_case_answers import PASSED_ON, Desk, desk, rider, service
from tests.support import Chat, on_sqlite

__all__ = ["desk", "rider", "service"]
pytestmark = on_sqlite


@pytest.mark.parametrize("words", ["13800138000", "我的手机号是13800138000", "是平台的人", "是美团的人", "要钱"])
async def test_it_reaches_the_case(desk: Desk, rider: Chat, words: str) -> None:
    assert PASSED_ON in await rider.say(words)
    assert words in await desk.page()


@pytest.mark.parametrize("words", ["你们是干嘛的", "你们收钱吗", "你们是不是骗子", "你是谁"])
async def test_what_is_asked_of_us_is_answered_here(desk: Desk, rider: Chat, words: str) -> None:
    assert PASSED_ON not in await rider.say(words)


async def test_a_number_nobody_asked_for_is_not_needed(chat: Chat) -> None:
    assert "不用发到这里" in await chat.say("13800138000")
