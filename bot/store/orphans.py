"""Uploads that no message came to own: stored first, as promised, then not taken by a dialogue, or cut off by a crash.

They lie sealed for a day and are removed. Evidence is only ever removed by the database it belongs to: the folder
carries that database's mark, so another database opened on the same folder touches nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.log import get_logger
from bot.store.media import Blobs
from bot.store.store import Store
from bot.store.tables import media, parked
from bot.store.unit import Unit

log = get_logger()
OLD = timedelta(days=1)
AT_ONCE = 500
MARK = "database"


def claim_folder(store: Store, blobs: Blobs) -> None:
    """Put this database's mark on the evidence folder if it is new; call before anything is written there."""
    if next(blobs.folder.glob("*"), None) is None:
        blobs.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (blobs.folder / MARK).write_text(_mark(store))


async def remove_orphans(store: Store, blobs: Blobs) -> int:
    """Remove evidence files older than a day that no row owns; gives how many."""
    if not _is_ours(store, blobs):
        log.warning("evidence folder of another database: nothing is cleaned up in it")
        return 0
    async with store.read() as unit:
        before = await _horizon(unit)
    old = await asyncio.to_thread(_older, blobs.folder, before)
    removed = 0
    for start in range(0, len(old), AT_ONCE):
        removed += await _remove(store, old[start : start + AT_ONCE])
    return removed


async def _horizon(unit: Unit) -> datetime:
    """Files from before this may go. A parked message may still need its uploads, till it is dealt with."""
    first = await unit.value(sa.select(sa.func.min(parked.c.parked_at)).where(parked.c.resolved_at.is_(None)))
    return min(unit.now, first or unit.now) - OLD


async def _remove(store: Store, files: Iterable[tuple[int, Path]]) -> int:
    found = dict(files)
    async with store.read() as unit:
        statement = sa.select(media.c.id).where(media.c.id.in_(list(found)))
        owned = set((await unit.execute(statement)).scalars())
    orphans = [path for media_id, path in found.items() if media_id not in owned]
    for path in orphans:
        await asyncio.to_thread(path.unlink, missing_ok=True)
    return len(orphans)


def _mark(store: Store) -> str:
    return store.vault.mac("evidence", MARK).hex() + "\n"


def _is_ours(store: Store, blobs: Blobs) -> bool:
    path = blobs.folder / MARK
    return path.exists() and path.read_text() == _mark(store)


def _older(folder: Path, before: datetime) -> list[tuple[int, Path]]:
    """(media id, path) of all files last written before then; unfinished ones (.part) too."""
    found = [(path, path.name.split(".")[0]) for path in folder.glob("*/*")]
    limit = before.timestamp()
    return [(int(name), path) for path, name in found if name.isdecimal() and path.stat().st_mtime < limit]
