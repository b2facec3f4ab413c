"""Whatever is typed, the readers give a value or NotUnderstood, at once."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understand import Found, NotUnderstood, choice, dates, money, numbers, phone, place, yes_no
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

TODAY = date(2026, 11, 21)
OPTIONS = [("meituan", "美团", ("美团外卖",)), ("eleme", "饿了么", ()), ("x", "Other thing", ())]

PARSERS: dict[str, Callable[[str], object]] = {
    "numbers": numbers.parse,
    "money": money.parse,
    "dates": lambda text: dates.parse(text, TODAY, latest=TODAY),
    "ahead": lambda text: dates.parse(text, TODAY, earliest=TODAY),
    "phone": phone.parse,
    "choice": lambda text: choice.parse(text, OPTIONS, sounds=str.lower, other=True),
    "yes_no": yes_no.parse,
    "place": place.parse,
}
FINDERS: dict[str, Callable[[str], Found[object] | None]] = {
    "numbers": numbers.find,
    "money": money.find,
    "dates": lambda text: dates.find(text, TODAY, latest=TODAY),
    "phone": phone.find,
    "choice": lambda text: choice.find(text, OPTIONS),
    "yes_no": yes_no.find,
    "place": place.find,
}
# Made of the pieces the patterns are made of, so that their insides are reached.
PIECES = [
    *"0123456789零一二三四五六七八九十百千万亿两半几多块元毛角年月日号天周前上下大今昨去个-/.,:+k是不好对没有吗呢？ \n",
    "星期",
    "礼拜",
    "上个月",
    "天前",
    "２",
    "①",
    "¥",
    "扣了我",
    "在",
    "区",
    "街道",
    "138",
    "12345678",
    "+86",
    "0519",
    "2026",
    "0229",
    "31",
    "美团",
    "饿了么",
    "为什么",
    "不知道",
    "last ",
    "friday",
    "mar ",
    "5th",
    "days ago",
    "yuan",
    "\u200b",
    "\U0001f469\u200d\U0001f467",
    "\ud800",
    "İ",
    "ß",
    "㎏",
]
typed = st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(
    st.characters(exclude_categories=()), max_size=40
)


@settings(max_examples=400)
@given(typed)
def test_nothing_but_a_value_or_not_understood(text: str) -> None:
    for parse in PARSERS.values():
        try:
            assert parse(text) is not None
        except NotUnderstood as error:
            assert error.code
    assert looks_like_question(text) in {True, False}
    normalise(text)
    phone.mask_all(text)


@settings(max_examples=400)
@given(typed)
def test_finds_lie_inside_the_text(text: str) -> None:
    for find in FINDERS.values():
        found = find(text)
        assert found is None or 0 <= found.start < found.end <= len(text)


@given(st.text(max_size=10), st.integers(0, 10_000_000))
def test_an_amount_with_its_unit_is_found_anywhere(before: str, amount: int) -> None:
    text = f"{before} 扣款{amount}元"
    found = money.find(text)
    assert found is not None
    if found.start > len(before):
        assert (found.value, text[found.start : found.end]) == (Decimal(amount), f"{amount}元")


LONG = {
    "digits": "9" * 10_000,
    "digits apart": "9 " * 5_000,
    "grouped": "1,234" * 2_000,
    "units": "十百千万" * 2_500,
    "ones": "一" * 10_000,
    "ten": "十" * 10_000,
    "points": "1.2.3." * 1_700,
    "dates": "3月5号" * 2_500,
    "months": "3月" * 5_000,
    "weeks": "上个周" * 3_300,
    "yesterdays": "昨天" * 5_000,
    "slashes": "1/2/" * 2_500,
    "yes": "好的" * 5_000,
    "yes no": "好不" * 5_000,
    "spaces": " " * 10_000,
    "question": "吗？" * 5_000,
    "why": "不知道为什么" * 1_600,
    "clauses": "为什么," * 2_500,
    "english": "what is " * 1_250,
    "a": "a" * 10_000,
    "phones": "138 1234 567 " * 770,
    "country": "+86-" * 2_500,
    "places": "在天宁区" * 2_500,
    "near places": "天宁" * 5_000,
    "paid": "扣了我" * 3_300,
    "paid long": "扣" + "了" * 10_000,
    "names": "美团" * 5_000,
    "zero width": "\u200b" * 10_000,
    "marks": "？" * 9_999 + "a",
    "dashes": "-" * 10_000,
    "fillers": "是" * 39,
    "story": "昨天晚上下大雨，商家出餐慢了，系统扣了我两百，没有人说为什么。" * 330,
}


@pytest.mark.parametrize("kind", LONG)
def test_ten_thousand_characters_are_read_at_once(kind: str) -> None:
    """All readers together; the bar is wide because test machines are busy, a pattern that runs away takes minutes."""
    text = LONG[kind]
    started = time.process_time()
    for parse in PARSERS.values():
        try:
            parse(text)
        except NotUnderstood:
            continue
    for find in FINDERS.values():
        find(text)
    looks_like_question(text)
    normalise(text)
    assert time.process_time() - started < 1.5
