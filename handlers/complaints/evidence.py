"""A file of a case for staff: the original, a small picture, a copy to forward. Opened for one answer, never written
anywhere in the clear; what is made of a picture is kept sealed beside it and goes with it."""

from __future__ import annotations

import asyncio
from typing import Literal

from starlette.responses import Response

from bot import pictures
from bot.desk.refusal import Refused
from bot.desk.section import Handler
from bot.desk.visit import Visit
from bot.filetypes import SUFFIXES, NotTaken, type_of
from bot.i18n import _
from bot.store.media import Blobs
from bot.store.vault import CannotOpen, Vault
from handlers.complaints.access import access_photo

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})  # what browsers show; the rest is saved
HEIC = "image/heic"
Made = Literal["copy", "thumb"]
MAKERS = {"copy": pictures.copy, "thumb": pictures.thumbnail}


def has_copy(kind: str, mime: str) -> bool:
    """True when a copy without metadata can be made: of pictures, but not of HEIC, which nothing here opens."""
    return kind == "photo" and mime != HEIC


async def photo(visit: Visit) -> Response:
    """The original, by what its bytes are; anything but a picture as a file to save."""
    content = await _original(visit)
    try:
        _kind, mime = type_of(content)
    except NotTaken:
        mime = "application/octet-stream"
    if mime in SHOWN:
        return Response(content, media_type=mime, headers={"Content-Disposition": "inline"})
    name = f"{visit.number('photo')}{SUFFIXES.get(mime, '')}"
    return Response(content, media_type=mime, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def made(what: Made) -> Handler:
    """The page of what is made of a picture: a small one, or the copy to forward."""

    async def page(visit: Visit) -> Response:
        content = await _original(visit)
        try:
            small = await made_of(visit.service.blobs, visit.store.vault, visit.number("photo"), what, content)
        except pictures.BadPicture:
            raise Refused(404, _("This file is no picture that can be opened.")) from None
        name = "inline" if what == "thumb" else 'attachment; filename="copy.jpg"'
        return Response(small, media_type="image/jpeg", headers={"Content-Disposition": name})

    return page


async def made_of(blobs: Blobs, vault: Vault, media_id: int, what: Made, content: bytes | None = None) -> bytes:
    """A small picture or a copy to forward, made when it is first asked for. Raises `BadPicture`, FileNotFoundError,
    `CannotOpen`."""
    kept = await asyncio.to_thread(blobs.read_made, vault, media_id, what)
    if kept is not None:
        return kept
    if content is None:
        content = await asyncio.to_thread(blobs.read, vault, media_id)
    fresh = await pictures.in_thread(MAKERS[what], content)
    await asyncio.to_thread(blobs.write_made, vault, media_id, what, fresh)
    return fresh


async def _original(visit: Visit) -> bytes:
    media_id = visit.number("photo")
    async with visit.store.write() as unit:
        state = await access_photo(unit, visit.member, visit.number("case"), media_id)
    if state != "kept":
        raise Refused(404, _("This file has not come yet, or can't be had."))
    try:
        return await asyncio.to_thread(visit.service.blobs.read, visit.store.vault, media_id)
    except (FileNotFoundError, CannotOpen):
        raise Refused(404, _("This file has not come yet, or can't be had.")) from None
