"""Days as people type them: 昨天  上周五  三天前  3月5号  上个月5号  5号  3/5  2026-03-05  last friday  Mar 5."""

import re
from collections.abc import Iterator
from datetime import date

from bot.understand import days_chinese, days_english
from bot.understand.day_reading import Read, When
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.words import Folded, fold

PATTERNS = days_chinese.PATTERNS + days_english.PATTERNS
ALONE = days_chinese.ALONE + days_english.ALONE
Spot = tuple[date | NotUnderstood, int, int]


def parse(text: str, today: date, *, latest: date | None = None, earliest: date | None = None) -> date:
    """The one day in an answer. today: where the person is.

    What is left out is taken from the past: a month and day without a year, a weekday, a day of the month are the last
    such day up to `latest` (today when not given); when `earliest` is today or later, the next such day from there.
    Raises NotUnderstood: empty, none, ambiguous (several), imprecise (上个月), invalid (2月30号), future (past
    `latest`), past (before `earliest`).
    """
    plain = fold(text)
    if not plain.text.strip():
        raise NotUnderstood("empty")
    when = _when(today, latest, earliest)
    spots = list(_spots(plain, when)) or _alone(plain, when)
    days = {day for day, _, _ in spots if isinstance(day, date)}
    if len(days) == 1:
        return _within(days.pop(), latest, earliest)
    if days:
        raise NotUnderstood("ambiguous")
    if spots:
        raise NotUnderstood("invalid")
    raise NotUnderstood("imprecise" if _is_vague(plain.text) else "none")


def find(text: str, today: date, *, latest: date | None = None, earliest: date | None = None) -> Found[date] | None:
    """The first day inside free text that exists and lies within the bounds; read as by `parse`."""
    plain = fold(text)
    for day, start, end in _spots(plain, _when(today, latest, earliest)):
        if isinstance(day, date) and (latest is None or day <= latest) and (earliest is None or day >= earliest):
            return plain.found(day, start, end)
    return None


def _when(today: date, latest: date | None, earliest: date | None) -> When:
    if earliest is not None and earliest >= today:
        return When(today, earliest, ahead=True)
    return When(today, latest or today, ahead=False)


def _within(day: date, latest: date | None, earliest: date | None) -> date:
    if latest is not None and day > latest:
        raise NotUnderstood("future")
    if earliest is not None and day < earliest:
        raise NotUnderstood("past")
    return day


def _spots(plain: Folded, when: When) -> Iterator[Spot]:
    """Every day named, from the left, the longest wording first, none inside another."""
    matches = [(match, read) for pattern, read in PATTERNS for match in pattern.finditer(plain.text)]
    reached = 0
    for match, read in sorted(matches, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if match.start() >= reached:
            reached = match.end()
            yield _read(match, read, when), match.start(), match.end()


def _alone(plain: Folded, when: When) -> list[Spot]:
    """Wordings that name a day only when nothing else is said: 3.5, 3-5, 刚才, fri."""
    for pattern, read in ALONE:
        if match := pattern.fullmatch(plain.text.strip(" 。.!，,~")):
            return [(_read(match, read, when), 0, 1)]
    return []


def _read(match: re.Match[str], read: Read, when: When) -> date | NotUnderstood:
    try:
        return read(match, when)
    except (ValueError, OverflowError):
        return NotUnderstood("invalid")


def _is_vague(plain: str) -> bool:
    return bool(days_chinese.VAGUE.search(plain) or days_english.VAGUE.search(plain))
