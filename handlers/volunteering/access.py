"""The gates of the desk: community staff see all activities, and work on their own; administrators on every one."""

from __future__ import annotations

from bot.desk.members import Member, may_open
from bot.store import audit
from bot.store.unit import Unit
from handlers.volunteering.slots import NoSuchSlotError, NotStaffError, Slot, find, locked


def access_slots(member: Member) -> None:
    """The gate to the list. Raises `NotStaffError`."""
    if not may_open(member.role, "volunteering"):
        raise NotStaffError


def is_own(member: Member, slot: Slot) -> bool:
    """Whether this member works on it."""
    return member.role == "admin" or slot.person_id == member.person_id


async def look_at_slot(unit: Unit, member: Member, slot_id: int) -> Slot:
    """The gate to a slot's page; who signed up is on it for its own staff only, and noted. Raises `NotStaffError`,
    `NoSuchSlotError`."""
    access_slots(member)
    slot = await find(unit, slot_id)
    if is_own(member, slot):
        await audit.write(unit, member.actor, "slot.show", f"slot:{slot_id}")
    return slot


async def access_slot(unit: Unit, member: Member, slot_id: int) -> Slot:
    """The gate to whatever changes a slot; locks it. Raises `NotStaffError`, `NoSuchSlotError`."""
    access_slots(member)
    slot = await locked(unit, slot_id)
    if not is_own(member, slot):
        raise NoSuchSlotError
    return slot
