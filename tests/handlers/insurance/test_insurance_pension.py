"""Divisors, the two parts of the pension, and plans side by side."""

from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.insurance.pension import divisor
from handlers.insurance.service import BadInput, Insurance, Plan

# State Council document no. 38 of 2005 (whole years; 47 also circulates as 207).
DIVISORS = (
    "233 230 226 223 220 216 212 208 204 199 195 190 185 180 175 170 164 158 152 145 139"
    " 132 125 117 109 101 93 84 75 65 56"
)
WHOLE = dict(zip(range(40, 71), map(int, DIVISORS.split()), strict=True))


def test_divisor_of_every_month_from_40_to_70(insurance: Insurance) -> None:
    for age in range(40 * 12, 70 * 12 + 1):
        year, month = divmod(age, 12)
        line = Fraction(WHOLE[year]) + Fraction(month * (WHOLE.get(year + 1, 0) - WHOLE[year]), 12)
        expected = Decimal(floor(line * 10 + Fraction(1, 2))) / 10
        assert divisor(age, insurance.rules.pension) == expected, f"{year} years {month} months"


@pytest.mark.parametrize(
    ("years", "months", "published"),
    # Answers and pension sheets of Jinan, Suzhou and Zhongshan for retirements from 2025-01 on.
    [
        (50, 1, "194.6"),
        (50, 3, "193.8"),
        (50, 5, "192.9"),
        (55, 1, "169.5"),
        (55, 3, "168.5"),
        (55, 4, "168.0"),
        (60, 1, "138.4"),
        (60, 2, "137.8"),
        (60, 3, "137.3"),
        (61, 1, "131.4"),
        (45, 1, "215.7"),
        (60, 0, "139.0"),
    ],
)
def test_published_divisors(insurance: Insurance, years: int, months: int, published: str) -> None:
    assert divisor(years * 12 + months, insurance.rules.pension) == Decimal(published)


@given(age=st.integers(40 * 12, 70 * 12 - 1))
def test_divisors_fall_with_age(insurance: Insurance, age: int) -> None:
    rules = insurance.rules.pension
    assert divisor(age, rules) > divisor(age + 1, rules)


@pytest.mark.parametrize("age", [0, 40 * 12 - 1, 70 * 12 + 1, 1000])
def test_ages_outside_the_table_are_refused(insurance: Insurance, age: int) -> None:
    with pytest.raises(BadInput, match=r"40.*70"):
        divisor(age, insurance.rules.pension)


@pytest.mark.parametrize(
    ("base", "index", "months", "account", "age", "basic", "account_pension"),
    [
        # Worked by hand: 8462 x 1.6 / 2 x 15 % and 60,000 / 139.
        ("8462", "0.6", 180, "60000", 720, "1015.44", "431.65"),
        # The bare rule of thumb: 15 years at 60 % give 12 % of the base.
        ("10000", "0.6", 180, "0", 720, "1200.00", "0.00"),
        ("12049", "1", 240, "139000", 720, "2409.80", "1000.00"),
        # Half a cent is rounded up: 1000 x 2 / 2 x 1/12 % = 0.8333..., 1.005 x 139 / 139.
        ("1000", "1", 1, "139.695", 720, "0.83", "1.01"),
        ("9493", "1.234", 0, "0", 756, "0.00", "0.00"),
    ],
)
def test_parts_of_the_pension(
    insurance: Insurance, base: str, index: str, months: int, account: str, age: int, basic: str, account_pension: str
) -> None:
    got = insurance.pension(Decimal(base), Decimal(index), months, Decimal(account), age)
    assert (got.basic, got.account_pension) == (Decimal(basic), Decimal(account_pension))
    assert got.total == got.basic + got.account_pension
    assert "国发〔2005〕38号" in got.sources[0].label


@pytest.mark.parametrize(
    ("base", "index", "months", "account", "age", "basic", "account_pension"),
    # Notices of pension of Sichuan's social insurance offices, 2024-03 to 2025-12 (basic and account part only).
    [
        (8079, "0.84", 208, "91147.87", 50 * 12, "1288.08", "467.42"),
        (8321, "0.935", 382, "150397.22", 50 * 12, "2562.50", "771.27"),
        (8079, "0.726", 445, "88960.59", 55 * 12, "2585.28", "523.30"),
        (8462, "0.872", 517, "111640.05", 60 * 12 + 1, "3412.12", "806.65"),
    ],
)
def test_real_pension_sheets(
    insurance: Insurance, base: int, index: str, months: int, account: str, age: int, basic: str, account_pension: str
) -> None:
    """Sichuan cuts the years to two decimals, so its basic part may differ by at most 0.005 years' worth."""
    got = insurance.pension(Decimal(base), Decimal(index), months, Decimal(account), age)
    slack = Decimal("0.005") * Decimal("0.01") * base * (1 + Decimal(index)) / 2 + Decimal("0.01")
    assert abs(got.basic - Decimal(basic)) <= slack
    assert got.account_pension == Decimal(account_pension)


def plan(**changes: object) -> Plan:
    start = {
        "base": Decimal(8917),
        "wage": Decimal(8132),
        "index": Decimal("0.6"),
        "months": 60,
        "account": Decimal(20000),
        "to_go": 120,
        "level": Decimal("0.6"),
        "age_months": 756,
    }
    return Plan(**{**start, **changes})  # type: ignore[arg-type]


def test_plans_side_by_side(insurance: Insurance) -> None:
    outcomes = insurance.outcomes(plan())
    now, longer, higher = outcomes["as_is"], outcomes["longer"], outcomes["higher"]
    assert (now.months, longer.months, higher.months) == (180, 240, 180)
    assert now.index == longer.index == Decimal("0.6")
    assert higher.index == (Decimal("0.6") * 60 + 120) / 180
    assert now.account == Decimal("66840.32")  # 20,000 + 120 x 8 % x 4,879.20
    assert now.paid == Decimal("117100.80")
    assert now.pension.total < longer.pension.total
    assert now.pension.total < higher.pension.total


def test_a_plan_from_nothing(insurance: Insurance) -> None:
    outcome = insurance.outcomes(plan(months=0, account=Decimal(0), to_go=0))["as_is"]
    assert (outcome.months, outcome.pension.total) == (0, Decimal(0))


@pytest.mark.parametrize(("paid", "monthly", "months"), [("100", "50", 2), ("101", "50", 3), ("0", "50", 0)])
def test_break_even(insurance: Insurance, paid: str, monthly: str, months: int) -> None:
    got = insurance.break_even(Decimal(paid), Decimal(monthly), 720)
    assert (got.months, got.age_months) == (months, 720 + months)


@pytest.mark.parametrize(("paid", "monthly"), [("-1", "50"), ("100", "0"), ("100", "-3")])
def test_break_even_refuses_impossible_money(insurance: Insurance, paid: str, monthly: str) -> None:
    with pytest.raises(BadInput):
        insurance.break_even(Decimal(paid), Decimal(monthly), 720)
