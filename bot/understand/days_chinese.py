"""The Chinese and all-figure wordings of days, over folded text: 昨天, 上周五, 三天前, 上个月5号, 3月5号, 3/5."""

import re
from datetime import date, timedelta

from bot.patterns import pattern
from bot.understand import numbers
from bot.understand.day_reading import Reading, When, day_of_month, exact, nearest, relative, shifted, yearless

_CN = "一二三四五六七八九"
_N = rf"(?:[0-9]{{1,2}}|[{_CN}十]{{1,3}})"
_SEP = r"[-/.]"
_NOT_LUNAR = r"(?<!农历)(?<!阴历)(?<!旧历)"
# After "3月5" without 号: it counts something else.
_UNCOUNTED = r"(?![0-9]|\s?[个单次天元块点岁万千百%]|\.[0-9])"

_FULL = pattern(
    rf"(?<![0-9.])(?P<year>[12][0-9]{{3}}\s?(?:{_SEP}|年)|(?:[0-9]{{2}}|[零〇{_CN}]{{2,4}})年)\s?"
    rf"(?P<month>{_N})\s?(?:{_SEP}|月)\s?(?P<day>{_N})(?![0-9])(?:\s?[日号])?"
)
_DIGITS8 = pattern(r"(?<![0-9])(?P<year>20[0-9]{2})(?P<month>[01][0-9])(?P<day>[0-3][0-9])(?![0-9])")
_MONTH_DAY = pattern(
    rf"{_NOT_LUNAR}(?<![0-9])(?:(?P<said>[今去前明后]年|大前年)的?\s?)?"
    rf"(?P<month>{_N})月份?\s?(?P<day>{_N})(?:\s?[日号]|{_UNCOUNTED})"
)
_SLASHED = pattern(
    r"(?<![0-9/.-])(?P<month>[0-9]{1,2})(?:/(?P<day>[0-9]{1,2})(?![0-9/.]|\s?[个单次天小的])|[.-](?P<day2>[0-9]{1,2})[日号])"
)
_OF_MONTH = pattern(rf"(?P<which>上上个?|上一?个?|这一?个?|本|当|下一?个?)月的?\s?(?P<day>{_N})(?:\s?[日号]|\s*$)")
_DAY = pattern(
    rf"(?<![0-9{_CN}十第月年a-z/.-])(?P<day>[0-9]{{1,2}}\s?[号日]|[{_CN}十]{{1,3}}号|二?十[{_CN}]?日)"
    r"(?![线楼门店院仓站位路桌口机车公馆厅库柜员码令称召岗哨球])"
)
_RELATIVE = pattern(
    r"(?P<minus3>大前[天日晚])|(?P<minus2>(?<![大提以之天年月日周期时目眼从先])前[天日晚])"
    r"|(?P<minus1>昨[天日晚夜儿晨早]|昨(?=上午|中午|下午))"
    r"|(?P<plus0>今[天早晚儿晨夜]|今日(?!头条)|今(?=上午|中午|下午))"
    r"|(?P<plus1>明[天日早晚儿])|(?P<plus3>大后天)|(?P<plus2>(?<![大先今之以然最背前往])后天(?!性))"
)
_AGO = pattern(
    rf"(?<![0-9{_CN}十两几多半.])(?P<count>[0-9]{{1,3}}|[{_CN}两]|[{_CN}]?十[{_CN}]?)\s?(?P<unit>[天日]|周|个?(?:星期|礼拜))[之以]?前"
)
_WEEKDAY = pattern(
    rf"(?<![每各单双{_CN}十两几0-9到至~-])(?<!每个)(?P<which>上上个?|上一?个?|这一?个?|本|下下个?|下一?个?)?"
    r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日1-7]|天(?!气))"
    rf"(?![0-9{_CN}十日次个单回顿趟块元百千万%]|天(?!气)|\s?[到至~-]\s?(?:周|星期|礼拜|[{_CN}]))"
)
_NUMERIC_ALONE = pattern(r"(?P<month>[0-9]{1,2})\s?[-. ]\s?(?P<day>[0-9]{1,2})")
_JUST_NOW = pattern(r"就?刚(?:刚|才)?")

VAGUE = pattern(
    rf"(?:上|这|本|下|前)一?个?(?:周|星期|礼拜|月)|周末|[年月](?:初|底|中|末)|[去前今]年|[几半]个?[天日周月]|几天|前[几两][天日]"
    rf"|{_N}个?月|个月前|小时前|分钟前|最近|近[来期日]|前段|前阵|一阵|那阵|上旬|中旬|下旬|很久|好久|以前|之前|[记忘不]清|记得|忘|不知道"
    r"|天[之以]?前|(?:周|星期|礼拜)[一二三四五六日天]"
)


def _full(match: re.Match[str], when: When) -> date:
    year = _number(match["year"].rstrip(" -/.年"))
    return exact(year + 2000 if year < 100 else year, _number(match["month"]), _number(match["day"]))


def _month_day(match: re.Match[str], when: When) -> date:
    groups = match.groupdict()
    month, day = _number(match["month"]), _number(groups["day"] or groups["day2"])
    if said := groups.get("said"):
        shift = {"大前年": -3, "前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}[said]
        return exact(when.today.year + shift, month, day)
    return yearless(month, day, when)


def _of_month(match: re.Match[str], when: When) -> date:
    shift = {"上上": -2, "上": -1, "下": 1}.get(match["which"].rstrip("个一"), 0)
    return shifted(when.today, shift, _number(match["day"]))


def _bare_day(match: re.Match[str], when: When) -> date:
    return day_of_month(_number(match["day"].rstrip(" 号日")), when)


def _ago(match: re.Match[str], when: When) -> date:
    count = _number(match["count"])
    return when.today - timedelta(days=count * (1 if match["unit"] in {"天", "日"} else 7))


def _weekday(match: re.Match[str], when: When) -> date:
    """With 上, 这, 下: of that week, Monday first. Without: the nearest on the right side of the horizon."""
    weekday = "一二三四五六日".find(match["weekday"].replace("天", "日"))
    weekday = int(match["weekday"]) - 1 if weekday < 0 else weekday
    if not match["which"]:
        return nearest(weekday, when)
    which = match["which"].rstrip("个一")
    weeks = {"上上": -2, "上": -1, "下": 1, "下下": 2}.get(which, 0)
    return when.today + timedelta(days=weekday - when.today.weekday() + 7 * weeks)


def _today(match: re.Match[str], when: When) -> date:
    return when.today


def _number(text: str) -> int:
    value = numbers.evaluate(text)
    if value is None:
        raise ValueError(text)
    return int(value)


PATTERNS: tuple[Reading, ...] = (
    (_FULL, _full),
    (_DIGITS8, _full),
    (_MONTH_DAY, _month_day),
    (_SLASHED, _month_day),
    (_OF_MONTH, _of_month),
    (_DAY, _bare_day),
    (_RELATIVE, relative),
    (_AGO, _ago),
    (_WEEKDAY, _weekday),
)
ALONE: tuple[Reading, ...] = ((_NUMERIC_ALONE, _month_day), (_JUST_NOW, _today))
