"""取消 gave two bubbles, a refused consent three that said the same; one spoke of answers that nobody had given."""

from __future__ import annotations

from bot.messages import Event
from tests.support import Chat


async def test_cancel(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团")
    text = await chat.say("取消")
    assert len(chat.replies) == 1
    assert text.startswith("好，取消了，什么都没提交。\n")
    assert "提诉求" in chat.labels


async def test_cancel_of_a_question_about_nothing_filled(chat: Chat) -> None:
    assert (await chat.say("注销", "取消")).startswith("好，取消了。\n")


async def test_a_refused_consent(chat: Chat) -> None:
    await chat.say("投诉", "罚款", "美团")
    text = await chat.say("不同意")
    assert len(chat.replies) == 1
    assert "不记也不报" in text
    assert "取消" not in text


async def test_back_to_the_question(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    await chat.say("返回")
    await chat.say("返回")
    assert len(chat.replies) == 1
    await chat.happen(Event.EDITED)
    assert len(chat.replies) == 1


async def test_options_of_what_came_between_do_not_take_the_numbers(chat: Chat) -> None:
    await chat.say("投诉", "罚款")
    await chat.say("帮助")
    assert chat.labels[0] == "美团"
    await chat.say("退订", "全部")
    assert chat.labels[0] == "美团"
