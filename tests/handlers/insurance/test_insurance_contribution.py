"""Contributions: every confirmed floor and cap as published, levels between them, and what is not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.insurance.contribution import base_at
from handlers.insurance.service import BadInput, Insurance

LOWEST, HIGHEST = Decimal("0.6"), Decimal("3.0")

# region, year, floor, cap, confidence: as the notices have them.
PUBLISHED = [
    ("110000", 2024, "6821", "35283", "high"),
    ("110000", 2025, "7162", "35811", "medium"),
    ("110000", 2026, "7270", "36348", "medium"),
    ("310000", 2024, "7384", "36921", "high"),
    ("310000", 2026, "7546", "37731", "medium"),
    ("320000", 2024, "4879", "24396", "high"),
    ("330000", 2024, "4812", "24930", "high"),
    ("330000", 2025, "4986", "25299", "high"),
    ("440100", 2024, "5500", "27501", "medium"),
    ("440400", 2024, "4767", "27501", "medium"),
    ("440600", 2024, "4767", "27501", "medium"),
    ("441900", 2024, "4767", "27501", "medium"),
    ("442000", 2024, "4767", "27501", "medium"),
    ("441300", 2024, "4492", "27501", "medium"),
    ("440100", 2025, "5510", "27549", "medium"),
    ("440400", 2025, "4775", "27549", "medium"),
    ("500000", 2024, "4359", "21793", "high"),
    ("500000", 2025, "4404", "22017", "high"),
    ("510000", 2025, "4588", "22938", "medium"),
    ("420100", 2025, "4498", "22488", "medium"),
    ("420500", 2025, "4299", "21678", "medium"),
    ("422800", 2025, "4299", "21678", "medium"),
    ("421000", 2025, "4254", "21462", "medium"),
    ("429004", 2025, "4254", "21462", "medium"),
    ("140000", 2024, "4113", "20564", "high"),
    ("140000", 2025, "4198", "20991", "high"),
    ("150000", 2025, "4907", "24537", "high"),
    ("620000", 2025, "4403", "22014", "high"),
    ("610000", 2025, "4650", "23250", "medium"),
    ("640000", 2024, "4853", "24264", "high"),
    ("640000", 2025, "4955", "24774", "high"),
    ("450000", 2024, "4053.6", "20268", "high"),
    ("450000", 2025, "4143", "20715", "high"),
    ("350000", 2024, "4433", "22164", "high"),
    ("350000", 2025, "4433", "22164", "high"),
    ("340000", 2024, "4227", "21133", "medium"),
    ("340000", 2025, "4311", "21556", "medium"),
    ("360000", 2024, "3839", "19191", "medium"),
]


@pytest.mark.parametrize(("code", "year", "floor", "cap", "confidence"), PUBLISHED)
def test_published_bases(insurance: Insurance, code: str, year: int, floor: str, cap: str, confidence: str) -> None:
    low, high = (insurance.contribution(code, year, level) for level in (LOWEST, HIGHEST))
    assert (low.base, high.base) == (Decimal(floor), Decimal(cap))
    assert low.confidence == high.confidence == confidence
    assert low.monthly == (Decimal(floor) / 5).quantize(Decimal("0.01"))
    assert str(year) in low.period
    assert low.period in low.cited
    assert low.source.issuer


def test_published_example_of_gansu(insurance: Insurance) -> None:
    """Jiayuguan's office: 4,403 x 20 % = 880.60 yuan a month, of which 8 % go to the account."""
    got = insurance.contribution("620000", 2025, LOWEST)
    assert (got.monthly, got.pooled, got.personal) == (Decimal("880.60"), Decimal("528.36"), Decimal("352.24"))
    assert got.cited == "甘人社通〔2025〕261号（2025 年度）"


def test_a_level_between_is_that_share_of_the_wage_behind_floor_and_cap(insurance: Insurance) -> None:
    got = insurance.contribution("320000", 2024, Decimal(1))
    assert (got.base, got.estimated, got.confidence) == (Decimal(8132), False, "high")


def test_above_a_floor_of_another_wage_a_level_is_its_share_of_the_wage_behind_the_cap(insurance: Insurance) -> None:
    """Zhejiang: the 2024 cap is three times 8,310 yuan, and the floor of 2025, a year late, is 0.6 of the same."""
    got = insurance.contribution("330000", 2024, Decimal(1))
    assert (got.base, got.estimated, got.confidence) == (Decimal("8310.00"), True, "medium")
    assert insurance.contribution("330000", 2025, LOWEST).base == Decimal(8310) * LOWEST


def test_no_base_is_below_the_floor(insurance: Insurance) -> None:
    base, _estimated = base_at(Decimal(5500), Decimal(27000), Decimal("0.605"), insurance.rules.contribution)
    assert base == 5500


def test_cities_without_a_row_of_their_own_have_their_provinces(insurance: Insurance) -> None:
    province, city, district = (insurance.contribution(code, 2024, LOWEST) for code in ("320000", "320400", "320402"))
    assert province.base == city.base == district.base == Decimal(4879)


LEVELS = st.decimals(LOWEST, HIGHEST, places=3)


@given(row=st.sampled_from(PUBLISHED), one=LEVELS, other=LEVELS)
def test_levels_are_ordered_bounded_and_add_up(
    insurance: Insurance, row: tuple[str, int, str, str, str], one: Decimal, other: Decimal
) -> None:
    code, year, floor, cap, _confidence = row
    low, high = (insurance.contribution(code, year, level) for level in sorted((one, other)))
    assert Decimal(floor) <= low.base <= high.base <= Decimal(cap)
    for each in (low, high):
        assert each.pooled + each.personal == each.monthly
        assert abs(each.pooled - each.base * Decimal("0.12")) <= Decimal("0.01")


@given(wage=st.integers(5000, 15000), level=LEVELS)
def test_rounded_floors_still_mean_one_wage(insurance: Insurance, wage: int, level: Decimal) -> None:
    floor, cap = round(Decimal(wage) * LOWEST), Decimal(wage) * 3
    base, estimated = base_at(Decimal(floor), cap, level, insurance.rules.contribution)
    assert not estimated
    assert abs(base - wage * level) <= 1


@pytest.mark.parametrize(
    ("code", "year", "sentence"),
    [
        ("320000", 2025, "江苏省 2025 年的缴费基数还没有核实，请打 12333 问。"),
        ("320000", 2026, "江苏省 2026 年的缴费基数还没有核实，请打 12333 问。"),
        ("310000", 2025, "上海市 2025 年的缴费基数还没有核实，请打 12333 问。"),
        ("370000", 2025, "山东省 2025 年的缴费基数还没有核实，请打 12333 问。"),
        ("620000", 2024, "甘肃省 2024 年的缴费基数还没有核实，请打 12333 问。"),
        ("120000", 2025, "天津市 2025 年的缴费基数还没有核实，请打 12333 问。"),
        ("320000", 2019, "没有江苏省 2019 年的缴费基数，请打 12333 问。"),
        ("000000", 2024, "没有全国 2024 年的缴费基数，请打 12333 问。"),
        ("440000", 2024, "广东省各市的缴费下限不同，请写到市。"),
        ("420000", 2025, "湖北省各市的缴费下限不同，请写到市。"),
        ("999999", 2024, "没有 999999 这个地区。"),
        ("320499", 2024, "没有 320499 这个地区。"),
    ],
)
def test_what_is_not_known_is_said_never_guessed(insurance: Insurance, code: str, year: int, sentence: str) -> None:
    with pytest.raises(BadInput) as refused:
        insurance.contribution(code, year, LOWEST)
    assert str(refused.value) == sentence


@pytest.mark.parametrize("level", ["0.59", "0", "3.01", "300"])
def test_levels_outside_the_range_are_refused(insurance: Insurance, level: str) -> None:
    with pytest.raises(BadInput, match=r"0\.6"):
        insurance.contribution("320000", 2024, Decimal(level))
