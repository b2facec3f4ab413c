"""A picture sent into a form that takes none, or past the most it takes, was called noted, and nobody ever saw it."""

from __future__ import annotations

from bot.app import Service
from bot.store.tables import media
from tests.support import Chat


async def kept(service: Service) -> int:
    async with service.store.read() as unit:
        return len(await unit.rows(media.select()))


async def test_it_is_held_for_a_complaint(chat: Chat, service: Service) -> None:
    await chat.say("办参保")
    text = await chat.photo("payslip")
    assert "这里用不上图片" in text
    assert "哪年几月" in text
    assert await kept(service) == 0
    assert "1 张图也记下了" in await chat.say("投诉")


async def test_past_the_most_it_is_said(chat: Chat, service: Service) -> None:
    await chat.say("投诉")
    for number in range(9):
        assert "图片先记下了" in await chat.photo(f"one-{number}")
    assert "已经有 9 张了" in await chat.photo("ten")
    assert await kept(service) == 9
