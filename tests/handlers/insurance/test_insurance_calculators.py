"""Injury benefits by grade, the medical waiting period, and transfers between the pension schemes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import speaking
from handlers.insurance.service import BadInput, Insurance


@pytest.mark.parametrize(
    ("grade", "months", "percent", "leaving"),
    # Document no. 79 of 2025, the handling rules of occupational injury protection.
    [
        (1, 27, 90, None),
        (2, 25, 85, None),
        (3, 23, 80, None),
        (4, 21, 75, None),
        (5, 18, None, 30),
        (6, 16, None, 25),
        (7, 13, None, None),
        (8, 11, None, None),
        (9, 9, None, None),
        (10, 7, None, None),
    ],
)
def test_injury_benefits_by_grade(
    insurance: Insurance, grade: int, months: int, percent: int | None, leaving: int | None
) -> None:
    bare = insurance.injury_benefits(grade)
    assert (bare.lump_months, bare.monthly_percent, bare.leaving_months) == (months, percent, leaving)
    assert bare.lump is bare.monthly is bare.leaving is None
    paid = insurance.injury_benefits(grade, Decimal(8000))
    assert paid.lump == 8000 * months
    assert paid.monthly == (None if percent is None else 80 * percent)
    assert paid.leaving == (None if leaving is None else 8000 * leaving)
    assert "人社厅函〔2025〕79号" in paid.source.label
    assert paid.source.confidence == "medium"


@pytest.mark.parametrize("grade", [0, 11, -1])
def test_grades_that_do_not_exist(insurance: Insurance, grade: int) -> None:
    with pytest.raises(BadInput):
        insurance.injury_benefits(grade)


def test_a_base_must_be_money(insurance: Insurance) -> None:
    with pytest.raises(BadInput):
        insurance.injury_benefits(7, Decimal(0))


def test_benefits_after_a_death(insurance: Insurance) -> None:
    got = insurance.death_benefits(monthly_wage=Decimal(6000), yearly_income=Decimal(54188))
    assert (got.funeral, got.lump) == (Decimal(21600), Decimal(1083760))
    assert (got.spouse_percent, got.relative_percent, got.alone_percent) == (40, 30, 10)
    with pytest.raises(BadInput):
        insurance.death_benefits(Decimal(-1), Decimal(54188))


@pytest.mark.parametrize(
    ("broken", "repaired", "months"),
    # Document no. 38 of 2024: 3 fixed, 1 more a broken year, 1 less a year paid up, at least 6 after 4 broken years.
    [
        (0, 0, 3),
        (1, 0, 4),
        (2, 0, 5),
        (3, 0, 6),
        (4, 0, 7),
        (6, 0, 9),
        (1, 1, 3),
        (3, 2, 4),
        (3, 9, 3),
        (4, 1, 6),
        (4, 4, 6),
        (6, 2, 7),
        (6, 6, 6),
    ],
)
def test_medical_waiting(insurance: Insurance, broken: int, repaired: int, months: int) -> None:
    got = insurance.medical_waiting(broken, repaired)
    assert (got.fixed, got.months) == (3, months)
    assert "国办发〔2024〕38号" in got.source.label


@given(broken=st.integers(0, 40), repaired=st.integers(0, 40))
def test_a_longer_break_never_waits_less(insurance: Insurance, broken: int, repaired: int) -> None:
    here = insurance.medical_waiting(broken, repaired).months
    assert insurance.medical_waiting(broken + 1, repaired).months >= here
    assert insurance.medical_waiting(broken, repaired + 1).months <= here


def test_years_can_not_be_negative(insurance: Insurance) -> None:
    with pytest.raises(BadInput) as refused:
        insurance.medical_waiting(-1)
    assert str(refused.value) == "年数不能是负数。"
    with speaking("en"):
        assert str(refused.value) == "Years can't be negative."


@pytest.mark.parametrize(
    ("employee", "resident", "of_age", "receiving", "way", "months"),
    # Document no. 17 of 2014.
    [
        (180, 60, True, False, "resident_to_employee", 180),
        (179, 60, True, False, "employee_to_resident", 239),
        (120, 0, True, False, "employee_to_resident", 120),
        (200, 0, True, False, "nothing", 200),
        (0, 100, True, False, "nothing", 0),
        (180, 60, False, False, "not_yet", 180),
        (180, 60, True, True, "already_paid", 180),
    ],
)
def test_transfers(
    insurance: Insurance, employee: int, resident: int, of_age: bool, receiving: bool, way: str, months: int
) -> None:
    got = insurance.transfer(employee, resident, of_age=of_age, receiving=receiving)
    assert (got.way, got.months, got.short) == (way, months, max(0, 180 - employee))
    assert "人社部发〔2014〕17号" in got.source.label
