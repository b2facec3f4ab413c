"""A sealed picture for staff: opened for one answer, never written anywhere in the clear."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.filetypes import picture_type
from bot.desk.refusal import Refused
from bot.desk.visit import Visit
from bot.i18n import _
from bot.store.vault import CannotOpen

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})  # what browsers show; the rest is saved


async def opened(visit: Visit, media_id: int, state: str) -> Response:
    """The picture, by what its bytes are; anything else as a file to save. `state` is its row's. Raises `Refused`.

    The caller has passed the gate to it.
    """
    if state != "kept":
        raise Refused(404, _("This file has not come yet, or can't be had."))
    try:
        content = await asyncio.to_thread(visit.service.blobs.read, visit.store.vault, media_id)
    except (FileNotFoundError, CannotOpen):
        raise Refused(404, _("This file has not come yet, or can't be had.")) from None
    kind = picture_type(content)
    if kind in SHOWN:
        return Response(content, media_type=kind, headers={"Content-Disposition": "inline"})
    headers = {"Content-Disposition": f'attachment; filename="{media_id}"'}
    return Response(content, media_type="application/octet-stream", headers=headers)
