"""Messages that failed three times: kept with their traceback for the desk, sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.messages import Incoming
from bot.store.ids import new_id
from bot.store.tables import parked
from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Parked:
    """One of them, opened. `failure` is the last line of the traceback, cut before it quotes anybody."""

    id: int
    channel: str
    parked_at: datetime
    failure: str
    words: str
    traceback: str


def parked_aad(row_id: int) -> bytes:
    """The associated data a parked message is sealed with."""
    return f"parked:{row_id}".encode()


def park(unit: Unit, mac: bytes, one: Incoming, trace: str) -> None:
    """Keep one."""
    row_id = new_id()
    words = {"text": one.text, "choice": one.choice, "event": one.event or "", "payload": one.payload}
    unit.insert(
        parked,
        id=row_id,
        key_mac=mac,
        channel=one.channel,
        incoming=unit.vault.seal_json(words, parked_aad(row_id)),
        traceback=unit.vault.seal(trace.encode(), parked_aad(row_id)),
        parked_at=unit.now,
    )


async def waiting(unit: Unit, most: int = 200) -> list[Parked]:
    """What nobody has dealt with, oldest first."""
    rows = await unit.rows(sa.select(parked).where(parked.c.resolved_at.is_(None)).order_by(parked.c.id).limit(most))
    return [_opened(unit, row) for row in rows]


async def count(unit: Unit) -> int:
    """How many nobody has dealt with."""
    return int(await unit.value(sa.select(sa.func.count()).select_from(parked).where(parked.c.resolved_at.is_(None))))


async def find(unit: Unit, row_id: int) -> Parked | None:
    """One of them, dealt with or not."""
    row = await unit.first(sa.select(parked).where(parked.c.id == row_id))
    return _opened(unit, row) if row is not None else None


async def resolve(unit: Unit, row_id: int) -> bool:
    """Note that one was dealt with; False when it was before, or there is none."""
    open_one = sa.update(parked).where(parked.c.id == row_id, parked.c.resolved_at.is_(None))
    return (await unit.execute(open_one.values(resolved_at=unit.now))).rowcount > 0


def _opened(unit: Unit, row: sa.RowMapping) -> Parked:
    said = unit.vault.open_json(row["incoming"], parked_aad(row["id"]))
    trace = unit.vault.open(row["traceback"], parked_aad(row["id"])).decode()
    failure = (trace.strip().splitlines() or [""])[-1].partition(":")[0]
    words = " · ".join(str(part) for part in said.values() if part)
    return Parked(row["id"], row["channel"], row["parked_at"], failure, words, trace)
