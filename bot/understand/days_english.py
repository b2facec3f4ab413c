"""The English wordings of days, over folded text: yesterday, 3 days ago, last friday, Mar 5."""

import re
from datetime import date, timedelta

from bot.patterns import pattern
from bot.understand.day_reading import Reading, When, exact, nearest, relative, yearless

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAME = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG_NAME = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_SHORT_NAME = r"(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)"
_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_MONTH_DAY = pattern(
    rf"(?<![a-z])(?P<month>{_MONTH_NAME})\.?\s?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9a-z:])(?:,?\s?(?P<year>20[0-9]{{2}})(?![0-9]))?"
)
_DAY_MONTH = pattern(
    rf"(?<![0-9a-z])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH_NAME})(?![a-z])(?:,?\s?(?P<year>20[0-9]{{2}})(?![0-9]))?"
)
_RELATIVE = pattern(
    r"(?<![a-z])(?:(?P<minus2>(?:the\s)?day\sbefore\syesterday)|(?P<minus1>yesterday|last\snight)"
    r"|(?P<plus0>today|tonight|this\s(?:morning|afternoon|evening))|(?P<plus1>tomorrow))(?![a-z])"
)
_AGO = pattern(rf"(?<![0-9a-z])(?P<count>[0-9]{{1,3}}|{'|'.join(_COUNTS)})\s(?P<unit>day|week)s?\sago(?![a-z])")
_WEEKDAY = pattern(
    rf"(?<![a-z])(?:(?P<which>last|this|next|on|past)\s(?P<weekday>{_LONG_NAME}|{_SHORT_NAME})|(?P<bare>{_LONG_NAME}))(?![a-z])"
)
_SHORT_ALONE = pattern(rf"(?P<bare>{_SHORT_NAME})")
_JUST_NOW = pattern(r"just\s?now")


def _weekday(match: re.Match[str], when: When) -> date:
    """last friday: the last one before today; next: the first one after; this: of this week."""
    groups = match.groupdict()
    weekday = _WEEKDAYS.index((groups.get("weekday") or groups["bare"])[:3])
    match groups.get("which"):
        case "last" | "past":
            return nearest(weekday, When(when.today, when.today - timedelta(days=1), ahead=False))
        case "next":
            return nearest(weekday, When(when.today, when.today + timedelta(days=1), ahead=True))
        case "this":
            return when.today + timedelta(days=weekday - when.today.weekday())
    return nearest(weekday, when)


def _month_day(match: re.Match[str], when: When) -> date:
    month, day = _MONTHS.index(match["month"][:3]) + 1, int(match["day"])
    return exact(int(match["year"]), month, day) if match["year"] else yearless(month, day, when)


def _ago(match: re.Match[str], when: When) -> date:
    count = _COUNTS.get(match["count"]) or int(match["count"])
    return when.today - timedelta(days=count * (1 if match["unit"] == "day" else 7))


def _today(match: re.Match[str], when: When) -> date:
    return when.today


PATTERNS: tuple[Reading, ...] = (
    (_MONTH_DAY, _month_day),
    (_DAY_MONTH, _month_day),
    (_RELATIVE, relative),
    (_AGO, _ago),
    (_WEEKDAY, _weekday),
)
ALONE: tuple[Reading, ...] = ((_SHORT_ALONE, _weekday), (_JUST_NOW, _today))
VAGUE = pattern(r"last\s(?:week|month|year)|months?\sago|recently|a\swhile|(?<![a-z])ago|don'?t\s(?:know|remember)")
