"""A picture with a caption lost the picture when the open question took the caption's words, and when it could not."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Media
from bot.store.tables import media
from tests.support import Chat


async def test_the_picture_of_a_caption_is_kept(service: Service, chat: Chat) -> None:
    await chat.say("投诉", "1", "美团", "同意")
    await chat.deliver(text="昨天", media=(Media("photo", "with-caption"),))
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(media))) == 1


@pytest.mark.parametrize("caption", ["你看看这个图嘛", "这个图看得清吗？"])
async def test_so_is_that_of_a_caption_that_is_no_answer(service: Service, chat: Chat, caption: str) -> None:
    await chat.say("投诉", "1", "美团", "同意")
    await chat.deliver(text=caption, media=(Media("photo", "with-caption"),))
    assert "哪天" in chat.text
    assert ("图片先记下了" in chat.text) == ("？" not in caption)  # a question is spoken to first
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(media))) == 1
    await chat.say("昨天", "天宁区", "跳过", "等了一个月还没发", "跳过", "匿名")
    assert "1 张图" in chat.text


async def test_more_early_pictures_than_fit_are_left(service: Service, chat: Chat) -> None:
    await chat.say("投诉", "1", "美团", "同意")
    await chat.photo(*(f"early-{number}" for number in range(12)))
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(media))) == 9
