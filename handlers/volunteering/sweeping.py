"""What falls due by itself: offers lapse, who comes back is asked, organisers hear of too few, what is over ends."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.store.tables import identities
from bot.store.unit import Unit
from handlers.volunteering import notes
from handlers.volunteering.setting import Setting
from handlers.volunteering.signups import come_back, settled
from handlers.volunteering.slots import Slot, locked
from handlers.volunteering.tables import signups, slots

AT_ONCE = 100
WARN_BEFORE = timedelta(hours=24)
LATELY = timedelta(hours=48)  # after somebody wrote; WeChat's window
GRACE = timedelta(minutes=30)  # after the end, before somebody counts as not having come


async def sweep(unit: Unit, setting: Setting) -> int:
    """Put in order whatever has fallen due; gives how many slots that were. Safe to run often, and by several
    processes at once; when it is not run, only notices come later."""
    lapsed, asked = await _lapse(unit, setting), await _come_back(unit, setting)
    return lapsed + asked + await _warn(unit, setting) + await _close(unit)


async def _lapse(unit: Unit, setting: Setting) -> int:
    due = sa.select(signups.c.slot_id).where(signups.c.status == "offered", signups.c.offered_until <= unit.now)
    found = sorted(set((await unit.execute(due.limit(AT_ONCE))).scalars()))
    for slot_id in found:
        await settled(unit, setting, slot_id)
    return len(found)


async def _come_back(unit: Unit, setting: Setting) -> int:
    """Who waits, could not be told of a place that came free, and has written since. The exact rule of
    the channel is looked at for each."""
    lately = sa.or_(identities.c.channel != "wechat", identities.c.last_seen_at > unit.now - LATELY)
    free = sa.and_(slots.c.status == "open", slots.c.starts_at > unit.now, slots.c.taken < slots.c.capacity)
    wanted = (
        sa.select(signups.c.slot_id)
        .join(slots, sa.and_(slots.c.id == signups.c.slot_id, free))
        .join(identities, identities.c.person_id == signups.c.person_id)
        .where(signups.c.status == "waiting", identities.c.reachable, lately)
    )
    found = sorted((await unit.execute(wanted.distinct().limit(AT_ONCE))).scalars())
    return sum([await come_back(unit, setting, slot_id) for slot_id in found])


async def _warn(unit: Unit, setting: Setting) -> int:
    """A day ahead, in the organiser's daytime."""
    if setting.quiet_end("", "", unit.now) != unit.now:
        return 0
    few = sa.select(slots.c.id).where(
        slots.c.status == "open",
        slots.c.warned_at.is_(None),
        slots.c.taken < slots.c.minimum,
        slots.c.starts_at > unit.now,
        slots.c.starts_at <= unit.now + WARN_BEFORE,
    )
    warned = [await _warn_once(unit, setting, slot_id) for slot_id in await _ids(unit, few)]
    return sum(warned)


async def _warn_once(unit: Unit, setting: Setting, slot_id: int) -> int:
    slot = await locked(unit, slot_id)
    mark = sa.update(slots).where(slots.c.id == slot_id, slots.c.warned_at.is_(None)).values(warned_at=unit.now)
    if (await unit.execute(mark)).rowcount != 1:
        return 0  # another process was faster
    await notes.too_few(unit, setting, slot)
    return 1


async def _close(unit: Unit) -> int:
    """Slots that are over: who had a place and never came is a no-show, who waited waited in vain."""
    over = sa.select(slots.c.id).where(slots.c.settled_at.is_(None), slots.c.ends_at <= unit.now - GRACE)
    closed = await _ids(unit, over)
    for slot_id in closed:
        await _close_one(unit, await locked(unit, slot_id))
    return len(closed)


async def _close_one(unit: Unit, slot: Slot) -> None:
    for before, after in (("booked", "no_show"), ("offered", "passed"), ("waiting", "passed")):
        left = sa.and_(signups.c.slot_id == slot.id, signups.c.status == before)
        await unit.execute(sa.update(signups).where(left).values(status=after, ended_at=unit.now))
    await unit.execute(sa.update(slots).where(slots.c.id == slot.id).values(settled_at=unit.now))


async def _ids(unit: Unit, wanted: sa.Select[tuple[int]]) -> list[int]:
    return sorted((await unit.execute(wanted.limit(AT_ONCE))).scalars())
