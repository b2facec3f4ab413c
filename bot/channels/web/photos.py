"""Photos: sealed and on disk before the message is handled, shown to nobody but the person who sent them here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import sqlalchemy as sa
from starlette.requests import Request

from bot.channels.web import transcript
from bot.channels.web.body import Said
from bot.channels.web.form import Form
from bot.filetypes import NotTaken, type_of
from bot.messages import Media
from bot.store import media as store_media
from bot.store.media import Blobs
from bot.store.receipts import key_mac
from bot.store.store import Store
from bot.store.tables import media, receipts
from bot.store.vault import CannotOpen


class Photos:
    """The uploads of one process."""

    def __init__(self, store: Store, blobs: Blobs) -> None:
        self.store = store
        self.blobs = blobs

    async def read(self, request: Request, boundary: bytes, natural_key: Callable[[str], str]) -> Said:
        """A message from a form; its photos are stored when this returns, none when it raises."""

        async def keep(content: bytes, name: str, mime: str, key: str) -> Media | None:
            # a message handled before gets its old answer: its photos need not be stored again
            if key and await self._is_handled(natural_key(key)):
                return None
            return await self._keep(content, name, mime)

        form = Form(keep)
        try:
            return await form.read(request, boundary)
        except BaseException:
            for one in form.photos:
                await asyncio.to_thread(self.blobs.erase, int(one.ref.split(":")[1]))
            raise

    async def _keep(self, content: bytes, name: str, mime: str) -> Media:
        vault = self.store.vault
        kind, _mime = type_of(content)
        return await asyncio.to_thread(store_media.keep, self.blobs, vault, content, kind=kind, name=name, mime=mime)

    async def _is_handled(self, key: str) -> bool:
        async with self.store.read() as unit:
            statement = sa.select(receipts.c.id).where(receipts.c.key_mac == key_mac(unit, key))
            return await unit.value(statement) is not None

    async def open(self, address: str, photo: str) -> tuple[bytes, str] | None:
        """(content, media type) of a photo of the person at this address; None for any other."""
        if not photo.isdecimal() or len(photo) > 19 or int(photo) > transcript.LARGEST_ID:
            return None
        async with self.store.read() as unit:
            who = await transcript.known(unit, address)
            own = sa.and_(media.c.id == int(photo), media.c.status == "kept")
            mine = who is not None and await unit.value(
                sa.select(media.c.id).where(own, media.c.person_id == who.person_id)
            )
        if not mine:
            return None
        try:
            content = await asyncio.to_thread(self.blobs.read, self.store.vault, int(photo))
        except (FileNotFoundError, CannotOpen):
            return None
        try:
            return content, type_of(content)[1]
        except NotTaken:
            return content, "application/octet-stream"
