"""社保怎么叫, shebao zenme jiao: what sounds as a word of the bot is that word."""

from __future__ import annotations

import pytest

from tests.support import Chat, on_sqlite

pytestmark = on_sqlite


@pytest.mark.parametrize("said", ["社保怎么叫", "shebao zenme jiao", "社保怎么教？"])
async def test_joining(chat: Chat, said: str) -> None:
    text = await chat.say(said)
    assert text.startswith("我帮您算") and "For English" not in text


@pytest.mark.parametrize(
    ("said", "answer"), [("tousu", "遇到什么事"), ("wo de su qiu", "还没有提过"), ("我的苏秋", "还没有提过")]
)
async def test_words_of_the_bot(chat: Chat, said: str, answer: str) -> None:
    assert answer in await chat.say(said)


async def test_english_is_no_pinyin(chat: Chat) -> None:
    assert "For English" in await chat.say("hi i am a rider")
