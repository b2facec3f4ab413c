"""谢谢 got an article on tips, 你是谁 “not my field”, a curse the same; 罚款 alone too."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("谢谢", "不客气"),
        ("好的", "有事随时说"),
        ("你是真人吗", "不是真人"),
        ("有人吗", "要办什么"),
        ("操你妈的 什么破平台", "憋了一肚子火"),
        ("罚款", "看哪一条"),
        ("english", "From now on in English"),
        ("hi", "For English, reply “English”."),
        ("I want to complain about my platform", "For English, reply “English”."),
    ],
)
async def test_is_answered_plainly(chat: Chat, said: str, answer: str) -> None:
    await chat.say("菜单")
    assert answer in await chat.say(said)


async def test_good_is_still_an_answer(chat: Chat) -> None:
    assert "哪天" in await chat.say("投诉", "罚款", "美团", "好的")


async def test_agreeing_in_english(chat: Chat) -> None:
    assert "When was it" in await chat.say("english", "complain", "2", "Meituan", "agree")


async def test_english_is_mentioned_once(chat: Chat) -> None:
    await chat.say("how do I pay for insurance")
    assert "For English" not in await chat.say("how do I pay for a pension")


async def test_not_sure_still_shows_what_is_near(chat: Chat) -> None:
    await chat.say("货车超载罚款")
    assert any("货" in label for label in chat.labels)
    assert "转人工" in chat.labels
