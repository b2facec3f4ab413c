"""The method of the early warning: tails, baselines, levels, and one matter being one warning."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.settings import packaged
from handlers.warnings.assess import Case, Known, Picture, assess
from handlers.warnings.groups import SCOPES, Group, group_of
from handlers.warnings.method import common_wobble, limit, rest_weight, tail, usual
from handlers.warnings.rules import Rules, open_rules
from handlers.warnings.states import TRANSITIONS, Level, State

NOW = datetime(2026, 11, 16, tzinfo=UTC)
EFFORTS = [6.2] * 8


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules(packaged("content"))


def poisson_tail(count: int, mean: float) -> float:
    return 1 - sum(math.exp(-mean) * mean**at / math.factorial(at) for at in range(count))


@pytest.mark.parametrize(("count", "mean"), [(0, 2.0), (1, 0.1), (5, 2.0), (12, 10.0), (3, 7.5)])
def test_the_tail_without_spread_is_poissons(count: int, mean: float) -> None:
    assert tail(count, mean, 1.0) == pytest.approx(poisson_tail(count, mean), abs=1e-9)


def test_the_tail_has_the_mean_and_the_variance_it_says() -> None:
    mean, spread = 6.0, 1.8
    shares = [tail(at, mean, spread) - tail(at + 1, mean, spread) for at in range(200)]
    assert sum(shares) == pytest.approx(1)
    assert sum(at * share for at, share in enumerate(shares)) == pytest.approx(mean)
    assert sum((at - mean) ** 2 * share for at, share in enumerate(shares)) == pytest.approx(mean * spread)


@given(st.integers(0, 400), st.floats(0.01, 150), st.floats(1, 6))
def test_a_tail_is_a_chance_and_falls(count: int, mean: float, spread: float) -> None:
    chance = tail(count, mean, spread)
    assert 0 <= tail(count + 1, mean, spread) <= chance + 1e-9 <= 1 + 1e-9


def test_a_count_far_below_a_large_mean_is_no_news() -> None:
    assert tail(4, 900.0, 1.0) == 1.0
    assert tail(5, 900.0, 2.0) == 1.0


def test_what_is_usual_follows_rest_days() -> None:
    week = usual([10] * 8, EFFORTS, 6.2, 0.0)
    holiday = usual([10] * 8, EFFORTS, 3.0, 0.0)  # the week of a long holiday
    assert week.mean == pytest.approx(10, rel=0.02)
    assert holiday.mean == pytest.approx(10 * 3.0 / 6.2, rel=0.02)
    assert holiday.chance(12) < week.chance(12)


def test_an_outbreak_that_is_over_weighs_little() -> None:
    quiet, after = usual([2] * 8, EFFORTS, 6.2, 0.0), usual([2, 2, 40, 2, 2, 2, 2, 2], EFFORTS, 6.2, 0.0)
    assert after.mean < quiet.mean * 2  # the plain mean would be more than three times as high


def test_without_any_history_a_few_are_already_much() -> None:
    assert usual([0] * 8, EFFORTS, 6.2, 0.0).chance(4) < 1e-4
    assert usual([0] * 8, EFFORTS, 6.2, 0.0).chance(1) > 0.01


def test_wobbling_weeks_make_it_more_patient() -> None:
    steady, wild = usual([5] * 8, EFFORTS, 6.2, 0.0), usual([0, 10, 1, 9, 0, 10, 2, 8], EFFORTS, 6.2, 0.0)
    assert wild.chance(14) > steady.chance(14) * 5
    assert common_wobble([[0, 10, 1, 9, 0, 10, 2, 8]], EFFORTS) > 0.5
    assert common_wobble([[5] * 8], EFFORTS) == 0.0
    assert common_wobble([], EFFORTS) == 0.0
    assert usual([5] * 8, EFFORTS, 6.2, 0.3).chance(14) > steady.chance(14) * 5  # others wobble: it may as well


def test_rest_days_weigh_as_much_as_they_bring() -> None:
    assert rest_weight({True: [10] * 40, False: [5] * 16}) == pytest.approx(0.5)
    assert rest_weight({True: [10] * 40, False: [0] * 16}) == 0.2
    assert rest_weight({True: [10] * 5, False: [1] * 2}) == 1.0  # too few days known
    assert rest_weight({True: [0] * 40, False: [0] * 16}) == 1.0


def test_the_more_is_watched_the_less_a_single_group_may_err() -> None:
    assert limit(1, 5, 100) * 30 * 5 * 100 == pytest.approx(1)
    assert limit(2, 5, 10) > limit(1, 5, 10) > limit(1, 5, 1000)


# -- from cases to warnings


def case(number: int, *, person: int | None = 0, day: float = 1, grave: bool = False, **more: str) -> Case:
    """One case some days ago; everybody is somebody else unless `person` is given."""
    told = {"company": "meituan", "company_words": "", "category": "fines", "region": "320402"} | more
    return Case(number, number if person == 0 else person, *told.values(), NOW - timedelta(days=day), grave)


def picture(cases: Sequence[Case], weeks: dict[Group, list[int]] | None = None, heard: bool = True) -> Picture:
    return Picture(cases, NOW - timedelta(days=7), weeks or {}, EFFORTS, 6.2, 12.4, heard)


def test_one_outbreak_is_one_warning_of_its_narrowest_group(rules: Rules) -> None:
    [found] = assess(picture([case(number) for number in range(1, 8)]), [], rules)
    assert found.group == Group("cluster", "meituan", "", "fines", "320402")
    assert (len(found.cases), found.level) == (7, Level.RISE)


def test_over_several_places_it_is_the_companys_matter(rules: Rules) -> None:
    cases = [case(number, region=f"32040{number % 4}") for number in range(1, 9)]
    weeks = {Group("matter", "meituan", "", "fines"): [1] * 8}
    [found] = assess(picture(cases, weeks), [], rules)
    assert found.group == Group("matter", "meituan", "", "fines")


def test_many_companies_in_one_place_are_the_places(rules: Rules) -> None:
    cases = [case(number, company=f"c{number}") for number in range(1, 10)]
    [found] = assess(picture(cases), [], rules)
    assert found.group == Group("region", region="320402")


def test_one_person_is_one_however_often_they_file(rules: Rules) -> None:
    assert assess(picture([case(number, person=7) for number in range(1, 12)]), [], rules) == []
    assert assess(picture([case(number) for number in range(1, 4)]), [], rules) == []  # too few


def test_what_is_usual_is_no_warning(rules: Rules) -> None:
    cases = [case(number, day=number % 14) for number in range(1, 29)]
    every = {group_of(scope, cases[0]): [14] * 8 for scope in SCOPES if scope != "grave"}
    assert assess(picture(cases, {key: weeks for key, weeks in every.items() if key}), [], rules) == []


def test_ten_people_with_the_same_matter_reach_the_line(rules: Rules) -> None:
    nine = [case(number, day=number) for number in range(1, 10)]
    [below] = assess(picture(nine), [], rules)
    [found] = assess(picture([*nine, case(10, day=10)]), [], rules)
    assert (below.level, found.level) == (Level.RISE, Level.LINE)
    again = [*nine, case(10, person=9, day=10)]  # ten cases, nine people
    assert assess(picture(again), [], rules)[0].level is Level.RISE
    other = [*nine, case(10, day=10, category="hours")]  # ten people, but no common matter
    assert all(one.level is Level.RISE for one in assess(picture(other), [], rules))


def test_the_line_is_reached_slowly_too(rules: Rules) -> None:
    """Five a week where two are usual are no rise; ten people in two weeks are a line all the same."""
    cases = [case(number, day=number + 0.5) for number in range(0, 13)]
    every = {group_of(scope, cases[0]): [2, 1, 2, 1, 2, 1, 2, 1] for scope in SCOPES if scope != "grave"}
    found = assess(picture(cases, {key: weeks for key, weeks in every.items() if key}), [], rules)
    assert [one.level for one in found] == [Level.LINE]


def test_grave_words_need_fewer_people_and_weigh_more(rules: Rules) -> None:
    cases = [case(number, grave=True, category="pay", region=f"32040{number}") for number in range(1, 4)]
    [found] = assess(picture(cases), [], rules)
    assert (found.group, found.level) == (Group("grave", "meituan"), Level.GRAVE)
    assert assess(picture(cases, heard=False), [], rules) == []  # nobody knows yet what is usual
    usual_here = {Group("grave", "meituan"): [3] * 8}
    assert assess(picture(cases, usual_here), [], rules) == []


def test_an_open_warning_keeps_its_cases_and_a_closed_one_too(rules: Rules) -> None:
    cases = [case(number, day=3) for number in range(1, 8)]
    group = Group("cluster", "meituan", "", "fines", "320402")
    opened = Known(group, NOW - timedelta(days=3))
    assert assess(picture(cases), [opened], rules) == []
    closed = Known(group, NOW - timedelta(days=3), NOW - timedelta(days=2))
    assert assess(picture(cases), [closed], rules) == []
    fresh = [case(number, day=1) for number in range(11, 18)]
    [again] = assess(picture([*cases, *fresh]), [closed], rules)
    assert {one.id for one in again.cases} == {one.id for one in fresh}


def test_a_places_warning_hides_no_company(rules: Rules) -> None:
    cases = [case(number) for number in range(1, 8)]
    place = Known(Group("region", region="320402"), NOW - timedelta(days=20))
    assert [one.group.scope for one in assess(picture(cases), [place], rules)] == ["cluster"]


def test_companies_without_an_id_are_known_by_their_name(rules: Rules) -> None:
    cases = [case(number, company="", company_words=words) for number, words in enumerate(["速达 ", "速达"] * 4, 1)]
    [found] = assess(picture(cases), [], rules)
    assert (found.group.company, found.group.company_words) == ("", "速达")
    nameless = [case(number, company="", region="") for number in range(1, 20)]
    assert assess(picture(nameless), [], rules) == []


def test_a_key_fits_its_column() -> None:
    longest = Group("cluster", "", "名" * 60, "d" * 20, "3" * 12)
    assert len(longest.key) <= 160


def test_every_state_has_its_row_and_closed_is_the_end() -> None:
    assert set(TRANSITIONS) == set(State)
    assert TRANSITIONS[State.CLOSED] == frozenset()
    assert all(State.CLOSED in TRANSITIONS[one] for one in State if one is not State.CLOSED)
