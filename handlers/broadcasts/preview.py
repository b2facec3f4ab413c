"""Before it goes out: how many get it through which channel, how many of them at once, who is left out and why."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from bot.masses import LEAST
from bot.quiet import QuietHours
from bot.store.tables import identities, people
from bot.store.unit import Unit
from bot.store.windows import writable
from handlers.broadcasts.segments import REASONS, Audience

SILENT = ("web", "terminal")  # channels that wake nobody (`Channel.pushes`): no hour is a quiet one there


@dataclass(slots=True)
class Reach:
    """One channel: all who get it there, those at once, those by mass sending, those after a quiet hour, those whose
    window is closed."""

    total: int = 0
    now: int = 0
    mass: int = 0
    quiet: int = 0
    closed: int = 0


@dataclass(slots=True)
class Counts:
    """All of it. `left_out`: reason -> how many."""

    channels: dict[str, Reach] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many get it."""
        return sum(one.total for one in self.channels.values())

    @property
    def now(self) -> int:
        """How many of them at once, one by one."""
        return sum(one.now for one in self.channels.values())

    @property
    def mass(self) -> int:
        """How many of them at once, by mass sending; who had four this month does not get it, and nobody tells us."""
        return sum(one.mass for one in self.channels.values())


async def count(unit: Unit, audience: Audience, quiet: QuietHours, at: datetime, *, mass: bool = False) -> Counts:
    """One pass over the segment. at: when it is to go out; mass: who can't be written to gets it by mass sending."""
    found = Counts(left_out=dict.fromkeys(REASONS, 0))
    jobs: dict[str, int] = defaultdict(int)  # language -> people: one job says one thing
    for row in await unit.rows(_grouped(audience, at)):
        if row["reason"]:
            found.left_out[row["reason"]] += row["many"]
            continue
        reach = found.channels.setdefault(row["channel"], Reach())
        reach.total += row["many"]
        held = row["channel"] not in SILENT and quiet.ends(at, row["occupation"], row["region"], row["timezone"])
        if not row["open"] and not mass:
            reach.closed += row["many"]
        elif held:
            reach.quiet += row["many"]
        elif row["open"]:
            reach.now += row["many"]
        else:
            jobs[row["language"]] += row["many"]
    if jobs:
        reach = found.channels["wechat"]
        reach.mass = sum(many for many in jobs.values() if many >= LEAST)
        reach.closed += sum(many for many in jobs.values() if many < LEAST)
    return found


def _grouped(audience: Audience, at: datetime) -> sa.Select[tuple[object, ...]]:
    reason = sa.case(*((condition, name) for name, condition in audience.left_out().items()), else_="")
    inner = (
        sa.select(
            identities.c.channel,
            people.c.occupation,
            people.c.region,
            people.c.timezone,
            people.c.language,
            sa.case((writable(at), sa.true()), else_=sa.false()).label("open"),
            reason.label("reason"),
        )
        .select_from(audience.selected())
        .where(*audience.wanted())
        .cte("everybody")
        .prefix_with("MATERIALIZED")  # so that conditions are looked at once a person, not once a column
    )
    return sa.select(inner, sa.func.count().label("many")).group_by(*inner.c)
