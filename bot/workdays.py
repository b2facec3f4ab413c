"""Counting in Chinese working days: weekends and public holidays out, make-up days (调休) in.

Holidays of a year are announced the November before; until the pinned `holidays` knows them, the statutory days count.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=1)
def _calendar() -> Any:
    from holidays import country_holidays

    return country_holidays("CN")


def after(day: date, workdays: int) -> date:
    """The last day on which something promised within so many working days is in time; `day` itself does not count."""
    due: date = _calendar().get_nth_working_day(day, workdays)
    return due


def is_workday(day: date) -> bool:
    """True on working days, make-up days on weekends among them."""
    return bool(_calendar().is_working_day(day))


def is_holiday(day: date) -> bool:
    """True on public holidays and the days off around them (调休放假), weekends among them; plain weekends are none."""
    return day in _calendar()
