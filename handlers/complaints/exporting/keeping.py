"""How long exports are kept: the file for a day, the row for thirty; both go with whoever asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.store.media import Blobs
from bot.store.retention import Rule, older
from bot.store.sealed_files import SealedFiles
from bot.store.unit import Unit
from handlers.complaints.exporting import jobs
from handlers.complaints.exporting.jobs import KEPT
from handlers.complaints.exporting.tables import case_exports
from handlers.complaints.exporting.worker import FOLDER
from handlers.complaints.tables import cases


async def show(unit: Unit, person_id: int) -> list[dict[str, str]]:
    """The exports a member of staff asked for, oldest first."""
    own = sa.select(case_exports).where(case_exports.c.person_id == person_id).order_by(case_exports.c.id)
    names = ("profile", "format", "state")
    return [{"at": row["asked_at"].isoformat(), **{name: row[name] for name in names}} for row in await unit.rows(own)]


async def erase(unit: Unit, person_id: int, blobs: Blobs) -> None:
    """Remove a person's exports, files and all. Exports of colleagues that may hold this person's complaints are made
    anew, without them; so this comes before the complaints forget whose they are."""
    own = case_exports.c.person_id == person_id
    await _remove(unit, own, blobs)
    if await unit.value(sa.select(cases.c.id).where(cases.c.person_id == person_id).limit(1)) is not None:
        files, offered = SealedFiles(blobs.folder.parent, FOLDER), await jobs.make_again(unit)
        unit.after_commit(lambda: files.erase(*offered))


def rules(blobs: Blobs) -> list[Rule]:
    """Rows go after thirty days; their files have gone long before."""

    async def end(unit: Unit, ids: Sequence[Any]) -> None:
        await _remove(unit, case_exports.c.id.in_(ids), blobs)

    return [Rule("exports", case_exports, older(case_exports.c.asked_at, KEPT), end)]


async def _remove(unit: Unit, which: sa.ColumnElement[bool], blobs: Blobs) -> None:
    ids = list((await unit.execute(sa.delete(case_exports).where(which).returning(case_exports.c.id))).scalars())
    files = SealedFiles(blobs.folder.parent, FOLDER)
    unit.after_commit(lambda: files.erase(*ids))
