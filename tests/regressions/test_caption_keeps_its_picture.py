"""A picture with a caption lost the picture when the open question took the caption's words."""

from __future__ import annotations

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


async def test_more_early_pictures_than_fit_are_left(service: Service, chat: Chat) -> None:
    await chat.say("投诉", "1", "美团", "同意")
    await chat.photo(*(f"early-{number}" for number in range(12)))
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(media))) == 9
