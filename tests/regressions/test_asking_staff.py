"""人工 after “。” offered to pass “。” on, and a new question typed there was refused for ever."""

from __future__ import annotations

from tests.support import Chat


async def test_what_is_no_question_is_not_passed_on(chat: Chat) -> None:
    await chat.say("。")
    assert "想问什么" in await chat.say("人工")
    assert "工作人员" not in await chat.say("11")
    assert "2 个工作日" in await chat.say("公积金我自己能交吗")


async def test_another_question_is_taken_as_it_is(chat: Chat) -> None:
    await chat.say("扣钱有没有上限", "人工")
    assert "扣钱有没有上限" in chat.text
    assert "2 个工作日" in await chat.say("我想问的是公积金怎么取")


async def test_yes_passes_the_last_one_on(chat: Chat) -> None:
    assert "2 个工作日" in await chat.say("扣钱有没有上限", "人工", "对的转过去吧")
