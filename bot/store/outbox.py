"""The outbox: whatever must leave the process is a row here, written in the transaction that promised it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.store.ids import new_id
from bot.store.people import identity_aad
from bot.store.tables import identities, outbox

if TYPE_CHECKING:
    from bot.people import Person
    from bot.store.unit import Unit

CLAIM = timedelta(seconds=60)  # a claim not marked by then is taken over


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to send or fetch, as the courier works with it."""

    id: int
    identity_id: int | None
    channel: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    address: str = ""


def payload_aad(row_id: int) -> bytes:
    """The associated data a payload is sealed with."""
    return f"outbox:{row_id}".encode()


def put(
    unit: Unit,
    person: Person,
    *,
    kind: str,
    payload: dict[str, Any],
    topic: str = "",
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    state: str = "waiting",
    claimed_by: str | None = None,
) -> Row:
    """Promise one thing to one person, through the identity they have in `person`."""
    row = Row(new_id(), person.identity_id, person.channel, kind, payload, 0, person.address)
    unit.insert(
        outbox,
        id=row.id,
        person_id=person.id,
        identity_id=person.identity_id,
        channel=person.channel,
        kind=kind,
        topic=topic,
        payload=unit.vault.seal_json(payload, payload_aad(row.id)),
        dedupe_key=dedupe_key,
        due_at=due_at or unit.now,
        created_at=unit.now,
        state=state,
        claimed_by=claimed_by,
        claimed_until=unit.now + CLAIM if claimed_by else None,
    )
    return row


async def put_rest(unit: Unit, row: Row, payloads: Sequence[dict[str, Any]]) -> None:
    """Promise the rest of something sent in part, as rows of their own."""
    person_id = await unit.value(sa.select(outbox.c.person_id).where(outbox.c.id == row.id))
    for payload in payloads:
        row_id = new_id()
        unit.insert(
            outbox,
            id=row_id,
            person_id=person_id,
            identity_id=row.identity_id,
            channel=row.channel,
            kind=row.kind,
            payload=unit.vault.seal_json(payload, payload_aad(row_id)),
            due_at=unit.now + timedelta(seconds=2),
            created_at=unit.now,
            state="waiting",
        )


async def collect(unit: Unit, person: Person, mark: str, payloads: Sequence[dict[str, Any]], due_at: datetime) -> None:
    """Promise messages that replace those of the same mark which still wait: the parts of an album get one answer."""
    prefix = f"collect:{person.identity_id}:{mark[:32]}"
    waiting = sa.and_(outbox.c.dedupe_key.startswith(prefix, autoescape=True), outbox.c.state == "waiting")
    await unit.execute(sa.delete(outbox).where(waiting, outbox.c.claimed_by.is_(None)))
    for number, payload in enumerate(payloads):
        key = f"{prefix}:{number}:{unit.now.timestamp():.3f}"[:80]
        put(unit, person, kind="reply", payload=payload, due_at=due_at, dedupe_key=key)


async def claim(unit: Unit, who: str, most: int, kinds: Sequence[str] | None = None) -> list[Row]:
    """Take up to `most` rows that are due and nobody's, replies before notices before broadcasts."""
    due = (
        sa.select(outbox.c.id)
        .where(
            outbox.c.state == "waiting",
            outbox.c.due_at <= unit.now,
            sa.or_(outbox.c.claimed_until.is_(None), outbox.c.claimed_until < unit.now),
        )
        .order_by(sa.case({"reply": 0, "fetch": 1, "notice": 2}, value=outbox.c.kind, else_=3), outbox.c.id)
        .limit(most)
    )
    if kinds is not None:
        due = due.where(outbox.c.kind.in_(kinds))
    if not unit.sqlite:
        due = due.with_for_update(skip_locked=True)
    ids = list((await unit.execute(due)).scalars())
    if not ids:
        return []
    values = {"claimed_by": who, "claimed_until": unit.now + CLAIM}
    await unit.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(**values))
    return await load(unit, ids)


async def load(unit: Unit, ids: Sequence[int]) -> list[Row]:
    """Rows opened for sending, with the address each goes to."""
    statement = (
        sa.select(outbox, identities.c.address, identities.c.reachable)
        .join_from(outbox, identities, identities.c.id == outbox.c.identity_id, isouter=True)
        .where(outbox.c.id.in_(list(ids)))
        .order_by(outbox.c.id)
    )
    return [_opened(unit, row) for row in await unit.rows(statement)]


def _opened(unit: Unit, row: sa.RowMapping) -> Row:
    address = unit.vault.open(row["address"], identity_aad(row["identity_id"])).decode() if row["address"] else ""
    payload = unit.vault.open_json(row["payload"], payload_aad(row["id"]))
    return Row(row["id"], row["identity_id"], row["channel"], row["kind"], payload, row["attempts"], address)


async def next_due(unit: Unit) -> datetime | None:
    """When the next waiting row is due, or its claim runs out."""
    moment = sa.case((outbox.c.claimed_until > outbox.c.due_at, outbox.c.claimed_until), else_=outbox.c.due_at)
    found: datetime | None = await unit.value(sa.select(sa.func.min(moment)).where(outbox.c.state == "waiting"))
    return found


MARK = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("of"))
    .values(
        state=sa.bindparam("to"),
        result=sa.bindparam("why"),
        due_at=sa.bindparam("when"),
        attempts=sa.bindparam("tried"),
        done_at=sa.bindparam("done"),
        claimed_by=None,
        claimed_until=None,
    )
)
