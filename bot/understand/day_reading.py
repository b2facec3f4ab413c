"""How an incomplete day is completed: the calendar under the wordings. What is no day raises ValueError."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class When:
    """From where words are read: today, and on which side of `horizon` an incomplete day lies."""

    today: date
    horizon: date
    ahead: bool

    def fits(self, day: date) -> bool:
        """True on the right side of the horizon."""
        return day >= self.horizon if self.ahead else day <= self.horizon


Read = Callable[[re.Match[str], When], date]
Reading = tuple[re.Pattern[str], Read]


def relative(match: re.Match[str], when: When) -> date:
    """The group that matched says how many days: plus1, minus3."""
    name = match.lastgroup or ""
    return when.today + timedelta(days=int(name[-1]) * (-1 if name.startswith("minus") else 1))


def yearless(month: int, day: int, when: When) -> date:
    """This year's day or the one beside it, on the right side of the horizon; 29 February must be in one of the two."""
    for distance in range(2):
        year = when.horizon.year + (distance if when.ahead else -distance)
        try:
            found = exact(year, month, day)
        except ValueError:
            continue
        if when.fits(found):
            return found
    raise ValueError(month, day)


def nearest(weekday: int, when: When) -> date:
    """The nearest such day of the week (Monday is 0) on the right side of the horizon, which counts."""
    if when.ahead:
        return when.horizon + timedelta(days=(weekday - when.horizon.weekday()) % 7)
    return when.horizon - timedelta(days=(when.horizon.weekday() - weekday) % 7)


def shifted(start: date, months: int, day: int) -> date:
    """A day of the month that lies so many months from the start's."""
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return exact(years, month + 1, day)


def exact(year: int, month: int, day: int) -> date:
    """A day of a year somebody alive can mean."""
    if year not in YEARS:
        raise ValueError(year)
    return date(year, month, day)


def day_of_month(day: int, when: When) -> date:
    """This month's such day, or a month's beside it, on the right side of the horizon; a 31st skips short months."""
    for months in range(3):
        try:
            found = shifted(when.horizon, months if when.ahead else -months, day)
        except ValueError:
            continue
        if when.fits(found):
            return found
    raise ValueError(day)
