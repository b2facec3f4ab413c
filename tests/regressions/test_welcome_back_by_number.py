"""After a month away, a typed 1 or 接着填 was taken as the answer to the old question, not to “go on?”."""

from __future__ import annotations

import pytest

from tests.support import Chat, TestClock


async def _away_at_the_amount(chat: Chat, clock: TestClock) -> None:
    await chat.say("投诉", "罚款", "美团", "同意", "昨天", "天宁区")
    clock.move(days=31)
    assert "接着填" in await chat.say("你好")


@pytest.mark.parametrize("said", ["1", "接着填", "第一个", "嗯哪我接着弄"])
async def test_going_on(chat: Chat, clock: TestClock, said: str) -> None:
    await _away_at_the_amount(chat, clock)
    assert "多少钱" in await chat.say(said)


async def test_starting_again_by_number(chat: Chat, clock: TestClock) -> None:
    await _away_at_the_amount(chat, clock)
    assert "遇到什么事" in await chat.say("2")


async def test_other_matters_do_not_wait(chat: Chat, clock: TestClock) -> None:
    await _away_at_the_amount(chat, clock)
    clock.move(days=31)
    assert "还没有提过诉求" in await chat.say("我的诉求")
    clock.move(days=31)
    assert "120" in await chat.say("我被车撞了 腿动不了")
