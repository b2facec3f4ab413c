"""Giving a place to somebody else, or changing it for a place elsewhere. The number of places taken never moves.

Who gives a place keeps it, with its reminders, until somebody has taken it.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.people import Person
from bot.store import audit, codes
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.volunteering.setting import Setting
from handlers.volunteering.signups import (
    Answer,
    NoSuchSignupError,
    Signup,
    access_own_signup,
    book,
    cancel,
    hand_over,
    live,
    refusal,
    settled,
    sign_up,
    take,
)
from handlers.volunteering.slots import Slot, locked
from handlers.volunteering.tables import sealed_aad, signups

PREFIX = "JB"  # 接班: not to be taken for the receipt of a complaint


@dataclass(frozen=True, slots=True)
class Handover:
    """A place to be given. `code`: what who takes it sends; "" when there is no place to give any more."""

    code: str
    slot: Slot
    signup: Signup


async def give(unit: Unit, setting: Setting, person_id: int, signup_id: int, *, anybody: bool = False) -> Handover:
    """Offer one's place: to whoever is given the code, with `anybody` to all who look for something to do as well.
    The same code as before, when it was offered before. Raises `NoSuchSignupError`."""
    mine, slot = await access_own_signup(unit, setting, person_id, signup_id)
    if mine.status != "booked" or slot.status != "open" or slot.starts_at <= unit.now:
        return Handover("", slot, mine)
    code = mine.handover or PREFIX + codes.new_code().removeprefix(codes.PREFIX)
    values = {"handover": code, "handover_open": anybody}
    await unit.execute(sa.update(signups).where(signups.c.id == mine.id).values(**values))
    return Handover(code, slot, mine)


async def keep(unit: Unit, setting: Setting, person_id: int, signup_id: int) -> Handover:
    """Take the offer back. Raises `NoSuchSignupError`."""
    mine, slot = await access_own_signup(unit, setting, person_id, signup_id)
    nothing: dict[str, object] = {"handover": None, "handover_open": False}
    await unit.execute(sa.update(signups).where(signups.c.id == mine.id).values(**nothing))
    return Handover("", slot, mine)


async def reserve(unit: Unit, slot: Slot, actor: str, reason: str) -> str:
    """Keep a place, by staff, for somebody who is no sign-up yet; gives the code it is taken with, "" when all places
    are taken. The caller has passed the gate."""
    if not await take(unit, slot.id):
        return ""
    code = PREFIX + codes.new_code().removeprefix(codes.PREFIX)
    row_id = new_id()
    sealed = unit.vault.seal(reason.encode(), sealed_aad("signups", row_id, "reason"))
    unit.insert(signups, id=row_id, slot_id=slot.id, status="booked", made_at=unit.now, handover=code, reason=sealed)
    await audit.write(unit, actor, "slot.reserve", f"signup:{row_id}")
    return code


def read_code(typed: str) -> str:
    """The code in its one spelling; "" for what is none."""
    try:
        body = typed.strip().upper().removeprefix(PREFIX)
        return PREFIX + codes.parse_code(body).removeprefix(codes.PREFIX)
    except codes.BadCode:
        return ""


async def offered_by_code(unit: Unit, setting: Setting, typed: str) -> Handover | None:
    """The place behind a code, its slot locked; None when it is given, taken back, or was never there."""
    code = read_code(typed)
    found = await unit.first(sa.select(signups.c.slot_id).where(signups.c.handover == code)) if code else None
    if found is None:
        return None
    slot = await settled(unit, setting, found["slot_id"])
    row = await unit.first(sa.select(signups).where(signups.c.handover == code, signups.c.status == "booked"))
    if row is None:
        return None
    return Handover(code, slot, Signup(row["id"], slot.id, row["status"], None, code))


async def take_over(unit: Unit, setting: Setting, person: Person, typed: str) -> Answer | None:
    """Take the place behind a code; None when there is none. A turn on the waiting list becomes the place."""
    found = await offered_by_code(unit, setting, typed)
    if found is None:
        return None
    slot = found.slot
    giver = await unit.value(sa.select(signups.c.person_id).where(signups.c.id == found.signup.id))
    closes = slot.starts_at if giver is not None else slot.ends_at  # staff keep places for who comes to the place
    if slot.status != "open" or closes <= unit.now:
        return Answer("over", slot)
    mine = await live(unit, slot.id, person.id)
    if mine is not None and mine.id == found.signup.id:
        return Answer("own", slot, mine.id, status=mine.status)
    if mine is not None and mine.status != "waiting":
        return Answer("already", slot, mine.id, status=mine.status)
    refused = await refusal(unit, setting, person, slot)
    if refused is not None:
        return refused
    await hand_over(unit, setting, slot, found.signup.id, giver)
    return Answer("booked", slot, await book(unit, setting, slot, person, mine.id if mine else 0))


async def swap(unit: Unit, setting: Setting, person: Person, signup_id: int, slot_id: int) -> Answer:
    """Give a place back for one in another slot, both or neither; the place given back passes on. Raises
    `NoSuchSignupError`, `NoSuchSlotError`."""
    own = sa.select(signups.c.slot_id).where(signups.c.id == signup_id, signups.c.person_id == person.id)
    found = await unit.value(own)
    if found is None:
        raise NoSuchSignupError
    for one in sorted({found, slot_id}):  # in one order, so that two who swap with each other never wait in a ring
        await locked(unit, one)
    mine, slot = await access_own_signup(unit, setting, person.id, signup_id)
    if mine.status != "booked" or found == slot_id:
        return Answer("gone", slot, mine.id)
    if slot.starts_at <= unit.now:
        return Answer("over", slot, mine.id)
    answer = await sign_up(unit, setting, person, slot_id, leaving=slot.id)
    if answer.said == "booked":
        await cancel(unit, setting, person.id, mine.id)
    return answer
