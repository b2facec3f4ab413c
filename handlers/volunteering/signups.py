"""Signing up: a place, the waiting list, offers that lapse, cancelling. A slot is locked while its places move.

Nothing here waits in memory: an offer lapses because its time is compared, whenever the slot is looked at or swept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot import notices
from bot.people import Person
from bot.store.ids import new_id
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.volunteering import notes
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot, engaged, locked, open_slot, overlapping
from handlers.volunteering.tables import LIVE, sealed_aad, signups, slots

Said = Literal[
    "booked", "waiting", "full", "already", "overlap", "over", "others", "paused", "gone", "cancelled", "own", "unknown"
]


class NoSuchSignupError(LookupError):
    """There is no such sign-up, or it is not this person's: the two are not told apart."""


@dataclass(frozen=True, slots=True)
class Signup:
    """One person's sign-up. `handover`: the code somebody else may take the place over with, "" for none."""

    id: int
    slot_id: int
    status: str
    offered_until: datetime | None
    handover: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it. `other`: the slot that is in the way (overlap); `until`: when one may sign up again (paused)."""

    said: Said
    slot: Slot
    signup_id: int = 0
    other: Slot | None = None
    until: datetime | None = None
    status: str = ""


async def sign_up(
    unit: Unit, setting: Setting, person: Person, slot_id: int, *, wait: bool = False, leaving: int = 0
) -> Answer:
    """Take a place, or with `wait` a turn on the waiting list when there is none; who waits takes what is free.
    `leaving`: the slot this person gives up for it, which may overlap. Raises `NoSuchSlotError`."""
    slot = await settled(unit, setting, slot_id)
    if slot.status != "open" or slot.starts_at <= unit.now:
        return Answer("over", slot)
    mine = await live(unit, slot.id, person.id)
    turn = mine.id if mine is not None and mine.status == "waiting" and slot.taken < slot.capacity else 0
    if mine is not None and not turn:
        return Answer("already", slot, mine.id, status=mine.status)
    if slot.left <= 0 and not wait:
        return Answer("full", slot)
    refused = await refusal(unit, setting, person, slot, leaving)
    if refused is not None:
        return refused
    if await take(unit, slot.id) or await _from_who_gives(unit, setting, slot):
        return Answer("booked", slot, await book(unit, setting, slot, person, turn))
    return Answer("waiting", slot, _insert(unit, slot.id, person.id, "waiting")) if wait else Answer("full", slot)


async def refusal(unit: Unit, setting: Setting, person: Person, slot: Slot, leaving: int = 0) -> Answer | None:
    """Why this person can't have a place here; None when they can."""
    if slot.occupations and person.occupation and person.occupation not in slot.occupations:
        return Answer("others", slot)
    until = await paused_until(unit, setting, person.id)
    if until is not None:
        return Answer("paused", slot, until=until)
    # one person's sign-ups one after the other, so that two cannot overlap; a foreign key to the row goes on
    row = sa.select(people.c.id).where(people.c.id == person.id)
    await unit.execute(row if unit.sqlite else row.with_for_update(key_share=True))
    others = [one for one in await engaged(unit, person.id) if one.id not in {leaving, slot.id}]
    other = overlapping(slot, others)
    return Answer("overlap", slot, other=other) if other else None


async def take(unit: Unit, slot_id: int) -> bool:
    """Take one place; False when there is none. The guard holds whatever the caller has read before."""
    free = sa.update(slots).where(slots.c.id == slot_id, slots.c.taken < slots.c.capacity)
    return (await unit.execute(free.values(taken=slots.c.taken + 1))).rowcount == 1


async def _from_who_gives(unit: Unit, setting: Setting, slot: Slot) -> bool:
    """Free the place of who has offered theirs to anybody, the one who asked first; it stays counted as taken."""
    open_ones = sa.select(signups.c.id, signups.c.person_id).where(
        signups.c.slot_id == slot.id, signups.c.status == "booked", signups.c.handover_open
    )
    row = await unit.first(open_ones.order_by(signups.c.id).limit(1))
    if row is None:
        return False
    await hand_over(unit, setting, slot, row["id"], row["person_id"])
    return True


async def hand_over(unit: Unit, setting: Setting, slot: Slot, signup_id: int, person_id: int | None) -> None:
    """End a sign-up whose place somebody else takes, and tell who had it. The slot is locked."""
    await _set(unit, signup_id, status="handed", ended_at=unit.now, handover=None, handover_open=False)
    await notes.forget(unit, signup_id)
    if person_id is not None:
        await notes.handed_over(unit, setting, slot, signup_id, person_id)


async def book(unit: Unit, setting: Setting, slot: Slot, person: Person, signup_id: int = 0) -> int:
    """Note that a place that was taken is this person's; `signup_id`: their turn on the waiting list, if they have
    one. Gives the sign-up."""
    if signup_id:
        await _set(unit, signup_id, status="booked", offered_until=None)
    else:
        signup_id = _insert(unit, slot.id, person.id, "booked")
    await notes.remind(unit, setting, slot, signup_id, person)
    return signup_id


def _insert(unit: Unit, slot_id: int, person_id: int, status: str) -> int:
    signup_id = new_id()
    unit.insert(signups, id=signup_id, slot_id=slot_id, person_id=person_id, status=status, made_at=unit.now)
    return signup_id


async def live(unit: Unit, slot_id: int, person_id: int) -> Signup | None:
    """This person's place or turn in a slot; None when they have neither."""
    own = sa.select(signups).where(signups.c.slot_id == slot_id, signups.c.person_id == person_id)
    row = await unit.first(own.where(signups.c.status.in_(LIVE)))
    return _open(row) if row is not None else None


def _open(row: sa.RowMapping) -> Signup:
    return Signup(row["id"], row["slot_id"], row["status"], row["offered_until"], row["handover"] or "")


async def paused_until(unit: Unit, setting: Setting, person_id: int) -> datetime | None:
    """When somebody who stayed away too often may sign up again; None when they may now."""
    rules = setting.rules
    since = unit.now - timedelta(days=rules.no_shows_within_days)
    missed = (
        sa.select(slots.c.ends_at)
        .join(signups, signups.c.slot_id == slots.c.id)
        .where(signups.c.person_id == person_id, signups.c.status == "no_show", slots.c.ends_at > since)
        .order_by(slots.c.ends_at.desc())
    )
    times = list((await unit.execute(missed)).scalars())
    if len(times) < rules.no_shows:
        return None
    until: datetime = times[0] + timedelta(days=rules.no_shows_pause_days)
    return until if until > unit.now else None


# -- own sign-ups


async def access_own_signup(unit: Unit, setting: Setting, person_id: int, signup_id: int) -> tuple[Signup, Slot]:
    """The gate to a person's own sign-up; its slot is locked and put in order first. Raises `NoSuchSignupError`."""
    own = sa.select(signups).where(signups.c.id == signup_id, signups.c.person_id == person_id)
    row = await unit.first(own)
    if row is None:
        raise NoSuchSignupError
    slot = await settled(unit, setting, row["slot_id"])
    again = await unit.first(own)  # settling may have changed it
    assert again is not None
    return _open(again), slot


async def own_signups(unit: Unit, person_id: int) -> list[tuple[Signup, Slot]]:
    """What a person signed up for and is not over, soonest first."""
    own = sa.select(signups).where(signups.c.person_id == person_id, signups.c.status.in_(LIVE))
    ahead = own.join(slots, slots.c.id == signups.c.slot_id).where(slots.c.ends_at > unit.now)
    mine = {row["slot_id"]: _open(row) for row in await unit.rows(ahead)}
    rows = await unit.rows(sa.select(slots).where(slots.c.id.in_(list(mine))).order_by(slots.c.starts_at))
    return [(mine[row["id"]], open_slot(unit.vault, row)) for row in rows]


async def accept(unit: Unit, setting: Setting, person: Person, signup_id: int) -> Answer:
    """Take the place that was offered; "gone" when the offer has lapsed. Raises `NoSuchSignupError`."""
    mine, slot = await access_own_signup(unit, setting, person.id, signup_id)
    if mine.status == "booked":
        return Answer("already", slot, mine.id, status="booked")
    if mine.status != "offered" or slot.status != "open" or slot.starts_at <= unit.now:
        return Answer("gone", slot, mine.id)
    others = [one for one in await engaged(unit, person.id) if one.id != slot.id]
    if other := overlapping(slot, others):
        return Answer("overlap", slot, mine.id, other=other)
    await notes.forget(unit, mine.id)  # the offer, when it is still on its way
    return Answer("booked", slot, await book(unit, setting, slot, person, mine.id))


async def cancel(unit: Unit, setting: Setting, person_id: int, signup_id: int, reason: str = "") -> Answer:
    """Give a place, an offer or a turn back; the place passes on. "over" once it has begun. Raises
    `NoSuchSignupError`."""
    mine, slot = await access_own_signup(unit, setting, person_id, signup_id)
    if mine.status not in {"booked", "offered", "waiting"}:
        return Answer("gone", slot, mine.id)
    if slot.starts_at <= unit.now:
        return Answer("over", slot, mine.id)
    sealed = unit.vault.seal(reason.encode(), sealed_aad("signups", mine.id, "reason")) if reason else None
    ended = {"status": "cancelled", "ended_at": unit.now, "offered_until": None, "reason": sealed}
    await _set(unit, mine.id, **ended, handover=None, handover_open=False)
    await notes.forget(unit, mine.id)
    if mine.status != "waiting":
        await pass_on(unit, setting, slot)
    return Answer("cancelled", slot, mine.id)


async def _set(unit: Unit, signup_id: int, **values: object) -> None:
    await unit.execute(sa.update(signups).where(signups.c.id == signup_id).values(**values))


# -- places that pass on


async def settled(unit: Unit, setting: Setting, slot_id: int) -> Slot:
    """The slot, locked, with every offer that has lapsed passed on. Raises `NoSuchSlotError`."""
    slot = await locked(unit, slot_id)
    lapsed = sa.select(signups.c.id, signups.c.person_id).where(
        signups.c.slot_id == slot_id, signups.c.status == "offered", signups.c.offered_until <= unit.now
    )
    rows = await unit.rows(lapsed.order_by(signups.c.id))
    for row in rows:
        await _set(unit, row["id"], status="lapsed", ended_at=unit.now)
        await notes.forget(unit, row["id"])
        await notes.lapsed(unit, setting, slot, row["id"], row["person_id"])
        await pass_on(unit, setting, slot)
    return await locked(unit, slot_id) if rows else slot


async def pass_on(unit: Unit, setting: Setting, slot: Slot) -> bool:
    """Offer a place that was given back to who waits longest and can be told then; free it when nobody can, which gives
    False. Who can't be told keeps their turn, and is asked once they write (`come_back`)."""
    waiting = (
        sa.select(signups.c.id, signups.c.person_id, people.c.occupation, people.c.region)
        .join(people, people.c.id == signups.c.person_id)
        .where(signups.c.slot_id == slot.id, signups.c.status == "waiting")
        .order_by(signups.c.made_at, signups.c.id)
    )
    if slot.status == "open" and slot.starts_at > unit.now:
        for row in await unit.rows(waiting):
            at, until = _offer_times(setting, slot, row, unit.now)
            if not await notices.can_be_told(unit, row["person_id"], at):
                continue
            if await notes.offer(unit, setting, slot, row["id"], row["person_id"], at, until):
                await _set(unit, row["id"], status="offered", offered_until=until)
                return True
            await _set(unit, row["id"], status="lapsed", ended_at=unit.now)
    await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(taken=slots.c.taken - 1))
    return False


async def come_back(unit: Unit, setting: Setting, slot_id: int) -> int:
    """Offer free places to who waits and could not be told when they came free; gives how many are asked. Raises
    `NoSuchSlotError`."""
    slot = await settled(unit, setting, slot_id)
    asked = 0
    while await take(unit, slot.id) and await pass_on(unit, setting, slot):
        asked += 1
    return asked


def _offer_times(setting: Setting, slot: Slot, row: sa.RowMapping, now: datetime) -> tuple[datetime, datetime]:
    """(when it is told, till when it holds): outside peak and night where time allows, never past the beginning."""
    length = timedelta(minutes=setting.rules.offer_minutes)
    at = setting.quiet_end(row["occupation"], row["region"], now)
    if at + timedelta(hours=1) > slot.starts_at:
        at = now
    return at, min(at + length, slot.starts_at)
