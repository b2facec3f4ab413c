"""The sheet of an activity: who signed up, by number and never by name, and what staff put right on it.

Every change has a reason, kept sealed beside it and noted in the audit log by its kind. The caller has passed the gate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.store import audit
from bot.store.codes import ALPHABET
from bot.store.ids import new_id
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.volunteering import ledger, notes
from handlers.volunteering.setting import Setting
from handlers.volunteering.signups import pass_on, take
from handlers.volunteering.slots import Slot
from handlers.volunteering.tables import checkins, sealed_aad, signups

SEATED = ("booked", "offered", "attended", "no_show", "excused")  # a place of the slot is theirs
ADDABLE = (*SEATED, "waiting", "passed")  # may have been there


class NoSuchEntryError(LookupError):
    """There is no such sign-up in this slot, or it can't be changed so any more."""


class NoPlaceError(ValueError):
    """All places are taken: nobody more can be put down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `number` is what the person is called at the place. `minutes` None: not (yet) put down. `code`: what a
    place that staff keep is taken with."""

    id: int
    number: str
    status: str
    occupation: str
    in_at: datetime | None
    out_at: datetime | None
    minutes: int | None
    by_staff: bool
    code: str = ""


def pseudonym(unit: Unit, signup_id: int) -> str:
    """What a person is called at one activity: four characters that tell nothing, others at every activity."""
    mac = unit.vault.mac(str(signup_id), "volunteer-number")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in mac[:4])


async def sheet(unit: Unit, slot_id: int) -> list[Entry]:
    """Everybody who signed up and has not cancelled, in the order they did."""
    shown = (*ADDABLE, "called_off")
    wanted = (
        sa.select(
            signups.c.id, signups.c.status, signups.c.person_id, signups.c.handover, people.c.occupation, checkins
        )
        .select_from(signups)
        .join(people, people.c.id == signups.c.person_id, isouter=True)
        .join(checkins, checkins.c.signup_id == signups.c.id, isouter=True)
        .where(signups.c.slot_id == slot_id, signups.c.status.in_(shown))
        .order_by(signups.c.made_at, signups.c.id)
    )
    return [_entry(unit, row) for row in await unit.rows(wanted)]


def _entry(unit: Unit, row: sa.RowMapping) -> Entry:
    by = (row[checkins.c.in_by] or "", row[checkins.c.out_by] or "")
    return Entry(
        id=row[signups.c.id],
        number=pseudonym(unit, row[signups.c.id]),
        status=row[signups.c.status],
        occupation=row[people.c.occupation] or "",
        in_at=row[checkins.c.in_at],
        out_at=row[checkins.c.out_at],
        minutes=row[checkins.c.minutes],
        by_staff=any(one.startswith("staff:") for one in by),
        code=(row[signups.c.handover] or "") if row[signups.c.person_id] is None else "",
    )


async def put_down(
    unit: Unit, setting: Setting, slot: Slot, signup_id: int, actor: str, minutes: int, reason: str
) -> None:
    """Put down that somebody was there for so many minutes, from the beginning; points as for anybody. What is put
    down already is struck first. Raises `NoSuchEntryError`, `NoPlaceError`."""
    row = await _entry_row(unit, slot, signup_id, ADDABLE)
    kept = await unit.first(sa.select(checkins).where(checkins.c.signup_id == signup_id))
    if row["status"] == "attended" and kept is not None and kept["out_at"] is not None:
        raise NoSuchEntryError
    if row["status"] not in SEATED and not await take(unit, slot.id):
        raise NoPlaceError
    minutes = max(1, min(minutes, slot.minutes))
    await _set(
        unit, signup_id, status="attended", ended_at=None, offered_until=None, handover=None, handover_open=False
    )
    row_id = kept["id"] if kept is not None else new_id()
    values: dict[str, Any] = {"out_at": unit.now, "minutes": minutes, "out_by": actor}
    values["reason"] = unit.vault.seal(reason.encode(), sealed_aad("checkins", row_id, "reason"))
    if kept is None:
        unit.insert(checkins, id=row_id, signup_id=signup_id, in_at=slot.starts_at, in_by=actor, **values)
    else:
        await unit.execute(sa.update(checkins).where(checkins.c.id == row_id).values(**values))
    await notes.forget(unit, signup_id)
    enough = minutes >= setting.rules.least_share * slot.minutes
    if enough and row["person_id"] is not None:
        await ledger.earn(unit, row["person_id"], slot.points, signup_id, actor)
    await audit.write(unit, actor, "slot.attendance", f"signup:{signup_id}", f"{minutes} minutes")


async def excuse(unit: Unit, slot: Slot, signup_id: int, actor: str, reason: str) -> None:
    """A no-show that was none of theirs: it counts no more. Raises `NoSuchEntryError`."""
    await _entry_row(unit, slot, signup_id, ("no_show",))
    await _set(unit, signup_id, status="excused", reason=_sealed(unit, signup_id, reason))
    await audit.write(unit, actor, "slot.excuse", f"signup:{signup_id}")


async def strike(unit: Unit, setting: Setting, slot: Slot, signup_id: int, actor: str, reason: str) -> None:
    """Attendance put down by mistake: the hours are taken back, and the points as far as they were not spent; it counts
    as a no-show to nobody, and the person is told why. Raises `NoSuchEntryError`."""
    row = await _entry_row(unit, slot, signup_id, ("attended",))
    await _set(unit, signup_id, status="excused", ended_at=unit.now, reason=_sealed(unit, signup_id, reason))
    gone = {"out_at": unit.now, "minutes": 0, "out_by": actor}
    await unit.execute(sa.update(checkins).where(checkins.c.signup_id == signup_id).values(**gone))
    await notes.forget(unit, signup_id)
    taken, spent = 0, 0
    if row["person_id"] is not None:
        taken, spent = await ledger.take_back(unit, row["person_id"], signup_id, actor)
        await notes.struck(unit, setting, slot, signup_id, row["person_id"], reason, taken, spent)
    await audit.write(unit, actor, "slot.strike", f"signup:{signup_id}", f"taken={taken} spent={spent}")


async def take_out(unit: Unit, setting: Setting, slot: Slot, signup_id: int, actor: str, reason: str) -> None:
    """End a sign-up at the desk, before it begins: the person is told why, the place passes on. Raises
    `NoSuchEntryError`."""
    row = await _entry_row(unit, slot, signup_id, ("booked", "waiting"))
    if slot.starts_at <= unit.now:
        raise NoSuchEntryError
    ended: dict[str, Any] = {"status": "cancelled", "ended_at": unit.now, "reason": _sealed(unit, signup_id, reason)}
    await _set(unit, signup_id, **ended, handover=None, handover_open=False)
    await notes.forget(unit, signup_id)
    if row["person_id"] is not None:
        await notes.taken_out(unit, setting, slot, signup_id, row["person_id"], reason)
    if row["status"] == "booked":
        await pass_on(unit, setting, slot)
    await audit.write(unit, actor, "slot.take_out", f"signup:{signup_id}")


async def _entry_row(unit: Unit, slot: Slot, signup_id: int, status: tuple[str, ...]) -> sa.RowMapping:
    wanted = sa.select(signups.c.status, signups.c.person_id).where(
        signups.c.id == signup_id, signups.c.slot_id == slot.id, signups.c.status.in_(status)
    )
    row = await unit.first(unit.locking(wanted))  # who checks in at this moment is waited for, or waits
    if row is None:
        raise NoSuchEntryError
    return row


def _sealed(unit: Unit, signup_id: int, reason: str) -> bytes:
    return unit.vault.seal(reason.encode(), sealed_aad("signups", signup_id, "reason"))


async def _set(unit: Unit, signup_id: int, **values: object) -> None:
    await unit.execute(sa.update(signups).where(signups.c.id == signup_id).values(**values))
