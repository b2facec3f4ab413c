"""Who is offered what, why and why not."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import speaking
from handlers.insurance.schemes import SCHEMES
from handlers.insurance.service import BadInput, Guide, Insurance, Option, Person, parse_month

DRIVER: dict[str, Any] = {
    "birth": parse_month("1982-05"),
    "sex": "male",
    "track": "male60",
    "work_region": "320400",
    "household_region": "340100",
    "occupation": "driver",
    "relation": "independent",
    "paid_months": 36,
    "monthly_income": Decimal(7000),
    "as_of": date(2026, 11, 21),
}


def ask(insurance: Insurance, **changes: Any) -> Guide:
    return insurance.guide(Person(**{**DRIVER, **changes}))


def option(guide: Guide, scheme: str) -> Option:
    return next(each for each in guide.options if each.scheme == scheme)


def open_schemes(guide: Guide) -> set[str]:
    return {each.scheme for each in guide.options if each.eligible}


def test_a_driver_from_elsewhere(insurance: Insurance) -> None:
    guide = ask(insurance)
    assert [each.scheme for each in guide.options][:2] == ["occupational_injury", "employee_pension"]
    pension = option(guide, "employee_pension")
    assert (pension.monthly_min, pension.monthly_max) == (Decimal("975.80"), Decimal("4879.20"))
    assert [str(level.level) for level in pension.levels] == ["0.6", "1.0", "3.0"]
    assert pension.sources[-1] == "苏人社发〔2024〕38号（2024 年度）"
    assert "户口不在常州一般也能参加，以当地为准。" in pension.why
    assert "您 2045-05 到退休年龄，要交满 240 个月。" in pension.why
    assert "常州市只核实到 2024 年的基数，新的请打 12333 问。" in guide.warnings
    assert open_schemes(guide) == {
        "occupational_injury",
        "employee_pension",
        "employee_medical",
        "resident_medical",
        "resident_pension",
        "personal_pension",
    }


def test_every_scheme_is_answered_with_a_reason_and_a_source(insurance: Insurance) -> None:
    guide = ask(insurance)
    assert sorted(each.scheme for each in guide.options) == sorted(SCHEMES)
    for each in guide.options:
        assert each.why, each.scheme
        assert each.sources, each.scheme
    eligible = [each.eligible for each in guide.options]
    assert eligible == sorted(eligible, reverse=True)


def test_an_employee_is_insured_by_the_employer(insurance: Insurance) -> None:
    guide = ask(insurance, relation="employee", occupation="rider")
    assert open_schemes(guide) == {"employee_pension", "employee_medical", "unemployment", "personal_pension"}
    assert option(guide, "employee_pension").monthly_min == Decimal("390.32")  # his own 8 %
    assert option(guide, "occupational_injury").why == ("有劳动关系的走工伤保险，由单位交。",)


@pytest.mark.parametrize(
    ("region", "day", "covered"),
    [
        ("320000", date(2022, 6, 30), False),
        ("320000", date(2022, 7, 1), True),
        ("330100", date(2025, 6, 30), False),
        ("330100", date(2025, 7, 1), True),
        ("410000", date(2026, 6, 30), False),
        ("410000", date(2026, 7, 1), True),
    ],
)
def test_injury_protection_began_region_by_region(insurance: Insurance, region: str, day: date, covered: bool) -> None:
    got = option(ask(insurance, work_region=region, as_of=day), "occupational_injury")
    assert got.eligible is covered
    assert (got.monthly_min, got.monthly_max) == ((Decimal(0), Decimal(0)) if covered else (None, None))


def test_streamers_are_not_on_the_list_of_injury_protection(insurance: Insurance) -> None:
    assert not option(ask(insurance, occupation="streamer"), "occupational_injury").eligible


@pytest.mark.parametrize(("region", "eligible"), [("440100", True), ("440000", True), ("330000", False)])
def test_unemployment_insurance_where_the_region_allows_it(insurance: Insurance, region: str, eligible: bool) -> None:
    got = option(ask(insurance, work_region=region), "unemployment")
    assert got.eligible is eligible
    assert any("广东省失业保险条例" in source for source in got.sources) is eligible


@pytest.mark.parametrize(
    ("birth", "sex", "track", "eligible"),
    [
        ("1976-11", "male", "male60", True),
        ("1976-12", "male", "male60", False),
        ("1986-11", "female", "female55", True),
        ("1986-12", "female", "female55", False),
    ],
)
def test_subsidy_from_40_and_50(insurance: Insurance, birth: str, sex: str, track: str, eligible: bool) -> None:
    guide = ask(insurance, birth=parse_month(birth), sex=sex, track=track)
    assert option(guide, "social_insurance_subsidy").eligible is eligible


def test_subsidy_names_the_share_of_the_region(insurance: Insurance) -> None:
    elder = {"birth": parse_month("1970-01")}
    shanghai = option(ask(insurance, work_region="310000", **elder), "social_insurance_subsidy")
    assert "最多补实际缴费的 50%，以当地为准。" in shanghai.why
    assert "沪人社规〔2022〕8号（2022 年度 至 2026-12-31）" in shanghai.sources
    elsewhere = option(ask(insurance, **elder), "social_insurance_subsidy")
    assert "最多补实际缴费的 66.67%，以当地为准。" in elsewhere.why
    assert not any("%" in line for line in option(ask(insurance, work_region="220000", **elder), elsewhere.scheme).why)


@pytest.mark.parametrize(
    ("occupation", "income", "day", "eligible"),
    [
        ("rider", 6000, date(2026, 1, 1), True),
        ("rider", 4000, date(2026, 1, 1), False),
        ("rider", None, date(2026, 1, 1), True),
        ("rider", 6000, date(2025, 10, 31), False),
        ("driver", 6000, date(2026, 1, 1), False),
    ],
)
def test_platform_subsidy(insurance: Insurance, occupation: str, income: int | None, day: date, eligible: bool) -> None:
    money = None if income is None else Decimal(income)
    guide = ask(insurance, occupation=occupation, monthly_income=money, as_of=day)
    assert option(guide, "platform_pension_subsidy").eligible is eligible


def test_a_small_income_puts_the_resident_schemes_first(insurance: Insurance) -> None:
    order = [each.scheme for each in ask(insurance, monthly_income=Decimal(2500)).options]
    assert order.index("resident_pension") < order.index("employee_pension")
    richer = [each.scheme for each in ask(insurance).options]
    assert richer.index("resident_pension") > richer.index("employee_pension")


def test_the_personal_pension_comes_after_another_pension(insurance: Insurance) -> None:
    assert option(ask(insurance, paid_months=0), "personal_pension").why == ("先参加职工或居民养老，参加后就能开户。",)
    joined = option(ask(insurance, paid_months=1), "personal_pension")
    assert (joined.monthly_min, joined.monthly_max) == (Decimal(0), Decimal(1000))
    assert joined.why == ("自愿存，每年最多 12000 元。",)


@pytest.mark.parametrize(
    ("paid", "eligible", "said"),
    [
        (0, False, "您已过退休年龄，不能新参加职工养老。"),
        (170, True, "到龄还差 10 个月，可以接着交到够。"),
        (180, False, "您已到龄、年限也够，可以去申领养老金了。"),
    ],
)
def test_at_retirement_age(insurance: Insurance, paid: int, eligible: bool, said: str) -> None:
    got = option(ask(insurance, birth=parse_month("1965-01"), paid_months=paid), "employee_pension")
    assert got.eligible is eligible
    assert said in got.why


def test_somebody_who_can_not_reach_the_years_is_told(insurance: Insurance) -> None:
    guide = ask(insurance, birth=parse_month("1972-09"), paid_months=0)
    assert "一直交到 2034-09 还差 116 个月，可延缴或转居民养老。" in guide.warnings


def test_flexible_women_on_the_50_track_are_warned(insurance: Insurance) -> None:
    woman = {"sex": "female", "birth": parse_month("1985-03")}
    said = "灵活就业女性一般按 55 岁轨道退休，请打 12333 核实。"
    assert said in ask(insurance, track="female50", **woman).warnings
    assert said not in ask(insurance, track="female55", **woman).warnings


def test_children_can_not_join(insurance: Insurance) -> None:
    guide = ask(insurance, birth=parse_month("2015-01"), paid_months=0)
    assert not option(guide, "employee_pension").eligible
    assert option(guide, "resident_medical").eligible


@pytest.mark.parametrize(
    ("region", "warning"),
    [
        ("370000", "山东省的缴费基数还没有核实，请打 12333 问。"),
        ("440000", "广东省各市的缴费下限不同，请写到市。"),
    ],
)
def test_where_no_base_is_known_no_cost_is_named(insurance: Insurance, region: str, warning: str) -> None:
    guide = ask(insurance, work_region=region)
    pension = option(guide, "employee_pension")
    assert pension.eligible
    assert (pension.monthly_min, pension.monthly_max, pension.levels) == (None, None, ())
    assert warning in guide.warnings


@pytest.mark.parametrize(("day", "floor"), [(date(2026, 6, 30), 7162), (date(2026, 7, 1), 7270)])
def test_the_base_in_force_on_the_day_counts(insurance: Insurance, day: date, floor: int) -> None:
    pension = option(ask(insurance, work_region="110000", as_of=day), "employee_pension")
    assert pension.levels[0].base == floor


def test_what_is_not_known_is_named(insurance: Insurance) -> None:
    warnings = ask(insurance, paid_months=None, relation="unknown", occupation="other").warnings
    assert "不知道您交过多久，这里按没交过算。" in warnings
    assert "不知道您和平台的关系，这里按没有劳动关系算。" in warnings


@pytest.mark.parametrize("field", ["work_region", "household_region"])
def test_a_region_that_does_not_exist(insurance: Insurance, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        ask(insurance, **{field: "999900"})
    assert str(refused.value) == "没有 999900 这个地区。"


def test_english_is_complete(insurance: Insurance) -> None:
    with speaking("en"):
        guide = ask(insurance, paid_months=None, relation="unknown")
    said = [*guide.warnings, *(line for each in guide.options for line in each.why)]
    for line in said:
        assert not re.search("[一-鿿]", re.sub("常州市?|合肥", "", line)), line


def test_schemes_say_what_to_bring_and_where_to_go(insurance: Insurance) -> None:
    for name in SCHEMES:
        scheme = insurance.scheme(name)
        for about in ("brings", "excludes", "papers", "where", "deadline"):
            for language in ("zh_CN", "en"):
                assert scheme.about[about].say(language, {}), (name, about)


@given(
    birth=st.integers(parse_month("1955-01"), parse_month("2012-12")),
    track=st.sampled_from(["male60", "female55", "female50"]),
    region=st.sampled_from(["110000", "320400", "370000", "440000", "440300", "420100", "650000"]),
    occupation=st.sampled_from(["rider", "driver", "trucker", "streamer", "other"]),
    relation=st.sampled_from(["employee", "agreement", "independent", "unknown"]),
    paid=st.none() | st.integers(0, 480),
    income=st.none() | st.integers(0, 50000).map(Decimal),
)
def test_anybody_gets_nine_clear_answers(
    insurance: Insurance,
    birth: int,
    track: str,
    region: str,
    occupation: str,
    relation: str,
    paid: int | None,
    income: Decimal | None,
) -> None:
    guide = ask(
        insurance,
        birth=birth,
        track=track,
        sex="male" if track == "male60" else "female",
        work_region=region,
        occupation=occupation,
        relation=relation,
        paid_months=paid,
        monthly_income=income,
    )
    assert len(guide.options) == len(SCHEMES)
    for each in guide.options:
        assert each.why
        assert not any("{" in line for line in each.why)
        if each.monthly_min is not None and each.monthly_max is not None:
            assert 0 <= each.monthly_min <= each.monthly_max
            assert each.eligible
    assert not any("{" in line for line in guide.warnings)
