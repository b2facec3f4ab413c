"""Key rotation: seals everything stored with the newest key, page by page. Running services that keep their keys in
DATA_DIR take the new one on by themselves; where YIZHAN_SECRET_KEYS is set, they must have it before this runs.

A column that holds sealed values says in its `info["aad"]` what each row was sealed with; the base tables' are here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bot.settings import Settings
from bot.store import migrate, tables
from bot.store.batches import batch_aad
from bot.store.conversations import state_aad
from bot.store.keyring import add_key
from bot.store.media import Blobs, content_aad
from bot.store.outbox import payload_aad
from bot.store.parked import parked_aad
from bot.store.people import identity_aad
from bot.store.receipts import receipt_aad
from bot.store.secrets import secret_aad
from bot.store.store import Store
from bot.store.unit import Unit

Aad = Callable[[sa.RowMapping], bytes]
PAGE = 500

BASE: dict[sa.Column[Any], Aad] = {
    tables.secrets.c.value: lambda row: secret_aad(row["name"]),
    tables.identities.c.address: lambda row: identity_aad(row["id"]),
    tables.conversations.c.state: lambda row: state_aad(row["person_id"]),
    tables.receipts.c.said: lambda row: receipt_aad(bytes(row["key_mac"]), "said"),
    tables.receipts.c.replies: lambda row: receipt_aad(bytes(row["key_mac"]), "replies"),
    tables.outbox.c.payload: lambda row: payload_aad(row["id"]),
    tables.batches.c.payload: lambda row: batch_aad(row["id"]),
    tables.parked.c.incoming: lambda row: parked_aad(row["id"]),
    tables.parked.c.traceback: lambda row: parked_aad(row["id"]),
    tables.media.c.ref: lambda row: content_aad(row["id"]),
    tables.media.c.name: lambda row: content_aad(row["id"]),
}


def sealed_columns() -> dict[sa.Column[Any], Aad]:
    """Every sealed column of every table, with its rows' associated data."""
    own = {
        column: column.info["aad"]
        for table in tables.metadata.tables.values()
        for column in table.c
        if "aad" in column.info
    }
    return BASE | own


async def rotate(settings: Settings) -> int:
    """Make a new key (where keys are kept in DATA_DIR) and reseal all; gives the number of values resealed.

    No key is made before those of now have opened the store. Raises `CannotOpen` when they do not.
    """
    before = Store(settings)
    try:
        await migrate.upgrade(before.writer)
        await before.open()
    finally:
        await before.close()
    if settings.secret_keys is None:
        add_key(settings.data_dir)
    store = await Store(settings).open()
    try:
        count = 0
        for column, aad in sealed_columns().items():
            count += await _reseal(store, column, aad)
        return count + await _reseal_files(store, settings)
    finally:
        await store.close()


async def _reseal(store: Store, column: sa.Column[Any], aad: Aad) -> int:
    [key] = column.table.primary_key.columns
    last: Any = None
    count = 0
    while True:
        async with store.write() as unit:
            page = sa.select(column.table).where(column.is_not(None)).order_by(key).limit(PAGE)
            rows = await unit.rows(unit.locking(page if last is None else page.where(key > last)))
            count += await _page(unit, column, key, rows, aad)
        if not rows:
            return count
        last = rows[-1][key.name]


async def _page(unit: Unit, column: sa.Column[Any], key: sa.Column[Any], rows: Any, aad: Aad) -> int:
    old = [row for row in rows if row[column.name] and unit.vault.needs_rotation(row[column.name])]
    if old:
        fresh = [{"of": row[key.name], "new": unit.vault.reseal(row[column.name], aad(row))} for row in old]
        statement = sa.update(column.table).where(key == sa.bindparam("of")).values({column: sa.bindparam("new")})
        await unit.execute(statement, fresh)
    return len(old)


async def _reseal_files(store: Store, settings: Settings) -> int:
    blobs = Blobs(settings.data_dir)
    blobs.forget_made()
    count = 0
    for path in sorted(blobs.folder.glob("*/*.sealed")):
        media_id = int(path.stem)
        with contextlib.suppress(FileNotFoundError):  # erased meanwhile
            if store.vault.needs_rotation(await asyncio.to_thread(path.read_bytes)):
                blobs.write(store.vault, media_id, blobs.read(store.vault, media_id))
                count += 1
    return count
