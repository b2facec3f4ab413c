"""A declined or unhelpful question that was then handed over to staff stood twice in their queue."""

from __future__ import annotations

import pytest

from bot.app import Service
from handlers.policy import questions
from tests.support import Chat


@pytest.mark.parametrize("said", [("货车超载罚款",), ("新职伤要自己交钱吗", "没用")])
async def test_a_question_handed_over_stands_once(service: Service, chat: Chat, said: tuple[str, ...]) -> None:
    await chat.say(*said, "人工")
    await chat.tap(chat.labels[0])
    async with service.store.read() as unit:
        [waiting] = await questions.waiting(unit)
    assert (waiting.words, waiting.reason, waiting.wanted) == (said[0], "asked", True)
    assert waiting.due_on is not None
