"""Conversations in bulk: loaded and locked for a batch, written back with it; sealed at rest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from bot.dialogue.state import State
from bot.store.tables import conversations
from bot.store.unit import Unit


def state_aad(person_id: int) -> bytes:
    """The associated data a conversation is sealed with."""
    return f"conversation:{person_id}".encode()


async def load(unit: Unit, person_ids: Iterable[int]) -> dict[int, tuple[State, datetime]]:
    """Person id -> (state, when last touched). Rows are locked in sorted order, so replicas can't deadlock."""
    wanted = sorted(set(person_ids))
    statement = (
        sa.select(conversations).where(conversations.c.person_id.in_(wanted)).order_by(conversations.c.person_id)
    )
    found: dict[int, tuple[State, datetime]] = {}
    for row in await unit.rows(unit.locking(statement)):
        sealed = row["state"]
        data = unit.vault.open_json(sealed, state_aad(row["person_id"])) if sealed else None
        found[row["person_id"]] = (State.from_json(data), row["updated_at"])
    return found


async def save(unit: Unit, states: dict[int, State]) -> None:
    """Write conversations back, in one statement."""
    rows = [
        {"of": person_id, "sealed": unit.vault.seal_json(state.as_json(), state_aad(person_id)), "at": unit.now}
        for person_id, state in states.items()
    ]
    if rows:
        statement = sa.update(conversations).where(conversations.c.person_id == sa.bindparam("of"))
        await unit.execute(statement.values(state=sa.bindparam("sealed"), updated_at=sa.bindparam("at")), rows)
