"""“工资一共9000块” was read as 1 yuan: the 一 of 一共 after a word for pay."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.understand import money


@pytest.mark.parametrize(
    ("text", "amount"),
    [("工资一共9000块", 9000), ("欠我工资一直没给", None), ("罚五十", 50), ("扣了我两块", 2)],
)
def test_a_lone_chinese_digit_is_no_amount(text: str, amount: int | None) -> None:
    found = money.find(text)
    assert (found.value if found else None) == (Decimal(amount) if amount is not None else None)


def test_a_total_is_an_amount() -> None:
    found = money.find("老板三个月没给我结工资了 一共9000")
    assert found is not None
    assert found.value == Decimal(9000)
