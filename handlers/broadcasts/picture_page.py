"""A broadcast's picture as everybody sees it: a copy without place or camera."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.pictures import BadPicture, copy, in_thread
from bot.store.media import Blobs
from bot.store.store import Store
from bot.store.vault import CannotOpen
from handlers.broadcasts.pictures import is_kept
from handlers.broadcasts.tables import broadcasts
from handlers.broadcasts.words import pictured

if TYPE_CHECKING:
    from bot.app import Service

KEPT_COPIES = 4  # in memory: a hundred thousand people look at the same picture
HEADERS = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}


def pages(service: Service) -> list[BaseRoute]:
    """GET /broadcasts/<id>-<mark>: the picture of a broadcast, for those who were sent its address."""
    copies: dict[int, bytes] = {}
    making = asyncio.Lock()  # everybody comes at once, and one of them makes it

    async def picture(request: Request) -> Response:
        broadcast_id = pictured(service.store.vault, request.path_params["name"])
        media_id = await _of(service.store, broadcast_id) if broadcast_id is not None else None
        if media_id is None:
            return Response(status_code=404)
        content = copies.get(media_id) or await made(media_id)
        if content is None:
            return Response(status_code=404)
        return Response(content, media_type="image/jpeg", headers=HEADERS)

    async def made(media_id: int) -> bytes | None:
        async with making:
            if media_id not in copies:
                fresh = await _copy(service.store, service.blobs, media_id)
                if fresh is None:
                    return None
                copies[media_id] = fresh
                while len(copies) > KEPT_COPIES:
                    copies.pop(next(iter(copies)))
            return copies[media_id]

    return [Route("/broadcasts/{name}", picture)]


async def _of(store: Store, broadcast_id: int) -> int | None:
    async with store.read() as unit:
        found: int | None = await unit.value(sa.select(broadcasts.c.picture).where(broadcasts.c.id == broadcast_id))
        return found if await is_kept(unit, found) else None


async def _copy(store: Store, blobs: Blobs, media_id: int) -> bytes | None:
    try:
        return await in_thread(copy, await asyncio.to_thread(blobs.read, store.vault, media_id))
    except (FileNotFoundError, CannotOpen, BadPicture):
        return None
