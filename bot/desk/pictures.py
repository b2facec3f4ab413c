"""A sealed picture for staff: opened for one answer, as a copy that tells neither where nor with what it was taken."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot import pictures
from bot.desk.refusal import Refused
from bot.desk.visit import Visit
from bot.i18n import _
from bot.store.vault import CannotOpen


async def opened(visit: Visit, media_id: int, state: str) -> Response:
    """The picture, freed of what a camera writes into it; what is no picture as a file to save. `state` is its row's.

    The caller has passed the gate to it. Raises `Refused`.
    """
    if state != "kept":
        raise Refused(404, _("This file has not come yet, or can't be had."))
    blobs, vault = visit.service.blobs, visit.store.vault
    try:
        made = await asyncio.to_thread(blobs.read_made, vault, media_id, "copy")
        if made is not None:
            return _shown(made)
        content = await asyncio.to_thread(blobs.read, vault, media_id)
    except (FileNotFoundError, CannotOpen):
        raise Refused(404, _("This file has not come yet, or can't be had.")) from None
    try:
        made = await pictures.in_thread(pictures.copy, content)
    except pictures.BadPicture:
        headers = {"Content-Disposition": f'attachment; filename="{media_id}"'}
        return Response(content, media_type="application/octet-stream", headers=headers)
    await asyncio.to_thread(blobs.write_made, vault, media_id, "copy", made)
    return _shown(made)


def _shown(content: bytes) -> Response:
    return Response(content, media_type="image/jpeg", headers={"Content-Disposition": "inline"})
