"""Places in text, places by code, and figures by reference."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.regions.service import NoFigure, Regions, open_regions

CONTENT = Path(__file__).parents[3] / "content"


@pytest.fixture(scope="session")
def regions() -> Regions:
    return open_regions(CONTENT)


def test_all_provinces_and_prefectures_are_there(regions: Regions) -> None:
    levels = [region.level for region in regions.all()]
    assert (levels.count("nation"), levels.count("province"), levels.count("city")) == (1, 31, 333)


def test_every_place_lies_in_a_known_one(regions: Regions) -> None:
    for region in regions.all():
        chain = [above.code for above in regions.above(region.code)]
        assert chain[0] == region.code
        assert chain[-1] == "000000"
        assert region.level == "nation" or regions.province(region.code) is not None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("我在常州天宁区跑单", ["天宁区"]),
        ("江苏常州", ["常州市"]),
        ("常州", ["常州市"]),
        ("天宁", ["天宁区"]),
        ("天宁寺怎么走", []),
        ("北京朝阳", ["朝阳区", "朝阳市"]),
        ("朝阳区", ["朝阳区"]),
        ("吉林", ["吉林省", "吉林市"]),
        ("吉林市", ["吉林市"]),
        ("吉林省吉林市", ["吉林市"]),
        ("海南", ["海南省"]),
        ("内蒙", ["内蒙古自治区"]),
        ("广西", ["广西壮族自治区"]),
        ("苏州昆山市", ["昆山市"]),
        ("重庆江北", ["江北区"]),
        ("浦东", ["浦东新区"]),
        ("恩施", ["恩施土家族苗族自治州"]),
        ("我从合肥来，在南京送外卖", ["南京市", "合肥市"]),
        ("你好", []),
        ("", []),
    ],
)
def test_places_in_text(regions: Regions, text: str, names: list[str]) -> None:
    assert [region.name for region in regions.find(text)] == names


@given(data=st.data())
def test_every_place_is_found_by_its_full_name(regions: Regions, data: st.DataObject) -> None:
    region = data.draw(st.sampled_from([each for each in regions.all() if each.level != "nation"]))
    assert region in regions.find(region.name)
    province = regions.province(region.code)
    assert province is not None
    assert regions.find(f"我在{province.name}{region.name}")[0] == region


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("320402", "天宁区"),
        ("130102", "石家庄市"),  # a district that is not listed: its city
        ("110100", "北京市"),  # a heading, not a place
        ("500200", "重庆市"),
        ("429000", "湖北省"),
        ("429004", "仙桃市"),
    ],
)
def test_places_by_code(regions: Regions, code: str, name: str) -> None:
    assert regions.region(code).name == name


@pytest.mark.parametrize(
    "code", ["999999", "320499", "329900", "110103", "710000", "32", "3204001", "", "abcdef", "３２００００"]
)
def test_codes_of_no_place(regions: Regions, code: str) -> None:
    with pytest.raises(NoFigure) as refused:
        regions.region(code)
    assert refused.value.reason == "region"


@pytest.mark.parametrize(
    ("reference", "value", "period", "confidence"),
    [
        ("320000.pension_base.2024.floor", "4879", "2024 年度", "high"),
        ("320402.pension_base.2024.cap", "24396", "2024 年度", "high"),
        ("440106.pension_base.2025.floor", "5510", "2025 年度 2025-07-01 起", "medium"),
        ("440300.pension_base.2025.floor", "4775", "2025 年度 2025-07-01 起", "medium"),
        ("440000.pension_base.2024.cap", "27501", "2024 年度", "medium"),
        ("450000.pension_base.2024.floor", "4053.6", "2024 年度", "high"),
        ("440300.calculation_base.2025.value", "11293", "2025 年度", "medium"),
        ("440100.calculation_base.2025.value", "9493", "2025 年度", "medium"),
        ("440300.medical_base.2026.floor", "6727", "2026 年度", "medium"),
        ("310000.insurance_subsidy.2022.percent", "50", "2022 年度 至 2026-12-31", "medium"),
        ("000000.resident_pension_basic.2026.amount", "163", "2026 年度", "high"),
        ("000000.personal_pension.2022.limit", "12000", "2022 年度", "high"),
        ("000000.injury_order_rate.2025.instant_delivery_first", "0.07", "2025 年度 2025-07-01 起", "high"),
    ],
)
def test_figures(regions: Regions, reference: str, value: str, period: str, confidence: str) -> None:
    figure = regions.figure(reference)
    assert (figure.value, figure.period, figure.confidence) == (Decimal(value), period, confidence)
    assert figure.source.issuer


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("320000.pension_base.2025.floor", "unconfirmed"),
        ("370000.pension_base.2025.floor", "unconfirmed"),
        ("440000.pension_base.2024.floor", "differs"),
        ("440000.pension_base.2023.floor", "figure"),
        ("320000.pension_base.2024.roof", "figure"),
        ("320000.pension_base.1999.floor", "figure"),
        ("320000.nothing.2024.floor", "figure"),
        ("999999.pension_base.2024.floor", "region"),
        ("320000.pension_base.2024", "figure"),
        ("", "figure"),
    ],
)
def test_references_to_nothing_are_key_errors(regions: Regions, reference: str, reason: str) -> None:
    with pytest.raises(KeyError) as refused:
        regions.figure(reference)
    assert isinstance(refused.value, NoFigure)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("code", "day", "year"),
    [
        ("110000", date(2026, 6, 30), 2025),
        ("110000", date(2026, 7, 1), 2026),
        ("320000", date(2026, 7, 1), 2024),
        ("440100", date(2025, 6, 30), 2024),
        ("110000", date(2023, 7, 1), None),
        ("120000", date(2026, 7, 1), None),
    ],
)
def test_the_newest_confirmed_row_in_force(regions: Regions, code: str, day: date, year: int | None) -> None:
    entry = regions.in_force(code, "pension_base", day)
    assert (entry and entry.year) == year


def test_facts_of_a_city_are_those_of_its_province(regions: Regions) -> None:
    assert regions.facts("440100")["unemployment_voluntary"].holds(date(2026, 1, 1))
    assert not regions.facts("440100")["unemployment_voluntary"].holds(date(2022, 5, 31))
    assert "unemployment_voluntary" not in regions.facts("330100")
