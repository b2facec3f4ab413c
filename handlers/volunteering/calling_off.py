"""Calling slots off, one or all to come of a series: everybody with a place, an offer or a turn is told why, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from bot.store import audit
from bot.store.unit import Unit
from handlers.volunteering import notes
from handlers.volunteering.notes import Gone
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot, locked, open_slot
from handlers.volunteering.tables import LIVE, sealed_aad, signups, slots


class TooLateError(ValueError):
    """It has begun, or was called off before."""


async def later(unit: Unit, slot: Slot) -> list[Slot]:
    """The slots of its series that come after this one and take place, soonest first."""
    if slot.series is None:
        return []
    own = sa.select(slots).where(slots.c.series == slot.series, slots.c.status == "open", slots.c.id != slot.id)
    ahead = own.where(slots.c.starts_at > slot.starts_at, slots.c.starts_at > unit.now)
    return [open_slot(unit.vault, row) for row in await unit.rows(ahead.order_by(slots.c.starts_at))]


async def concerned(unit: Unit, off: Sequence[Slot]) -> int:
    """How many people would be told."""
    people = sa.select(sa.func.count(sa.distinct(signups.c.person_id)))
    return int(await unit.value(people.where(_live([slot.id for slot in off]))))


async def call_off(
    unit: Unit, setting: Setting, slot: Slot, staff_id: int, reason: str, *, with_later: bool = False
) -> int:
    """Call a slot off, with `with_later` all later ones of its series as well; gives how many people are told, each in
    one message. The caller has passed the gate, which locks the slot. Raises `TooLateError`."""
    if slot.status != "open" or slot.starts_at <= unit.now:
        raise TooLateError
    off = [slot]
    for one in sorted(await later(unit, slot) if with_later else [], key=lambda each: each.id):
        now = await locked(unit, one.id)
        off += [now] if now.status == "open" else []
    told: dict[int, list[Gone]] = defaultdict(list)
    for one in sorted(off, key=lambda each: each.starts_at):
        for person_id, signup_id in await _end(unit, one, staff_id, reason):
            told[person_id].append((one, signup_id))
    for person_id, gone in told.items():
        await notes.called_off(unit, setting, person_id, gone, reason)
    return len(told)


async def _end(unit: Unit, slot: Slot, staff_id: int, reason: str) -> list[tuple[int, int]]:
    """Call one off; gives (person, sign-up) of all whom it concerns."""
    sealed = unit.vault.seal(reason.encode(), sealed_aad("slots", slot.id, "reason"))
    await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(status="cancelled", reason=sealed))
    touched = _live([slot.id])
    rows = await unit.rows(sa.select(signups.c.id, signups.c.person_id).where(touched).order_by(signups.c.id))
    await unit.execute(sa.update(signups).where(touched).values(status="called_off", ended_at=unit.now))
    for row in rows:
        await notes.forget(unit, row["id"])
    await audit.write(unit, f"staff:{staff_id}", "slot.cancel", f"slot:{slot.id}", str(len(rows)))
    return [(row["person_id"], row["id"]) for row in rows if row["person_id"] is not None]


def _live(slot_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    return sa.and_(signups.c.slot_id.in_(slot_ids), signups.c.status.in_(LIVE))
