"""我在天宁区, 我搬到武进区了: kept for the answers, if they want it."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import people
from tests.support import Chat


async def region(service: Service) -> str:
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(people.c.region))
        return str(row["region"] or "")


async def test_is_kept_after_consent(service: Service, chat: Chat) -> None:
    assert "常州市天宁区" in await chat.say("我在天宁区")
    assert "同意" in await chat.say("好")
    assert await region(service) == ""
    assert "记下了：天宁区" in await chat.say("同意")
    assert await region(service) == "320402"
    assert "记着呢" in await chat.say("我在天宁区跑单")
    assert "武进区" in await chat.say("我搬到武进区了", "记住")
    assert await region(service) == "320412"


async def test_is_not_kept(service: Service, chat: Chat) -> None:
    assert "不记" in await chat.say("我现在人在北京", "不用")
    assert "不记" in await chat.say("我在天宁区", "1", "不同意")
    assert await region(service) == ""


@pytest.mark.parametrize("said", ["我在送餐", "我在家", "我在医院", "我在常州有社保"])
async def test_is_no_place(chat: Chat, said: str) -> None:
    assert "要记住" not in await chat.say(said)


async def test_answers_the_question_of_a_form(chat: Chat) -> None:
    assert "多少钱" in await chat.say("投诉", "罚款", "美团", "同意", "昨天", "我在天宁区")
