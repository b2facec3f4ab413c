"""A broadcast's picture, kept sealed like any other."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from bot.people import Person
from bot.pictures import check, in_thread
from bot.store import media as store_media
from bot.store.media import Blobs
from bot.store.store import Store
from bot.store.tables import media
from bot.store.unit import Unit


async def keep(store: Store, blobs: Blobs, person_id: int, content: bytes) -> int:
    """Keep an uploaded picture as this member's; gives its id. Raises `BadPicture`."""
    await in_thread(check, content)
    one = await asyncio.to_thread(
        store_media.keep, blobs, store.vault, content, kind="photo", name="", mime="image/jpeg"
    )
    async with store.write() as unit:
        owner = Person(person_id, 0, "web", "", "", "")
        return store_media.want(unit, owner, one)


async def is_kept(unit: Unit, media_id: int | None) -> bool:
    """False while a platform still has it, when it could not be had, or is gone."""
    if media_id is None:
        return False
    return bool(await unit.value(sa.select(media.c.status == "kept").where(media.c.id == media_id)))
