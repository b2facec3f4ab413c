"""Conversations in bulk: opened for a batch, written back with it; sealed at rest."""

from __future__ import annotations

import sqlalchemy as sa

from bot.dialogue.state import State
from bot.store.tables import conversations
from bot.store.unit import Unit


def state_aad(person_id: int) -> bytes:
    """The associated data a conversation is sealed with."""
    return f"conversation:{person_id}".encode()


def opened(unit: Unit, person_id: int, sealed: bytes | None) -> State:
    """A conversation as it was left; a fresh one when there is none."""
    return State.from_json(unit.vault.open_json(sealed, state_aad(person_id)) if sealed else None)


_SAVE = (
    sa.update(conversations)
    .where(conversations.c.person_id == sa.bindparam("of"))
    .values(state=sa.bindparam("sealed"), asking=sa.bindparam("open"), updated_at=sa.bindparam("at"))
)


async def save(unit: Unit, states: dict[int, State]) -> None:
    """Write conversations back, in one statement."""
    rows = [
        {
            "of": person_id,
            "sealed": unit.vault.seal_json(state.as_json(), state_aad(person_id)),
            "open": state.open is not None and bool(state.open.asked),
            "at": unit.now,
        }
        for person_id, state in states.items()
    ]
    await unit.many(_SAVE, rows)
