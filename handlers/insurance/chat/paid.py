"""How long somebody has paid, as people type it: 5年  两年半  5年3个月  60个月  没交过  记不清."""

from __future__ import annotations

from bot.patterns import pattern
from bot.understand import NotUnderstood, numbers
from bot.understand.words import fold

MOST = 960  # months
YEARS_UP_TO = 50  # a bare number up to here counts years, a larger one months
UNKNOWN = "unknown"
_YEARS = pattern(rf"(?P<n>{numbers.RUN})\s?(?:来|多)?\s?(?:年|years?|yrs?)(?P<half>半)?")
_MONTHS = pattern(rf"(?P<n>{numbers.RUN})\s?(?:来|多)?\s?(?:个(?P<half>半)?月|月|months?)")
_HALF_YEAR = pattern(r"半年|half a year")
_NEVER = pattern(
    r"没有?(?:怎么)?[交缴]|从来?没|还没[交缴]|未[交缴]|一[分天次]都?没|零|^(?:没有?|无|0)$|never|^no(?:ne)?$|not yet"
)
_FORGOTTEN = pattern(
    r"[记弄搞说]不[清得太]|不(?:太)?(?:清楚|知道|记得|确定|晓得)|忘|没数|don'?t (?:know|remember)|not sure"
)
_VAGUE = pattern(r"断断续续|有时|[几好]几?年|some years|a few")
_IN_TEXT = pattern(
    rf"(?<![再要想没多])(?:[交缴]|paid)(?:了|过|满|有|够)?(?:社保|养老|保险|大概|大约|差不多|快|将近|已经|有|for|\s)*"
    rf"(?P<length>(?:{numbers.RUN})\s?(?:年半?|个月|years?|months?)(?:零?\s?{numbers.RUN}\s?个?月)?|半年)"
)
_NEVER_IN_TEXT = pattern(
    r"(?:没|没有|从没|从来没|一直没|还没)[交缴]过?(?:社保|养老|保险|职工)|(?:社保|养老)(?:都?没|一直没|从没|还没)[交缴]过?"
    r"|没[交缴]过"
)


def parse(text: str) -> int | str:
    """Months, or UNKNOWN. Raises NotUnderstood: empty, none, imprecise (好几年), range."""
    plain = fold(text).text.strip()
    if not plain:
        raise NotUnderstood("empty")
    months = _length(plain)
    if months is None:
        return _without_length(plain)
    if not 0 <= months <= MOST:
        raise NotUnderstood("range")
    return months


def find(text: str) -> int | None:
    """Months paid, spotted in free text: 交了8年; 没交过社保 is 0."""
    plain = fold(text).text
    match = _IN_TEXT.search(plain)
    if match:
        months = _length(match["length"])
        return months if months is not None and months <= MOST else None
    return 0 if _NEVER_IN_TEXT.search(plain) else None


def _without_length(plain: str) -> int | str:
    if _FORGOTTEN.search(plain):
        return UNKNOWN
    if _NEVER.search(plain):
        return 0
    if _VAGUE.search(plain):
        raise NotUnderstood("imprecise")
    number = numbers.parse(plain)
    if not 0 <= number <= MOST:
        raise NotUnderstood("range")
    return int(number * 12) if number <= YEARS_UP_TO else int(number)


def _length(plain: str) -> int | None:
    """Years and months together; None when neither is named."""
    years, months = _YEARS.search(plain), _MONTHS.search(plain)
    if not years and not months:
        return 6 if _HALF_YEAR.search(plain) else None
    total = 0
    if years:
        value = numbers.evaluate(years["n"])
        total += int((value or 0) * 12) + (6 if years["half"] else 0)
    if months:
        total += int(numbers.evaluate(months["n"]) or 0)
    return total
