"""A plan week after week: each day with what speaks against it. Nothing is published here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.peaks import Span
from bot.workdays import is_holiday, is_workday
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Plan

MOST_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Occasion:
    """One of them. `busy`: the peaks it touches; `free`: when it could begin instead; `holiday`, `make_up` (a working
    day on a weekend): what China's calendar says of the day."""

    plan: Plan
    busy: list[Span]
    free: datetime | None
    holiday: bool
    make_up: bool

    @property
    def fine(self) -> bool:
        """Nothing speaks against it."""
        return not (self.busy or self.holiday or self.make_up)


def weekly(plan: Plan, weeks: int, setting: Setting) -> list[Occasion]:
    """The plan on the same weekday and at the same clock time, so many weeks from its own on."""
    shifted = [_shifted(plan, timedelta(weeks=count), setting.zone) for count in range(min(weeks, MOST_WEEKS))]
    return [occasion(one, setting) for one in shifted]


def occasion(plan: Plan, setting: Setting) -> Occasion:
    """What speaks against one plan."""
    concerned = plan.occupations or tuple(setting.peaks.occupations)
    busy = setting.peaks.within(concerned, plan.starts_at, plan.ends_at, setting.zone, plan.region)
    free = None
    if busy:
        length = plan.ends_at - plan.starts_at
        free = setting.peaks.next_free(concerned, plan.starts_at, length, setting.zone, plan.region)
    day = plan.starts_at.astimezone(setting.zone).date()
    return Occasion(plan, busy, free, is_holiday(day), _is_make_up(day))


def _is_make_up(day: date) -> bool:
    return day.weekday() >= 5 and is_workday(day)


def _shifted(plan: Plan, by: timedelta, zone: ZoneInfo) -> Plan:
    """By clock time, whatever summer time does."""
    begin, end = plan.starts_at.astimezone(zone), plan.ends_at.astimezone(zone)
    return replace(plan, starts_at=begin + by, ends_at=end + by)
