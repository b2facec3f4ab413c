"""The report as a file: a row a recipient, without anything that leads to a person."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from bot.desk.refusal import Refused
from bot.desk.visit import Visit
from bot.export import FORMATS, Column, Row, write_table_async
from bot.i18n import _
from bot.store.store import Store
from handlers.broadcasts.record import Broadcast, access
from handlers.broadcasts.report import lines
from handlers.broadcasts.setting import Broadcasting

COLUMNS = (
    Column("recipient"),
    Column("channel"),
    Column("state"),
    Column("meaning", width=40),
    Column("reason", width=30),
    Column("at", "instant"),
    Column("tapped_at", "instant"),
)
PAGE = 2000  # rows a read transaction


async def export(visit: Visit) -> Response:
    """The file; it is made in a folder nobody else reads, and gone once it was sent."""
    form = visit.query("format")
    if form not in FORMATS:
        raise Refused(400, _("Please choose a format: xlsx, csv or jsonl."))
    number = visit.number("broadcast")
    async with visit.store.write() as unit:
        one = await access(unit, visit.member, number, "export")
    setting: Broadcasting = visit.service.registry.resources[Broadcasting]
    folder = tempfile.TemporaryDirectory(prefix="yizhan-broadcast-")
    path = Path(folder.name) / f"broadcast-{number}.{form}"
    try:
        await write_table_async(path, form, COLUMNS, _rows(visit.store, one), zone=setting.zone, title="recipients")
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, filename=path.name, background=BackgroundTask(folder.cleanup))


async def _rows(store: Store, one: Broadcast) -> AsyncIterator[Row]:
    after = 0
    while True:
        async with store.read() as unit:
            found = await lines(unit, one, after, PAGE)
        for line in found:
            yield line.name, line.channel, line.fate, line.said, line.reason, line.at, line.tapped
        if len(found) < PAGE:
            return
        after = found[-1].row_id
