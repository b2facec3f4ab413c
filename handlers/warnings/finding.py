"""Weeks, their effort, and the counts of groups in them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from bot.workdays import is_workday
from handlers.warnings.assess import Case
from handlers.warnings.groups import SCOPES, Group, group_of
from handlers.warnings.rules import Rules

WEEK = 7  # days


def week_edges(today: date, rules: Rules, zone: tzinfo) -> list[datetime]:
    """Where weeks begin, newest first: the end of today, the start of the week that ends with it, and so on back to the
    start of the baseline."""
    count = 1 + rules.guard_weeks + rules.baseline_weeks
    days = [today + timedelta(days=1 - WEEK * back) for back in range(count + 1)]
    return [datetime.combine(day, time(), zone) for day in days]


def efforts_of(today: date, rules: Rules, rest: float) -> list[float]:
    """What each of these weeks is worth, in working days; `rest`: what a rest day is."""
    count = 1 + rules.guard_weeks + rules.baseline_weeks
    return [
        sum(1.0 if is_workday(today - timedelta(days=WEEK * back + day)) else rest for day in range(WEEK))
        for back in range(count)
    ]


def weeks_of(cases: Iterable[Case], edges: Sequence[datetime] | None, rules: Rules) -> dict[Group, list[int]]:
    """The counts of every group in the weeks of the baseline, newest first. Without edges, all in one."""
    guarded = rules.guard_weeks + 1
    rising = list(reversed(edges)) if edges else []
    found: dict[Group, list[int]] = {}
    for case in cases:
        week = len(rising) - 1 - bisect_right(rising, case.filed_at) - guarded if edges else 0
        if week >= 0:
            put(found, case, week, 1, rules)
    return found


def put(found: dict[Group, list[int]], case: Case, week: int, count: int, rules: Rules) -> None:
    """Count a case in all its groups."""
    for scope in SCOPES:
        group = group_of(scope, case)
        if group and (case.grave or scope != "grave"):
            found.setdefault(group, [0] * rules.baseline_weeks)[week] += count
