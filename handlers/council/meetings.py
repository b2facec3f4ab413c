"""Meetings of the council and other tasks with a code: staff show it at the place, who is there sends it, once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.council.tables import meeting_visits, meetings
from handlers.rewards import service as rewards

COUNCIL = "council"
OPENS = timedelta(minutes=30)  # before the beginning
Said = Literal["in", "already", "wrong"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting or task. kind: council, or the id of a task in content/points.yaml."""

    id: int
    kind: str
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    points: int
    code: str
    made_by: str


async def gather(
    unit: Unit, actor: str, *, kind: str, title: str, place: str, starts_at: datetime, ends_at: datetime, points: int
) -> Meeting:
    """Announce a meeting; it gets a code no other open one has."""
    taken = set((await unit.execute(sa.select(meetings.c.code).where(meetings.c.ends_at > unit.now))).scalars())
    code = next(one for one in iter(lambda: f"{secrets.randbelow(1_000_000):06d}", "") if one not in taken)
    made = Meeting(new_id(), kind, title, place, starts_at, ends_at, points, code, actor)
    unit.insert(meetings, **{name: getattr(made, name) for name in Meeting.__slots__})
    await audit.write(unit, actor, "meeting.make", f"meeting:{made.id}", f"points={points}")
    return made


async def coming(unit: Unit, most: int = 5) -> list[Meeting]:
    """Meetings of the council that are not over, soonest first."""
    ahead = sa.select(meetings).where(meetings.c.kind == COUNCIL, meetings.c.ends_at > unit.now)
    return [Meeting(**row) for row in await unit.rows(ahead.order_by(meetings.c.starts_at).limit(most))]


async def everything(unit: Unit, most: int = 50) -> list[tuple[Meeting, int]]:
    """(meeting, how many came), the newest first."""
    came = sa.select(sa.func.count()).where(meeting_visits.c.meeting_id == meetings.c.id).scalar_subquery()
    wanted = sa.select(meetings, came.label("came")).order_by(meetings.c.starts_at.desc()).limit(most)
    found = []
    for row in await unit.rows(wanted):
        values = dict(row)
        count = int(values.pop("came"))
        found.append((Meeting(**values), count))
    return found


async def visits(unit: Unit, person_id: int) -> list[Meeting]:
    """Where a person was, newest first."""
    mine = sa.select(meetings).join(meeting_visits, meeting_visits.c.meeting_id == meetings.c.id)
    mine = mine.where(meeting_visits.c.person_id == person_id).order_by(meetings.c.starts_at.desc())
    return [Meeting(**row) for row in await unit.rows(mine)]


async def arrive(unit: Unit, person_id: int, code: str) -> tuple[Said, Meeting | None]:
    """Be there, by the code shown: points come once. "wrong" is no code of a meeting that goes on now."""
    now = sa.select(meetings).where(meetings.c.code == code, meetings.c.ends_at > unit.now)
    row = await unit.first(now.where(meetings.c.starts_at <= unit.now + OPENS))
    if row is None:
        return "wrong", None
    meeting, visit_id = Meeting(**row), new_id()
    visit = {"id": visit_id, "meeting_id": meeting.id, "person_id": person_id, "at": unit.now}
    if not await unit.insert_new(meeting_visits, [visit], meeting_visits.c.id):
        return "already", meeting
    kind = "meeting" if meeting.kind == COUNCIL else "task"
    subject = f"visit:{visit_id}"
    await rewards.give(unit, person_id, meeting.points, kind=kind, subject=subject, actor="person")
    return "in", meeting
