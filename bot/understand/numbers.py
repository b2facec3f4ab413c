"""Numbers as people type them: 1,200  １２  1.5  1千2  2k  1.2万  两百五  三万五  一百零五  三点五  半  两年半."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from bot.patterns import pattern
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.words import fold

DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "两": 2, "俩": 2, "仨": 3, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
}  # fmt: skip
UNITS = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "k": 1000, "万": 10**4, "w": 10**4, "亿": 10**8,
}  # fmt: skip
LONGEST = 24  # characters of a number; what is longer is an order number, not an amount

_D = "".join(DIGITS)
_ARABIC = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_UNIT = r"[十拾百佰千仟万亿]|(?<=[0-9])[kw](?![a-z])"
_MARK = pattern(rf"{_ARABIC}|[{_D}点]|{_UNIT}")
# A run of marks, not inside a word (YZ-7K3M, v2); a minus counts where no number or word stands before it.
# It starts where no run is under way: a pattern that holds it would else try each place of a long one.
RUN = (
    rf"(?:(?<![a-z0-9.十拾百佰千仟万亿点])(?<![a-z]-)|(?<=[a-z]\.))(?:(?<![0-9a-z{_D}])[-−]|负)?"
    rf"(?:{_ARABIC}|(?<![{_D}十拾百佰千仟万亿点])(?:[{_D}十拾百佰千仟]|万(?=[0-9{_D}])))"
    rf"(?:(?<![0-9点{_D}]){_ARABIC}|(?<![0-9])[{_D}点]|{_UNIT})*+"
)
# Too vague to use: 十几, 几百, 几个, 两三百, 三四天. (200多 and 200左右 only mean about 200.)
_VAGUE = pattern(
    rf"[几数][十百千万亿]|[十百千万]几|几[个天年月次块元岁单]"
    rf"|(?<![{_D}])[十百]?(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九)[十百千万个年月天次块元岁单]"
)
_HALF_AFTER = pattern(r"个半|[年月天块]?半(?![天夜路个年月小价])|小时半")
_HALF = pattern(rf"(?<![一大多前后上下夜个年月天时块点0-9{_D}])半(?=[个年月天块]|小时|$)")
_MEASURE = pattern(r"\s?(?:[个年月天日次人岁块元单件回位张周]|小时|分钟|星期|礼拜|公里)")
_FINDS = pattern(RUN)


def parse(text: str) -> Decimal:
    """The one number in an answer ("5", "大概两年半吧", "1,200单"); 一 in 一直 and the like is no number.

    Raises NotUnderstood: empty, none, ambiguous (several), imprecise (十几, 两三百).
    """
    plain = fold(text).text.strip()
    if not plain:
        raise NotUnderstood("empty")
    return only(plain, candidates(plain))


def only(plain: str, among: Iterable[tuple[Decimal, int, int]]) -> Decimal:
    """The number that the whole of a folded answer is, or the one value among those in it. Raises as `parse`."""
    if (whole := _alone(plain)) is not None:
        return whole
    if _VAGUE.search(plain):
        raise NotUnderstood("imprecise")
    values = {value for value, _, _ in among}
    if not values:
        raise NotUnderstood("none")
    if len(values) > 1:
        raise NotUnderstood("ambiguous")
    return values.pop()


def find(text: str) -> Found[Decimal] | None:
    """The first number in free text: in digits, or in words of two characters or more, or before a measure word."""
    folded = fold(text)
    vague = [match.span() for match in _VAGUE.finditer(folded.text)]
    for value, start, end in candidates(folded.text):
        if not any(left < end and start < right for left, right in vague):
            return folded.found(value, start, end)
    return None


def candidates(plain: str) -> Iterator[tuple[Decimal, int, int]]:
    """(value, start, end) of each number in folded text, ; halves last."""
    for match in _FINDS.finditer(plain):
        run = match[0]
        value = evaluate(run)
        if value is None or not (_counts(run) or _MEASURE.match(plain, match.end())):
            continue
        half = _HALF_AFTER.match(plain, match.end())
        yield (value + Decimal("0.5"), match.start(), half.end()) if half else (value, match.start(), match.end())
    for match in _HALF.finditer(plain):
        yield Decimal("0.5"), match.start(), match.end()


def evaluate(run: str) -> Decimal | None:
    """The value of a folded run of digits and units: "1千2" is 1200, "两百五" 250, "一百零五" 105; or None."""
    minus = run[:1] in {"-", "−", "负"}
    marks = _MARK.findall(run[minus:])
    if len(run) > LONGEST or not marks:
        return None
    value = _positional(marks) if not any(mark in UNITS for mark in marks) else _counted(marks)
    return None if value is None else tidy(-value if minus else value)


def tidy(value: Decimal) -> Decimal:
    """Without trailing zeros and exponent: 200.50 is 200.5, 1E+3 is 1000."""
    return Decimal(format(value.normalize(), "f")) if value else Decimal(0)


def _alone(plain: str) -> Decimal | None:
    """The whole answer is a number, even a single 三."""
    if plain == "半":
        return Decimal("0.5")
    match = _FINDS.fullmatch(plain.rstrip("。.!~,、 "))
    return evaluate(match[0]) if match and not _VAGUE.fullmatch(match[0]) else None


def _counts(run: str) -> bool:
    """One character (一, 两, 十) may be part of a word, and two digits in words (五一, 三八) a name."""
    return run[-1] in "0123456789" or len(run) > 2 or (len(run) == 2 and any(letter in UNITS for letter in run))


def _positional(marks: list[str]) -> Decimal | None:
    """Digits one by one: 二零二六, 三点五; or one number in digits."""
    if len(marks) == 1 and marks[0][0] in "0123456789":
        return Decimal(marks[0].replace(",", ""))
    letters = "".join("." if mark == "点" else str(DIGITS.get(mark, "x")) for mark in marks)
    return Decimal(letters) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", letters) else None


def _counted(marks: list[str]) -> Decimal | None:
    """Digits and units in turn; units fall inside each 万 and 亿, which close what stands before them."""
    total, section, pending, last = Decimal(0), Decimal(0), "", 0
    for place, mark in enumerate(marks):
        if mark not in UNITS:
            pending += mark if mark != "零" or pending else ""
            continue
        unit = UNITS[mark]
        if len(pending) > 1 and pending[0] in DIGITS and "点" not in pending:
            return None  # 一两百: from one to two hundred
        number = _positional(_MARK.findall(pending)) if pending else None
        if number is None and (pending or (place and unit != 10 and not section) or (place == 0 and unit != 10)):
            return None
        if unit >= 10**4:
            total, section = total + (section + (number or 0)) * unit, Decimal(0)
        elif last and last < 10**4 and unit >= last:
            return None
        else:
            section += (Decimal(1) if number is None else number) * unit
        pending, last = "", unit
    return _with_tail(total + section, pending, last, after_zero=len(marks) > 1 and marks[-2] in "零〇")


def _with_tail(value: Decimal, pending: str, last: int, *, after_zero: bool) -> Decimal | None:
    """A single digit straight after 百, 千, k or 万 counts tenths of it; more digits are simply added."""
    if not pending:
        return value
    tail = _positional(_MARK.findall(pending))
    if tail is None or tail >= last:
        return None
    return value + (tail * last / 10 if len(pending) == 1 and last >= 100 and not after_zero else tail)
