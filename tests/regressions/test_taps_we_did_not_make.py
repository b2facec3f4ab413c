"""A made-up tap (anybody can post one on the web) failed three times and was parked, or filled the table of votes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import parked
from handlers.policy.tables import questions, votes
from tests.support import Chat


@pytest.mark.parametrize(
    "value",
    [
        f"go:vote?id={'x' * 200}&v=1",
        "go:vote?id=no-such-article&v=0",
        "go:vote",
        "go:ask?from=²",
        "go:ask?from=-1",
        "go:ask?topic=nothing&from=99999999999999999999",
        f"go:article?id={'x' * 5000}",
        "go:call?number=';--",
    ],
)
async def test_a_made_up_tap_is_answered_and_leaves_nothing(service: Service, chat: Chat, value: str) -> None:
    await chat.deliver(choice=value)
    assert chat.text
    async with service.store.read() as unit:
        for table in (parked, votes, questions):
            assert await unit.rows(sa.select(table)) == []


async def test_one_unhelpful_answer_is_noted_once_however_often_it_is_tapped(service: Service, chat: Chat) -> None:
    await chat.say("新职伤要自己交钱吗")
    answered = chat.replies
    for _time in range(3):
        chat.replies = answered
        await chat.tap("没用")
    async with service.store.read() as unit:
        assert [row["reason"] for row in await unit.rows(sa.select(questions))] == ["unhelpful"]
