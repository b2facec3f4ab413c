"""When somebody was born, as people type it: 82年的  1982年3月  82.3  八二年三月  19820315  March 1982."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from bot.patterns import pattern
from bot.understand import NotUnderstood
from bot.understand.words import fold

OLDEST = 1920
YOUNGEST = 14  # years; two digits that would make somebody younger than that are no year of birth
_FROM = 40  # two digits from here on are of the last century
_AGES = range(YOUNGEST, 70)
_CHINESE = str.maketrans("零〇一二三四五六七八九", "00123456789")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_D = "0-9零〇一二三四五六七八九"
_NOT_AFTER = r"(?<![0-9.第])(?<!交)(?<!缴)(?<!满)(?<!干)(?<!跑)(?<!做)(?<!断)(?<!了)(?<!过)(?<!再)(?<!近)(?<!从)"
_YEAR = rf"(?P<year>(?:19|20)[0-9]{{2}}|[{_D}]{{4}}|[{_D}]{{2}})"
_MONTH = r"(?P<month>[0-9]{1,2}|十[一二]?|[一二三四五六七八九])"
_WHOLE = (
    pattern(rf"{_NOT_AFTER}{_YEAR}\s*年\s*(?:的|生的?|出生的?)?\s*{_MONTH}\s*月(?!前|后)"),
    pattern(rf"(?<![0-9])(?P<year>(?:19|20)[0-9]{{2}})\s*[./\-]\s*{_MONTH}(?![0-9])"),
    pattern(r"(?<![0-9])(?P<year>(?:19|20)[0-9]{2})(?P<month>0[1-9]|1[0-2])(?:[0-3][0-9])?(?![0-9])"),
    pattern(rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?,?\s+(?P<year>(?:19|20)[0-9]{{2}})(?![0-9])"),
)
_NOT_BEFORE = "社保|养老|医保|保险|时候|数|基数|规定|新规|政策|标准|工龄|钱"
_YEAR_ONLY = pattern(rf"{_NOT_AFTER}{_YEAR}\s*年?\s*(?:的人|出?生|的(?!{_NOT_BEFORE}))")
_MY_YEAR = pattern(rf"我是?{_YEAR}年(?=[\s,，。]|$)")
_ENGLISH_YEAR = pattern(r"born (?:in )?(?P<year>(?:19|20)[0-9]{2})(?![0-9])")
_SHORT = pattern(rf"(?P<year>[{_D}]{{2}}|(?:19|20)[0-9]{{2}})\s*[./\-年\s]\s*{_MONTH}\s*月?[^0-9]*")
_ALONE = pattern(rf"[^0-9{_D}]*{_YEAR}\s*年?[^0-9{_D}岁]*")
_AGE = pattern(r"(?:今年|虚岁|周岁|我都?|快)\s?[0-9]{2}(?![0-9年.])|[0-9]{2}\s?(?:周?岁|years old)")


class Birth(NamedTuple):
    """A year, and a month where it was told."""

    year: int
    month: int | None

    def __str__(self) -> str:
        return f"{self.year:04d}" if self.month is None else f"{self.year:04d}-{self.month:02d}"


def parse(text: str, today: date) -> Birth:
    """The birth month in an answer; the month may be left out.

    Raises NotUnderstood: empty, none, age (an age tells no month), month (there is no such), future, past.
    """
    plain = fold(text).text.strip()
    if not plain:
        raise NotUnderstood("empty")
    match = _told(plain) or _SHORT.fullmatch(plain) or _alone(plain)
    if match is None:
        raise NotUnderstood("age" if _AGE.search(plain) else "none")
    return _checked(_year(match["year"], today), match.groupdict().get("month"), today)


def find(text: str, today: date) -> Birth | None:
    """The birth month spotted in free text: 我82年的, 1982年3月出生; not 交了15年."""
    plain = fold(text).text
    match = _told(plain)
    if match is None:
        return None
    try:
        found = _checked(_year(match["year"], today), match.groupdict().get("month"), today)
    except NotUnderstood:
        return None
    return found if found.year <= today.year - YOUNGEST else None


def tells_age(text: str) -> bool:
    """True when an age is told: 我46了, 今年46岁."""
    return bool(_AGE.search(fold(text).text))


def _alone(plain: str) -> re.Match[str] | None:
    """A year and nothing else; of two digits without 年, those that may as well be an age are none."""
    match = _ALONE.fullmatch(plain)
    if match and len(match["year"]) == 2 and "年" not in plain and int(match["year"].translate(_CHINESE)) in _AGES:
        raise NotUnderstood("age")
    return match


def _told(plain: str) -> re.Match[str] | None:
    patterns = (*_WHOLE, _YEAR_ONLY, _MY_YEAR, _ENGLISH_YEAR)
    return next((match for way in patterns if (match := way.search(plain))), None)


def _year(text: str, today: date) -> int:
    year = int(text.translate(_CHINESE))
    if len(text) == 4:
        return year
    if year >= _FROM:
        # Alone, 44 is an age as well as a year: nobody who works now was born that early.
        if year < today.year - 80 - 1900:
            raise NotUnderstood("age")
        return 1900 + year
    if 2000 + year > today.year - YOUNGEST:
        raise NotUnderstood("age")
    return 2000 + year


def _checked(year: int, month: str | None, today: date) -> Birth:
    number = None if month is None else _month(month)
    if number is not None and not 1 <= number <= 12:
        raise NotUnderstood("month")
    if year * 12 + (number or 1) > today.year * 12 + today.month:
        raise NotUnderstood("future")
    if year < OLDEST:
        raise NotUnderstood("past")
    return Birth(year, number)


def _month(text: str) -> int:
    if text in _MONTHS:
        return _MONTHS.index(text) + 1
    if text.startswith("十"):
        return 10 + int((text[1:] or "0").translate(_CHINESE))
    return int(text.translate(_CHINESE))
