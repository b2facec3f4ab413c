"""Calling a slot off: everybody who has a place, an offer or a turn is told why."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store import audit
from bot.store.unit import Unit
from handlers.volunteering import notes
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot
from handlers.volunteering.tables import LIVE, sealed_aad, signups, slots


class TooLateError(ValueError):
    """It has begun, or was called off before."""


async def call_off(unit: Unit, setting: Setting, slot: Slot, staff_id: int, reason: str) -> int:
    """Call a slot off; gives how many people are told. The caller has passed the gate, which locks the slot. Raises
    `TooLateError`."""
    if slot.status != "open" or slot.starts_at <= unit.now:
        raise TooLateError
    sealed = unit.vault.seal(reason.encode(), sealed_aad("slots", slot.id, "reason"))
    await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(status="cancelled", reason=sealed))
    touched = sa.and_(signups.c.slot_id == slot.id, signups.c.status.in_(LIVE))
    rows = await unit.rows(sa.select(signups.c.id, signups.c.person_id).where(touched).order_by(signups.c.id))
    await unit.execute(sa.update(signups).where(touched).values(status="called_off", ended_at=unit.now))
    for row in rows:
        await notes.forget(unit, row["id"])
        if row["person_id"] is not None:
            await notes.called_off(unit, setting, slot, row["id"], row["person_id"], reason)
    await audit.write(unit, f"staff:{staff_id}", "slot.cancel", f"slot:{slot.id}", str(len(rows)))
    return len(rows)
