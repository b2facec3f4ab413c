"""A location sent before its question was lost, and so was a picture sent before the form."""

from __future__ import annotations

import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import media
from tests.support import Chat, TestClock


async def test_an_early_location_answers_its_question(chat: Chat) -> None:
    await chat.say("投诉")
    assert "定位记下了" in await chat.locate(31.78, 119.95, "常州市天宁区红梅公园")
    await chat.say("罚款", "美团", "同意")
    assert "多少钱" in await chat.say("昨天")
    await chat.say("200", "乱扣我的钱", "跳过", "不留姓名")
    assert "天宁区" in chat.text


async def test_a_picture_opens_the_form_and_is_in_it(service: Service, chat: Chat) -> None:
    await chat.photo("first", "second")
    assert "2 张图" in await chat.say("美团昨天扣了我200块 说我超时")
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(media))) == 2


async def test_only_for_an_hour(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.photo("first")
    clock.move(hours=2)
    assert "张图" not in await chat.say("美团昨天扣了我200块 说我超时")
    async with service.store.read() as unit:
        assert await unit.rows(sa.select(media)) == []
