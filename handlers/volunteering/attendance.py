"""Being there: check in with the code shown at the place, check out, hours, points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot.people import Person
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.volunteering import ledger, notes
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot, open_slot
from handlers.volunteering.spots import Degrees, metres
from handlers.volunteering.tables import checkins, signups, slots

Said = Literal["in", "out", "done", "none", "early", "wrong", "far", "pause", "inside", "late"]


@dataclass(frozen=True, slots=True)
class Presence:
    """What came of checking in or out. `minutes` (also of what was put down before: done) and `points`: credited;
    `at`: when it opens (early) or when to try again (pause); `metres`: how far from the place (far)."""

    said: Said
    slot: Slot | None = None
    minutes: int = 0
    points: int = 0
    at: datetime | None = None
    metres: int = 0


@dataclass(frozen=True, slots=True)
class Attended:
    """One activity a person was at, with its credited minutes."""

    signup_id: int
    title: str
    starts_at: datetime
    minutes: int


async def check_in(unit: Unit, setting: Setting, person: Person, code: str) -> Presence:
    """Check in to the slot of this person's that goes on now and has this code; "" only asks whether there is one."""
    rows = await _booked_now(unit, setting, person.id)
    if not rows:
        return await _nothing_now(unit, setting, person.id)
    paused = [row for row in rows if _paused(setting, row, unit.now)]
    if len(paused) == len(rows):
        length = timedelta(minutes=setting.rules.wrong_codes_pause_minutes)
        return Presence("pause", at=max(row["wrong_at"] for row in rows) + length)
    if not code:
        return Presence("inside", open_slot(unit.vault, rows[0]))
    match = next((row for row in rows if row not in paused and row["code"] == code), None)
    if match is None:
        await _count_wrong(unit, setting, rows)
        return Presence("wrong")
    return await enter(unit, setting, match, person, "code")


async def check_in_here(unit: Unit, setting: Setting, person: Person, here: Degrees) -> Presence:
    """Check in by where the person is (WGS 84), within the metres of the rules. "far" without any metres when no place
    that goes on has a pin, or the rules do not allow it."""
    rows = await _booked_now(unit, setting, person.id)
    if not rows:
        return await _nothing_now(unit, setting, person.id)
    away = [(metres((row["latitude"], row["longitude"]), here), row) for row in rows if row["latitude"] is not None]
    if not away or not setting.rules.check_in_metres:
        return Presence("far", open_slot(unit.vault, rows[0]))
    nearest, row = min(away, key=lambda one: one[0])
    if nearest > setting.rules.check_in_metres:
        return Presence("far", open_slot(unit.vault, row), metres=max(1, round(nearest)))
    return await enter(unit, setting, row, person, "place")


async def enter(unit: Unit, setting: Setting, row: sa.RowMapping, person: Person, by: str) -> Presence:
    """Put down that somebody is there, from now; `row` is their slot with its `signup_id`."""
    slot = open_slot(unit.vault, row)
    await _set(unit, row["signup_id"], status="attended", ended_at=None, handover=None, handover_open=False)
    unit.insert(checkins, id=new_id(), signup_id=row["signup_id"], in_at=unit.now, in_by=by)
    await notes.forget(unit, row["signup_id"])
    await notes.remind_to_check_out(unit, setting, slot, row["signup_id"], person)
    return Presence("in", slot)


async def _booked_now(unit: Unit, setting: Setting, person_id: int) -> list[sa.RowMapping]:
    opens = unit.now + timedelta(minutes=setting.rules.check_in_before_minutes)
    wanted = (
        sa.select(slots, signups.c.id.label("signup_id"), signups.c.wrong_codes, signups.c.wrong_at)
        .join(signups, signups.c.slot_id == slots.c.id)
        .where(signups.c.person_id == person_id, signups.c.status == "booked", slots.c.status == "open")
        .where(slots.c.starts_at <= opens, slots.c.ends_at > unit.now)
        .order_by(slots.c.starts_at)
    )  # staff who put it down at this moment are waited for, or wait (sheet.py): one of the two makes the row
    return list(await unit.rows(wanted if unit.sqlite else wanted.with_for_update(of=signups)))


async def _nothing_now(unit: Unit, setting: Setting, person_id: int) -> Presence:
    """Inside already, put down already, too early, or not signed up at all."""
    columns = (slots, signups.c.status.label("mine"), checkins.c.out_at, checkins.c.minutes)
    own = sa.select(*columns).join(signups, signups.c.slot_id == slots.c.id).join(checkins, isouter=True)
    own = own.where(signups.c.person_id == person_id, slots.c.ends_at > unit.now, slots.c.status == "open")
    own = own.where(signups.c.status.in_(("attended", "booked")))
    row = await unit.first(own.order_by(checkins.c.out_at.is_not(None), slots.c.starts_at).limit(1))
    if row is None:
        return Presence("none")
    slot = open_slot(unit.vault, row)
    if row["mine"] == "attended":
        return Presence("in", slot) if row["out_at"] is None else Presence("done", slot, row["minutes"] or 0)
    return Presence("early", slot, at=slot.starts_at - timedelta(minutes=setting.rules.check_in_before_minutes))


def _paused(setting: Setting, row: sa.RowMapping, now: datetime) -> bool:
    if row["wrong_at"] is None or row["wrong_codes"] < setting.rules.wrong_codes:
        return False
    waited: timedelta = now - row["wrong_at"]
    return waited < timedelta(minutes=setting.rules.wrong_codes_pause_minutes)


async def _count_wrong(unit: Unit, setting: Setting, rows: list[sa.RowMapping]) -> None:
    """Guessing must not pay: wrong codes are counted, anew after a pause."""
    for row in rows:
        count = 1 if row["wrong_codes"] >= setting.rules.wrong_codes else row["wrong_codes"] + 1
        await _set(unit, row["signup_id"], wrong_codes=count, wrong_at=unit.now)


async def _set(unit: Unit, signup_id: int, **values: object) -> None:
    await unit.execute(sa.update(signups).where(signups.c.id == signup_id).values(**values))


_INSIDE = (
    sa.select(
        slots,
        signups.c.id.label("signup_id"),
        signups.c.person_id.label("who"),
        checkins.c.id.label("checkin_id"),
        checkins.c.in_at,
    )
    .join(signups, signups.c.slot_id == slots.c.id)
    .join(checkins, checkins.c.signup_id == signups.c.id)
    .where(checkins.c.out_at.is_(None), signups.c.status == "attended")
    .order_by(slots.c.starts_at.desc())
)


async def check_out(unit: Unit, setting: Setting, person: Person) -> Presence:
    """Check out of where the person is checked in; minutes count inside the slot's own time. "late": only the organiser
    can put it down now."""
    row = await unit.first(unit.locking(_INSIDE.where(signups.c.person_id == person.id).limit(1)))
    if row is None:
        return Presence("none")
    slot = open_slot(unit.vault, row)
    if unit.now > slot.ends_at + timedelta(minutes=setting.rules.check_out_after_minutes):
        return Presence("late", slot)
    return await _leave(unit, setting, row, unit.now, "person")


async def _leave(unit: Unit, setting: Setting, row: sa.RowMapping, at: datetime, by: str) -> Presence:
    slot = open_slot(unit.vault, row)
    inside = min(at, slot.ends_at) - max(row["in_at"], slot.starts_at)
    minutes = max(0, int(inside.total_seconds()) // 60)
    values = {"out_at": unit.now, "minutes": minutes, "out_by": by}
    await unit.execute(sa.update(checkins).where(checkins.c.id == row["checkin_id"]).values(**values))
    await notes.forget(unit, row["signup_id"])
    points = slot.points if minutes >= setting.rules.least_share * slot.minutes else 0
    if row["who"] is None or not await ledger.earn(unit, row["who"], points, row["signup_id"], by):
        points = 0
    return Presence("out", slot, minutes, points)


async def put_down_the_rest(unit: Unit, setting: Setting, slot: Slot, staff_id: int) -> int:
    """Those who checked in and forgot to check out: till the end, by the organiser's word, once it is over. The caller
    has passed the gate; gives how many."""
    if unit.now < slot.ends_at:
        return 0
    rows = await unit.rows(unit.locking(_INSIDE.where(slots.c.id == slot.id)))
    for row in rows:
        await _leave(unit, setting, row, slot.ends_at, f"staff:{staff_id}")
    if rows:
        await audit.write(unit, f"staff:{staff_id}", "slot.checkout", f"slot:{slot.id}", str(len(rows)))
    return len(rows)


async def still_inside(unit: Unit, slot_id: int) -> int:
    """How many checked in and not out."""
    counted = sa.select(sa.func.count()).select_from(_INSIDE.where(slots.c.id == slot_id).subquery())
    return int(await unit.value(counted))


async def attended(unit: Unit, person_id: int) -> list[Attended]:
    """Where a person was, newest first, as far as it was checked out."""
    wanted = (
        sa.select(signups.c.id.label("signup_id"), slots.c.title, slots.c.starts_at, checkins.c.minutes)
        .select_from(checkins)
        .join(signups, signups.c.id == checkins.c.signup_id)
        .join(slots, slots.c.id == signups.c.slot_id)
        .where(signups.c.person_id == person_id, checkins.c.minutes > 0)
        .order_by(slots.c.starts_at.desc())
    )
    return [Attended(**row) for row in await unit.rows(wanted)]
