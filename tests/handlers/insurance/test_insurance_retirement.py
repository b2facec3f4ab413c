"""The gradual retirement rules: every birth month of the three tracks against a table built another way, and the
rows and examples that were published (decision of the NPC Standing Committee, 2024-09-13, its appendix tables;
document no. 94 of 2024 for the flexible range)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.insurance.service import BadInput, Insurance, format_month, parse_month

FIRST, LAST = parse_month("1960-01"), parse_month("1995-12")
BIRTHS = st.integers(FIRST, LAST)
TRACKS = {"male60": (60, "1965-01", 4, 36), "female55": (55, "1970-01", 4, 36), "female50": (50, "1975-01", 2, 60)}


def walked_delays(track: str) -> dict[int, int]:
    """Delay by birth month, counted up month by month as the appendix tables do."""
    _age, first, band, cap = TRACKS[track]
    delays, delay, in_band = {}, 0, 0
    for birth in range(FIRST, LAST + 1):
        if birth >= parse_month(first):
            if in_band == 0 and delay < cap:
                delay += 1
            in_band = (in_band + 1) % band
        delays[birth] = delay
    return delays


@pytest.mark.parametrize("track", TRACKS)
def test_every_birth_month_from_1960_to_1995(insurance: Insurance, track: str) -> None:
    age, _first, _band, cap = TRACKS[track]
    for birth, delay in walked_delays(track).items():
        way = insurance.retirement(birth, track)
        assert way.delay_months == delay <= cap
        assert way.age_months == age * 12 + delay
        assert way.month == birth + way.age_months
        assert way.earliest == max(birth + age * 12, way.month - 36)
        assert way.latest == way.month + 36


@pytest.mark.parametrize("track", TRACKS)
@given(birth=BIRTHS, later=st.integers(0, 60))
def test_the_younger_never_retire_first(insurance: Insurance, track: str, birth: int, later: int) -> None:
    elder, younger = insurance.retirement(birth, track), insurance.retirement(birth + later, track)
    assert younger.age_months >= elder.age_months
    assert younger.month - elder.month >= later
    assert younger.required_months >= elder.required_months


@pytest.mark.parametrize(
    ("track", "birth", "years", "months", "month"),
    [
        # The first and the last rows of the three appendix tables, and rows between.
        ("male60", "1964-12", 60, 0, "2024-12"),
        ("male60", "1965-01", 60, 1, "2025-02"),
        ("male60", "1965-04", 60, 1, "2025-05"),
        ("male60", "1965-05", 60, 2, "2025-07"),
        ("male60", "1965-12", 60, 3, "2026-03"),
        ("male60", "1972-09", 62, 0, "2034-09"),
        ("male60", "1976-08", 62, 11, "2039-07"),
        ("male60", "1976-09", 63, 0, "2039-09"),
        ("male60", "1976-12", 63, 0, "2039-12"),
        ("female55", "1969-12", 55, 0, "2024-12"),
        ("female55", "1970-01", 55, 1, "2025-02"),
        ("female55", "1970-05", 55, 2, "2025-07"),
        ("female55", "1981-08", 57, 11, "2039-07"),
        ("female55", "1981-09", 58, 0, "2039-09"),
        ("female50", "1974-12", 50, 0, "2024-12"),
        ("female50", "1975-01", 50, 1, "2025-02"),
        ("female50", "1975-02", 50, 1, "2025-03"),
        ("female50", "1975-03", 50, 2, "2025-05"),
        ("female50", "1980-11", 53, 0, "2033-11"),
        ("female50", "1984-10", 54, 11, "2039-09"),
        ("female50", "1984-11", 55, 0, "2039-11"),
    ],
)
def test_published_rows(insurance: Insurance, track: str, birth: str, years: int, months: int, month: str) -> None:
    way = insurance.retirement(parse_month(birth), track)
    assert (way.age_months, format_month(way.month)) == (years * 12 + months, month)


def test_published_example_of_a_man_born_in_september_1972(insurance: Insurance) -> None:
    """Statutory at 62, flexible from 60 to 65."""
    birth = parse_month("1972-09")
    way = insurance.retirement(birth, "male60")
    assert (way.earliest - birth, way.age_months, way.latest - birth) == (60 * 12, 62 * 12, 65 * 12)
    assert way.required_months == 17 * 12 + 6


def test_published_example_of_a_worker_born_in_november_1980(insurance: Insurance) -> None:
    """Statutory at 53 with 17 years paid, flexible from 50 to 56; at 50 she needs 15.5 years, at 51 16, at 52 16.5."""
    birth = parse_month("1980-11")
    way = insurance.retirement(birth, "female50")
    assert (way.earliest - birth, way.latest - birth, way.required_months) == (50 * 12, 56 * 12, 17 * 12)
    needed = {age: insurance.required_months((birth + age * 12) // 12) for age in (50, 51, 52, 53)}
    assert needed == {50: 186, 51: 192, 52: 198, 53: 204}


@pytest.mark.parametrize(
    ("year", "years"),
    [
        (2025, 15),
        (2029, 15),
        (2030, 15.5),
        (2031, 16),
        (2032, 16.5),
        (2033, 17),
        (2034, 17.5),
        (2035, 18),
        (2036, 18.5),
        (2037, 19),
        (2038, 19.5),
        (2039, 20),
        (2040, 20),
        (2060, 20),
    ],
)
def test_years_to_pay_by_calendar_year(insurance: Insurance, year: int, years: float) -> None:
    assert insurance.required_months(year) == years * 12


def test_nobody_without_delay_may_go_before_the_original_age(insurance: Insurance) -> None:
    way = insurance.retirement(parse_month("1963-03"), "male60")
    assert way.earliest == way.month == parse_month("2023-03")
    assert format_month(way.latest) == "2026-03"


def test_results_name_their_sources(insurance: Insurance) -> None:
    names = [source.label for source in insurance.retirement(FIRST, "male60").sources]
    assert any("渐进式延迟法定退休年龄" in name and "2025-01-01" in name for name in names)
    assert any("人社部发〔2024〕94号" in name for name in names)


def test_an_unknown_track_is_refused(insurance: Insurance) -> None:
    with pytest.raises(BadInput, match="male60"):
        insurance.retirement(FIRST, "male55")


@pytest.mark.parametrize("text", ["1972-13", "1972-00", "1972-9", "72-09", "1972/09", "", None, 197209, "1972-09-01"])
def test_what_is_not_a_month_is_refused(text: object) -> None:
    with pytest.raises(BadInput):
        parse_month(text)


@given(month=st.integers(1900 * 12, 2100 * 12))
def test_months_are_read_as_they_are_written(month: int) -> None:
    assert parse_month(format_month(month)) == month
