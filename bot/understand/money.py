"""Amounts in yuan as people type them: 200  200块  ¥200  两百五  1千2  2k  1.2万  三块五  12块8毛  约200  200来块."""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from bot.patterns import pattern
from bot.understand import numbers
from bot.understand.outcome import Found, NotUnderstood
from bot.understand.words import fold

MOST = Decimal(10_000_000)  # yuan; past this it is a slip of the finger or a joke
_FEN = Decimal("0.01")

_N = rf"(?P<n>{numbers.RUN})"
_ABOUT = r"\s?[多来]?\s?个?"
_UNIT = r"(?:[块元]钱?|圆|人民币|大洋|(?:rmb|cny|yuan|kuai)\b)"
# What a number counts when it does not count money: 3分, 两单, 三个月, 13:30.
_MEASURE = r"\s?[个年月天日号次人岁单件点%位张趟轮期秒米公份顿回辆台成分小周星礼家]|[a-z]"
_OTHER = rf"{_MEASURE}|[0-9./:-]"
_CENTS = r"[毛角](?:(?P<fen>[0-9一二三四五六七八九])分?)?"
_SMALL = rf"(?P<jiao>[0-9]{{1,2}}|[一二两三四五六七八九])(?:{_CENTS})?(?![万千百十]|{_OTHER})"
_MARKED = pattern(rf"{_N}{_ABOUT}{_UNIT}(?:{_SMALL})?")
_SIGNED = pattern(rf"(?P<sign>[¥￥]|rmb|cny|人民币)\s?{_N}")
_COINS = pattern(rf"{_N}[毛角]钱?(?![0-9])")
# Words after which a bare number is money: 扣了我200说超时, 还欠两千, 押金300.
_SPENT = pattern(
    r"(?:共计?|合计|加起来|扣|罚|欠|赔|(?<![最至很不])少|没给|没发|押金|定金|运费|车费|佣金|违约金|工资|提成|奖励|补贴|收|交|付|花|转|退|借|"
    r"(?:deducted|fined|owe[ds]?|paid)\b)"
    r"(?:[了我掉走给发结算的去钱款他们您你人家共总还有是:要过费\s]|me\b|us\b){0,6}"
    rf"(?:大概|大约|约|差不多|将近|快)?\s?{_N}(?!{_OTHER})"
)
_FOREIGN = pattern(r"[$€£刀]|美元|美金|港币|港元|台币|欧元|英镑|日元|\b(?:usd|hkd|eur|gbp|dollars?|euros?)\b")
_COUNTS_OTHER = pattern(_MEASURE)


def parse(text: str) -> Decimal:
    """The amount in an answer, in yuan, to the fen; a bare number counts, and 约 or 多 is taken as said.

    Raises NotUnderstood: empty, none, ambiguous (several), imprecise (几百), negative, range (past MOST), currency.
    """
    plain = fold(text).text.strip()
    if not plain:
        raise NotUnderstood("empty")
    if _FOREIGN.search(plain):
        raise NotUnderstood("currency")
    marked = {value for value, _, _ in _candidates(plain)}
    if len(marked) > 1:
        raise NotUnderstood("ambiguous")
    return _sensible(marked.pop() if marked else numbers.only(plain, _bare(plain)))


def find(text: str) -> Found[Decimal] | None:
    """The first amount in free text: with its unit (200块, ¥200), or after a word for paying (扣了我200)."""
    folded = fold(text)
    for value, start, end in _candidates(folded.text):
        try:
            return folded.found(_sensible(value), start, end)
        except NotUnderstood:
            continue
    return None


def _bare(plain: str) -> Iterator[tuple[Decimal, int, int]]:
    """Numbers that count nothing else."""
    return (found for found in numbers.candidates(plain) if not _COUNTS_OTHER.match(plain, found[2]))


def _sensible(value: Decimal) -> Decimal:
    if value < 0:
        raise NotUnderstood("negative")
    if value > MOST:
        raise NotUnderstood("range")
    return numbers.tidy(value.quantize(_FEN, ROUND_HALF_UP))


def _candidates(plain: str) -> Iterator[tuple[Decimal, int, int]]:
    """(yuan, start, end) of each amount in folded text, from left to right, none inside another."""
    matches = (match for kind in (_MARKED, _SIGNED, _COINS, _SPENT) for match in kind.finditer(plain))
    reached = 0
    for match in sorted(matches, key=_by_place):
        value = None if _lone(match) else numbers.evaluate(match["n"])
        if value is not None and _start(match) >= reached:
            yield _yuan(value, match), _start(match), match.end()
            reached = match.end()


def _lone(match: re.Match[str]) -> bool:
    """一 in 一共 or 一直: a lone Chinese digit is an amount only with its unit."""
    return _by(match, _SPENT) and len(match["n"]) == 1 and not match["n"].isascii()


def _by(match: re.Match[str], kind: re.Pattern[str]) -> bool:
    """True for what `kind` found; by its source, for the match names the compiled pattern."""
    return match.re.pattern == kind.pattern


def _by_place(match: re.Match[str]) -> tuple[int, int]:
    """From the left, the longest first."""
    return _start(match), -match.end()


def _start(match: re.Match[str]) -> int:
    """Where the amount begins: the word before it (扣了) is no part of it, a sign (¥) is."""
    return match.start("n") if _by(match, _SPENT) else match.start()


def _yuan(value: Decimal, match: re.Match[str]) -> Decimal:
    """三块五 is 3.5, 12块85 is 12.85, 12块8毛5 is 12.85, 5毛 is 0.5."""
    if _by(match, _COINS):
        return value / 10
    if not _by(match, _MARKED) or not match["jiao"]:
        return value
    small = _digits(match["jiao"]) / (100 if len(match["jiao"]) == 2 else 10)
    return value + small + (_digits(match["fen"]) / 100 if match["fen"] else 0)


def _digits(text: str) -> Decimal:
    return Decimal(text) if text.isascii() else Decimal(numbers.DIGITS[text])
