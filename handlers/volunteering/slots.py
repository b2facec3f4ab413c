"""Slots: made and called off by community staff, found by workers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.peaks import Span
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.staff.service import role_of
from handlers.volunteering.setting import Setting
from handlers.volunteering.tables import sealed_aad, signups, slots

ORGANISERS = ("community", "admin")


class NotStaffError(PermissionError):
    """Only community staff and administrators do this."""


class NoSuchSlotError(LookupError):
    """There is no such slot, or it is not this person's: the two are not told apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is published. `region` a GB/T 2260 code or ""; `occupations` empty for everybody; degrees are WGS 84;
    `allowance` in fen a head: a subsidy towards meals and fares, no pay (志愿服务条例: volunteering is unpaid)."""

    title: str
    task: str
    place: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int = 0
    occupations: tuple[str, ...] = ()
    points: int = 0
    allowance: int = 0
    insurance: str = ""
    contact: str = ""
    region: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot opened for reading. `taken`: places that are given, or held for somebody asked; `spare`: those of them
    that who has one would give to anybody; `series`: what all that were published together share."""

    id: int
    person_id: int | None
    status: str
    title: str
    task: str
    place: str
    region: str
    latitude: float | None
    longitude: float | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    minimum: int
    taken: int
    occupations: tuple[str, ...]
    points: int
    insurance: str
    contact: str
    code: str
    allowance: int = 0
    series: int | None = None
    spare: int = 0

    @property
    def left(self) -> int:
        """Places to be had."""
        return self.capacity - self.taken + self.spare

    @property
    def minutes(self) -> int:
        """How long it lasts."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60


def open_slot(vault: Vault, row: sa.RowMapping) -> Slot:
    """A row of `slots` with its contact opened; `spare` where it was asked for."""
    plain = {name: row[name] for name in Slot.__slots__ if name != "spare"}
    plain["spare"] = row.get("spare") or 0
    plain["occupations"] = tuple(filter(None, row["occupations"].split(",")))
    sealed = row["contact"]
    plain["contact"] = vault.open(sealed, sealed_aad("slots", row["id"], "contact")).decode() if sealed else ""
    return Slot(**plain)


async def require_organiser(unit: Unit, person_id: int) -> str:
    """The gate of all that community staff do here; gives the role. Raises `NotStaffError`."""
    role = await role_of(unit, person_id)
    if role not in ORGANISERS:
        raise NotStaffError
    return role


async def create_series(unit: Unit, person_id: int, plans: Sequence[Plan]) -> list[Slot]:
    """Publish what goes on week after week; one alone is no series. Raises `NotStaffError`."""
    series = new_id() if len(plans) > 1 else None
    return [await create(unit, person_id, plan, series) for plan in plans]


async def create(unit: Unit, person_id: int, plan: Plan, series: int | None = None) -> Slot:
    """Publish a slot. Raises `NotStaffError`."""
    await require_organiser(unit, person_id)
    slot_id = new_id()
    values: dict[str, Any] = {name: getattr(plan, name) for name in Plan.__slots__}
    values["occupations"] = ",".join(plan.occupations)
    values["contact"] = unit.vault.seal(plan.contact.encode(), sealed_aad("slots", slot_id, "contact"))
    code = f"{secrets.randbelow(1_000_000):06}"
    unit.insert(
        slots, id=slot_id, person_id=person_id, status="open", code=code, series=series, created_at=unit.now, **values
    )
    await audit.write(unit, f"staff:{person_id}", "slot.create", f"slot:{slot_id}")
    return await find(unit, slot_id)


_SPARE = (
    sa.select(sa.func.count())
    .where(signups.c.slot_id == slots.c.id, signups.c.status == "booked", signups.c.handover_open)
    .correlate(slots)
    .scalar_subquery()
    .label("spare")
)
WITH_SPARE = sa.select(slots, _SPARE)


async def find(unit: Unit, slot_id: int) -> Slot:
    """A slot as anybody may see it. Raises `NoSuchSlotError`."""
    row = await unit.first(WITH_SPARE.where(slots.c.id == slot_id))
    if row is None:
        raise NoSuchSlotError
    return open_slot(unit.vault, row)


async def locked(unit: Unit, slot_id: int) -> Slot:
    """The same, nobody else changing it till the commit."""
    row = await unit.first(unit.locking(WITH_SPARE.where(slots.c.id == slot_id)))
    if row is None:
        raise NoSuchSlotError
    return open_slot(unit.vault, row)


async def access_own_slot(unit: Unit, person_id: int, slot_id: int) -> Slot:
    """The gate to a slot for its organiser or an administrator; locks it. Raises `NotStaffError`, `NoSuchSlotError`."""
    role = await require_organiser(unit, person_id)
    slot = await locked(unit, slot_id)
    if slot.person_id != person_id and role != "admin":
        raise NoSuchSlotError
    return slot


async def own_slots(unit: Unit, person_id: int, most: int = 8) -> list[Slot]:
    """An organiser's slots (an administrator sees everybody's), those to come first, then the newest. Raises
    `NotStaffError`."""
    role = await require_organiser(unit, person_id)
    own = sa.select(slots).where(slots.c.status == "open", slots.c.ends_at > unit.now - timedelta(days=7))
    if role != "admin":
        own = own.where(slots.c.person_id == person_id)
    ahead = sa.case((slots.c.ends_at > unit.now, 0), else_=1)
    rows = await unit.rows(own.order_by(ahead, slots.c.starts_at).limit(most))
    return [open_slot(unit.vault, row) for row in rows]


async def runs_some(unit: Unit, person_id: int) -> bool:
    """Whether somebody has activities of their own to come."""
    own = sa.select(slots.c.id).where(slots.c.person_id == person_id, slots.c.status == "open")
    return await unit.value(own.where(slots.c.ends_at > unit.now).limit(1)) is not None


async def counts(unit: Unit, slot_id: int) -> dict[str, int]:
    """Status of a sign-up -> how many a slot has. Never who."""
    counted = sa.select(signups.c.status, sa.func.count().label("many")).where(signups.c.slot_id == slot_id)
    return {row["status"]: row["many"] for row in await unit.rows(counted.group_by(signups.c.status))}


async def coming(unit: Unit, occupation: str, region: str, most: int = 100) -> list[Slot]:
    """Open slots to come that are for this occupation, in this city (all cities where no region is known)."""
    ahead = WITH_SPARE.where(slots.c.status == "open", slots.c.starts_at > unit.now)
    if region:
        city = slots.c.region.startswith(region[:4])
        ahead = ahead.where(sa.or_(city, slots.c.region == "", slots.c.region == region[:2] + "0000"))
    rows = await unit.rows(ahead.order_by(slots.c.starts_at, slots.c.id).limit(most))
    found = [open_slot(unit.vault, row) for row in rows]
    return [slot for slot in found if not slot.occupations or not occupation or occupation in slot.occupations]


def in_peak(setting: Setting, slot: Slot, occupation: str, region: str) -> list[Span]:
    """The peaks of a person that a slot lies in."""
    return setting.peaks.within([occupation], slot.starts_at, slot.ends_at, setting.zone, region or slot.region)


async def fitting(
    unit: Unit, setting: Setting, person_id: int, occupation: str, region: str, *, leaving: int = 0
) -> list[Slot]:
    """What fits a person: for their occupation, near, in their free time, not across what they signed up for (but for
    the slot they are `leaving`). What has room first, then their own district, then the soonest."""
    busy = [one for one in await engaged(unit, person_id) if one.id != leaving]
    found = [
        slot
        for slot in await coming(unit, occupation, region)
        if not in_peak(setting, slot, occupation, region) and not overlapping(slot, busy)
    ]
    return sorted(found, key=lambda slot: (slot.left <= 0, bool(region) and slot.region != region, slot.starts_at))


async def engaged(unit: Unit, person_id: int) -> list[Slot]:
    """Slots to come, or under way, where a person has a place or is asked to take one."""
    own = (
        sa.select(slots)
        .join(signups, signups.c.slot_id == slots.c.id)
        .where(signups.c.person_id == person_id, signups.c.status.in_(("booked", "offered", "attended")))
        .where(slots.c.ends_at > unit.now)
        .order_by(slots.c.starts_at)
    )
    return [open_slot(unit.vault, row) for row in await unit.rows(own)]


def overlapping(slot: Slot, others: Sequence[Slot]) -> Slot | None:
    """The first of the others that goes on at the same time, the slot itself included."""
    return next((one for one in others if one.starts_at < slot.ends_at and slot.starts_at < one.ends_at), None)
