"""Chinese number words as digits, so that 二十天 meets 20天 and 第三十八条 meets 第38条.

Only what is surely a number changes: a run that counts (三百五, 十二, 两万), a digit by digit run of three or more
(二〇二五, 九九六), or one digit before a measure (三个月, 两块). 万一, 统一, 十分 and 千万 stay words.
"""

from __future__ import annotations

import re

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
MYRIADS = {"万": 10**4, "亿": 10**8}
RUN = re.compile("[零〇一二两三四五六七八九十百千万亿]+")
MEASURES = frozenset("年月日天元块毛角周岁个倍条次级号小份种名人家户成")


def digits(text: str) -> str:
    """The text with its number words as digits."""
    return RUN.sub(_replace, text)


def value(words: str) -> int | None:
    """The number that a run of number words means, None when it is none: 三百五 is 350, 万一 is None."""
    if not any(character in UNITS or character in MYRIADS for character in words):
        return int("".join(str(DIGITS[character]) for character in words))
    if words[0] in MYRIADS or words[0] in "百千" or words in {"十"}:
        return None
    return _counted(words)


def _counted(words: str) -> int | None:
    """Read digit and unit in turn; units must fall (千 before 百) inside each myriad."""
    total, section, digit, last = 0, 0, None, 10**5
    for character in words:
        if character in DIGITS:
            if digit:
                return None
            digit = DIGITS[character]
        elif character in UNITS:
            unit = UNITS[character]
            if unit >= last or (digit is None and unit != 10):
                return None
            section, digit, last = section + (1 if digit is None else digit) * unit, None, unit
        else:
            total, section, digit, last = (total + section + (digit or 0)) * MYRIADS[character], 0, None, 10**5
    return total + section + _tail(words, digit, last)


def _tail(words: str, digit: int | None, last: int) -> int:
    """A last digit straight after a unit counts tenths of it: 三百五 is 350, 三百零五 is 305."""
    if not digit:
        return 0
    before = words[-2]
    if before in MYRIADS:
        return digit * MYRIADS[before] // 10
    return digit * last // 10 if before in "百千" else digit


def _replace(match: re.Match[str]) -> str:
    words, after = match.group(), match.string[match.end() : match.end() + 1]
    counts = len(words) > 1 and any(character in UNITS or character in MYRIADS for character in words)
    if counts or len(words) >= 3 or after in MEASURES or words == "十":
        number = value(words) if words != "十" else (10 if after in MEASURES else None)
        return words if number is None else str(number)
    return words
