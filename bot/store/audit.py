"""The audit log: who did what to whose data. Rows are chained by hash, so a change or a gap shows.

On PostgreSQL a transaction lock keeps the chain single; on SQLite there is one writer.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa

from bot.store.ids import new_id
from bot.store.tables import audit
from bot.store.unit import Unit

FIRST = "0" * 64
LOCK = 0x5917_A0D1
PAGE = 5000  # entries checked at a time


async def write(unit: Unit, actor: str, action: str, subject: str, detail: str = "") -> None:
    """Add one entry. `actor` like staff:<id>, operator, person:<id>; `subject` like case:<id>. No words of people."""
    if not unit.sqlite:
        await unit.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=LOCK))
    newest = sa.select(audit.c.digest, audit.c.id).order_by(audit.c.id.desc()).limit(1)
    last = await unit.first(newest)
    previous = last["digest"] if last else FIRST
    row_id = max(new_id(), last["id"] + 1) if last else new_id()
    await unit.execute(
        sa.insert(audit).values(
            id=row_id,
            at=unit.now,
            actor=actor,
            action=action,
            subject=subject,
            detail=detail[:500],
            previous=previous,
            digest=digest(previous, row_id, unit.now, actor, action, subject, detail[:500]),
        )
    )


def digest(previous: str, row_id: int, at: datetime, *words: str) -> str:
    """The hash of one entry, with the one before it in it."""
    parts = [previous, str(row_id), at.isoformat(timespec="microseconds"), *words]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


async def broken(unit: Unit) -> int | None:
    """The id of the first entry that does not fit the chain; None when all do."""
    previous, last = FIRST, 0
    while rows := await unit.rows(sa.select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(PAGE)):
        for row in rows:
            words = (row["actor"], row["action"], row["subject"], row["detail"])
            if row["previous"] != previous or row["digest"] != digest(previous, row["id"], row["at"], *words):
                return int(row["id"])
            previous, last = row["digest"], row["id"]
    return None


async def count(unit: Unit) -> int:
    """How many entries there are."""
    return int(await unit.value(sa.select(sa.func.count()).select_from(audit)))
