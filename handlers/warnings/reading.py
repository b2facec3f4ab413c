"""What the store knows, as the method looks at it. Only reads, and opens no words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.store.unit import Unit
from bot.workdays import is_workday
from handlers.complaints.service import counting
from handlers.warnings.assess import Case, Known, Picture
from handlers.warnings.finding import WEEK, efforts_of, put, week_edges
from handlers.warnings.groups import Group, group_of
from handlers.warnings.method import rest_weight
from handlers.warnings.rules import Rules
from handlers.warnings.tables import warning_looks, warnings


async def read_picture(unit: Unit, rules: Rules, zone: ZoneInfo) -> Picture:
    """The week until now, and what it is compared with."""
    today = unit.now.astimezone(zone).date()
    edges = week_edges(today, rules, zone)
    guarded = rules.guard_weeks + 1
    efforts = efforts_of(today, rules, rest_weight(await _days(unit, edges, today, zone)))
    heard = await _looked(unit, edges[-1]) >= await counting.number_since(unit, edges[-1])
    return Picture(
        cases=await _recent(unit, edges[guarded]),
        week_from=edges[1],
        weeks=await _weeks(unit, edges, rules, heard),
        efforts=efforts[guarded:],
        week_effort=efforts[0],
        whole_effort=sum(efforts[:guarded]),
        heard=heard,
    )


async def unheard(unit: Unit, rules: Rules, zone: ZoneInfo, most: int) -> list[int]:
    """Cases whose words nobody has looked through, the newest first."""
    since = week_edges(unit.now.astimezone(zone).date(), rules, zone)[-1]
    if await _looked(unit, since) >= await counting.number_since(unit, since):
        return []
    wanted = sa.select(warning_looks.c.case_id).where(warning_looks.c.filed_at >= since)
    seen = set((await unit.execute(wanted)).scalars())
    return [one for one in await counting.ids_since(unit, since) if one not in seen][:most]


async def known(unit: Unit, since: datetime) -> list[tuple[int, Known]]:
    """(id, warning) of those that are open, or closed no earlier than `since`; in the order they were raised."""
    lasting = sa.or_(warnings.c.closed_at.is_(None), warnings.c.closed_at >= since)
    rows = await unit.rows(sa.select(warnings).where(lasting).order_by(warnings.c.id))
    return [(row["id"], Known(group_in(row), row["first_at"], row["closed_at"])) for row in rows]


def group_in(row: sa.RowMapping) -> Group:
    """The group of a row of `warnings`."""
    return Group(row["scope"], row["company"], row["company_words"], row["category"], row["region"])


async def _days(unit: Unit, edges: Sequence[datetime], today: date, zone: ZoneInfo) -> dict[bool, list[int]]:
    """How many came a day, working days and rest days apart; the newest week is left out, it is what is looked at."""
    counted = await counting.daily(unit, counting.Part(since=edges[-1], until=edges[1]), zone)
    found: dict[bool, list[int]] = defaultdict(list)
    for back in range(WEEK, WEEK * (len(edges) - 1)):
        day = today - timedelta(days=back)
        found[is_workday(day)].append(counted.get(day, 0))
    return found


async def _recent(unit: Unit, since: datetime) -> list[Case]:
    grave = sa.select(warning_looks.c.case_id).where(warning_looks.c.filed_at >= since, warning_looks.c.grave)
    ids = set((await unit.execute(grave)).scalars())
    return [_case(one, one.id in ids) for one in await counting.filed(unit, since)]


async def _weeks(unit: Unit, edges: Sequence[datetime], rules: Rules, heard: bool) -> dict[Group, list[int]]:
    """The baseline of every group."""
    guarded = rules.guard_weeks + 1
    found: dict[Group, list[int]] = {}
    for week, one, count in await counting.weekly(unit, edges[guarded:]):
        put(found, _case(one), week, count, rules)
    if heard:
        await _grave_weeks(unit, edges[guarded:], rules, found)
    return found


async def _grave_weeks(unit: Unit, edges: Sequence[datetime], rules: Rules, found: dict[Group, list[int]]) -> None:
    within = warning_looks.c.filed_at.between(edges[-1], edges[0] - timedelta(microseconds=1))
    ids = (await unit.execute(sa.select(warning_looks.c.case_id).where(within, warning_looks.c.grave))).scalars()
    rising = list(reversed(edges))
    for one in await counting.some(unit, list(ids)):
        if group := group_of("grave", one):
            week = len(edges) - 1 - bisect_right(rising, one.submitted_at)
            found.setdefault(group, [0] * rules.baseline_weeks)[week] += 1


async def _looked(unit: Unit, since: datetime) -> int:
    counted = sa.select(sa.func.count()).select_from(warning_looks).where(warning_looks.c.filed_at >= since)
    return int(await unit.value(counted))


def _case(one: counting.Filed, grave: bool = False) -> Case:
    return Case(
        one.id, one.person_id, one.company, one.company_words, one.category, one.region, one.submitted_at, grave
    )
