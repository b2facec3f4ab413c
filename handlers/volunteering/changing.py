"""Changing a slot that is to come: who signed up is told what is different; more places go to who waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.i18n import _
from bot.people import Person
from bot.store import audit
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.volunteering import notes
from handlers.volunteering.calling_off import TooLateError
from handlers.volunteering.setting import Setting
from handlers.volunteering.signups import pass_on, take
from handlers.volunteering.slots import Plan, Slot, locked
from handlers.volunteering.tables import sealed_aad, signups, slots
from handlers.volunteering.wording import points, trades, when, yuan

TOLD = ("booked", "offered", "waiting")


class TooSmallError(ValueError):
    """More places are taken than there would be."""


def plan_of(slot: Slot) -> Plan:
    """What a slot was published as, to copy it or to change it."""
    return Plan(**{name: getattr(slot, name) for name in Plan.__slots__})


async def change(unit: Unit, setting: Setting, slot: Slot, plan: Plan, actor: str) -> int:
    """Make a slot what the plan says; gives how many people are told. The caller has passed the gate, which locks the
    slot. Raises `TooLateError`, `TooSmallError`."""
    if slot.status != "open" or slot.starts_at <= unit.now:
        raise TooLateError
    if plan.capacity < slot.taken:
        raise TooSmallError
    names = [name for name in Plan.__slots__ if getattr(plan, name) != getattr(slot, name)]
    if not names:
        return 0
    values: dict[str, Any] = {name: getattr(plan, name) for name in names}
    if "occupations" in values:
        values["occupations"] = ",".join(plan.occupations)
    if "contact" in values:
        values["contact"] = unit.vault.seal(plan.contact.encode(), sealed_aad("slots", slot.id, "contact"))
    await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(warned_at=None, **values))
    await audit.write(unit, actor, "slot.change", f"slot:{slot.id}", ",".join(names))
    now = await locked(unit, slot.id)
    told = await _tell(unit, setting, slot, now)
    await _fill(unit, setting, now, plan.capacity - slot.capacity)
    return told


async def _tell(unit: Unit, setting: Setting, before: Slot, after: Slot) -> int:
    if not differences(setting, before, after, unit.now)():
        return 0
    wanted = (
        sa.select(signups.c.id.label("signup_id"), signups.c.status, people)
        .join(people, people.c.id == signups.c.person_id)
        .where(signups.c.slot_id == after.id, signups.c.status.in_(TOLD))
        .order_by(signups.c.id)
    )
    rows = await unit.rows(wanted)
    for row in rows:
        told = differences(setting, before, after, unit.now)
        await notes.changed(unit, setting, after, row["signup_id"], row["id"], told)
        if row["status"] == "booked":  # the reminders name the time and the place
            await notes.forget(unit, row["signup_id"])
            person = Person(row["id"], 0, "", "", row["language"], row["timezone"], row["occupation"], row["region"])
            await notes.remind(unit, setting, after, row["signup_id"], person)
    return len(rows)


def differences(setting: Setting, before: Slot, after: Slot, now: datetime) -> Callable[[], list[str]]:
    """Makes the lines, in the language in force, of what matters to who signed up; their number and order are fixed."""

    def made() -> list[str]:
        def clock(slot: Slot) -> str:
            return when(slot, setting.zone, now)

        shown: list[tuple[str, str, str]] = [
            (_("Title"), before.title, after.title),
            (_("Time"), clock(before), clock(after)),
            (_("Place"), before.place, after.place),
            (_("Task"), before.task, after.task),
            (_("Occupations"), trades(before.occupations), trades(after.occupations)),
            (_("Points"), points(before.points) or "0", points(after.points) or "0"),
            (_("Subsidy (yuan)"), yuan(before.allowance), yuan(after.allowance)),
            (_("Insurance"), before.insurance, after.insurance),
            (_("Contact"), before.contact, after.contact),
        ]
        return [_("{what}: {new}").format(what=what, new=new or _("none")) for what, old, new in shown if old != new]

    return made


async def _fill(unit: Unit, setting: Setting, slot: Slot, more: int) -> None:
    """Offer places that were added to who waits; each is taken first, and freed again when nobody waits."""
    waiting = sa.select(sa.func.count()).where(signups.c.slot_id == slot.id, signups.c.status == "waiting")
    for _place in range(min(more, int(await unit.value(waiting)))):
        if await take(unit, slot.id):
            await pass_on(unit, setting, slot)
