"""`python -m tests.evaluation.warnings [--years N]`: how often the early warning is wrong, and how soon it is right.

Made-up years of a district: companies of very different size, matters, places; a weekly rhythm, holidays, seasons,
good and bad weeks of each company, people who file twice. Then the same with outbreaks of several sizes in it.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from bot.workdays import is_workday
from handlers.warnings.assess import Case, Known, Picture, Rise, assess
from handlers.warnings.finding import efforts_of, week_edges, weeks_of
from handlers.warnings.groups import SCOPES, Group
from handlers.warnings.method import rest_weight
from handlers.warnings.rules import Rules, open_rules

CONTENT = Path(__file__).parents[2] / "content"
FIRST = date(2022, 1, 3)
CATEGORIES = {"pay": 20, "fines": 30, "pricing": 12, "account": 14, "hours": 8, "injury": 6, "contract": 5, "other": 5}
SIZES = (4, 6, 10, 20, 40)
HANDLED = timedelta(days=14)  # how long staff take to close a warning
FOUND_WITHIN = 21  # days after an outbreak's first case that a warning still counts as finding it


@dataclass
class District:
    """Where complaints come from, `weekly` of them in a usual week."""

    seed: int
    weekly: float = 80.0
    companies: int = 25
    regions: int = 8
    rest_share: float = 0.6
    wobble: float = 0.35  # how much a company's weeks differ: the standard deviation of their rate

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.sizes = [1 / (rank + 1) for rank in range(self.companies)]
        self.number = 0
        self.people: list[int] = []

    def days(self, count: int) -> list[list[Case]]:
        """So many days of background, each the cases of that day."""
        found = []
        weights: list[float] = []
        for offset in range(count):
            day = FIRST + timedelta(days=offset)
            if offset % 7 == 0:
                shape = 1 / self.wobble**2
                weights = [size * self.dice.gammavariate(shape, 1 / shape) for size in self.sizes]
            season = 1 + 0.2 * math.sin(2 * math.pi * day.timetuple().tm_yday / 365)
            share = 1.0 if is_workday(day) else self.rest_share
            rate = self.weekly / (5 + 2 * self.rest_share) * season * share * sum(weights) / sum(self.sizes)
            found.append([self.case(day, weights) for _ in range(self.poisson(rate))])
        return found

    def case(self, day: date, weights: Sequence[float]) -> Case:
        """One case of the background."""
        [company] = self.dice.choices(range(self.companies), weights)
        [category] = self.dice.choices(list(CATEGORIES), list(CATEGORIES.values()))
        region = int(self.regions * self.dice.random() ** 1.5)
        grave = self.dice.random() < (0.35 if category == "pay" else 0.02)
        return self.made(day, f"c{company}", category, f"r{region}", grave)

    def made(self, day: date, company: str, category: str, region: str, grave: bool) -> Case:
        """A case of somebody new, or now and then of somebody who filed lately."""
        self.number += 1
        again = self.people and self.dice.random() < 0.08
        person = self.dice.choice(self.people[-60:]) if again else self.number
        self.people.append(person)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=self.dice.randrange(86_400))
        return Case(self.number, person, company, "", category, region, at, grave)

    def poisson(self, mean: float) -> int:
        """Knuth's way; the means here are small."""
        limit, count, product = math.exp(-mean), 0, self.dice.random()
        while product > limit:
            count += 1
            product *= self.dice.random()
        return count


@dataclass
class Outbreak:
    """So many people with the same company and matter within a week, in one place or in several."""

    size: int
    first: int  # the day of the first case
    cases: set[int] = field(default_factory=set)
    found: int | None = None  # days until a warning

    def put(self, days: list[list[Case]], district: District) -> None:
        """Add its cases to the days."""
        dice = district.dice
        company = f"c{dice.randrange(district.companies)}"
        category = dice.choice(["pay", "fines", "account", "pricing"])
        regions = [f"r{dice.randrange(district.regions)}"]
        if dice.random() < 0.3:
            regions = [f"r{number}" for number in range(district.regions)]
        for place in range(self.size):
            offset = 0 if place == 0 else dice.randrange(7)
            day = self.first + offset
            grave = category == "pay" and dice.random() < 0.5
            case = district.made(FIRST + timedelta(days=day), company, category, dice.choice(regions), grave)
            case = Case(case.id, case.id, *(getattr(case, name) for name in Case.__slots__[2:]))  # everybody once
            days[day].append(case)
            self.cases.add(case.id)


def watch(days: Sequence[Sequence[Case]], rules: Rules) -> list[tuple[int, Rise]]:
    """Look at the end of every day, as the service does; each warning with the day it was raised on."""
    span = 7 * (rules.baseline_weeks + rules.guard_weeks + 1)
    known: list[Known] = []
    found: list[tuple[int, Rise]] = []
    for at in range(span, len(days)):
        today = FIRST + timedelta(days=at)
        now = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1)
        known = [one if one.closed_at or now - raised < HANDLED else Known(one.group, one.first_at, now)
                 for one, raised in zip(known, _raised(found, known), strict=True)]  # fmt: skip
        for rise in assess(picture_of(days, at, rules), known, rules):
            found.append((at, rise))
            known.append(Known(rise.group, min(case.filed_at for case in rise.cases)))
    return found


def _raised(found: Sequence[tuple[int, Rise]], known: Sequence[Known]) -> list[datetime]:
    return [
        datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=at + 1)
        for at, _rise in found[: len(known)]
    ]


def picture_of(days: Sequence[Sequence[Case]], at: int, rules: Rules) -> Picture:
    """What is known at the end of a day."""
    today = FIRST + timedelta(days=at)
    edges = week_edges(today, rules, UTC)
    span = 7 * (rules.baseline_weeks + rules.guard_weeks + 1)
    past = [case for day in days[at - span + 1 : at + 1] for case in day]
    totals: dict[bool, list[int]] = defaultdict(list)
    for offset in range(at - span + 1, at - 6):
        totals[is_workday(FIRST + timedelta(days=offset))].append(len(days[offset]))
    efforts = efforts_of(today, rules, rest_weight(totals))
    guarded = rules.guard_weeks + 1
    return Picture(
        cases=[case for case in past if case.filed_at >= edges[guarded]],
        week_from=edges[1],
        weeks=weeks_of(past, edges, rules),
        efforts=efforts[guarded:],
        week_effort=efforts[0],
        whole_effort=sum(efforts[:guarded]),
    )


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What a district without any outbreak hears."""

    weeks: float
    group_years: float
    alarms: int
    lines: int  # of these, by the line of so many people

    @property
    def per_week(self) -> float:
        """Of one desk."""
        return self.alarms / self.weeks

    @property
    def per_group_year(self) -> float:
        """Of one group that is watched."""
        return self.alarms / self.group_years


def false_alarms(rules: Rules, years: float, seed: int = 1, **district: float) -> FalseAlarms:
    """Watch a district in which nothing happens."""
    days = District(seed, **district).days(int(365 * years))  # type: ignore[arg-type]
    found = watch(days, rules)
    groups: set[Group] = set(weeks_of([case for day in days for case in day], None, rules))
    weeks = (len(days) - 7 * (rules.baseline_weeks + rules.guard_weeks + 1)) / 7
    lines = sum(rise.level == 3 for _at, rise in found)
    return FalseAlarms(weeks, len(groups) * weeks / 52, len(found), lines)


def outbreaks(rules: Rules, each: int, seed: int = 2, **district: float) -> list[Outbreak]:
    """Outbreaks of every size, one a month, in a district's usual noise: which are found, and when."""
    place = District(seed, **district)  # type: ignore[arg-type]
    begin = 7 * (rules.baseline_weeks + rules.guard_weeks + 1) + 7
    made = [Outbreak(size, 0) for size in SIZES for _ in range(each)]
    place.dice.shuffle(made)
    days = place.days(begin + 30 * len(made) + 30)
    for number, one in enumerate(made):
        one.first = begin + 30 * number
        one.put(days, place)
    for at, rise in watch(days, rules):
        for one in made:
            own = sum(case.id in one.cases for case in rise.cases)
            if one.found is None and 0 <= at - one.first <= FOUND_WITHIN and own * 2 >= len(rise.cases):
                one.found = at - one.first
    return made


def table(made: Sequence[Outbreak]) -> dict[int, tuple[float, float | None]]:
    """Size -> (share found, days to the warning in the median)."""
    by_size: dict[int, list[Outbreak]] = defaultdict(list)
    for one in made:
        by_size[one.size].append(one)
    return {
        size: (
            sum(one.found is not None for one in ones) / len(ones),
            median([one.found for one in ones if one.found is not None] or [math.nan]),
        )
        for size, ones in sorted(by_size.items())
    }


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluation.warnings", description=__doc__)
    parser.add_argument("--years", type=float, default=4)
    parser.add_argument("--each", type=int, default=20, help="outbreaks of each size")
    chosen = parser.parse_args()
    rules = open_rules(CONTENT)
    print(f"asked for: {rules.false_alarms_per_month:g} false alarms a month; {len(SCOPES)} ways of grouping")
    print(
        f"{'complaints a week':>18} {'weeks':>6} {'alarms':>7} {'a month':>8} {'a group-year':>13} {'by the line':>12}"
    )
    for weekly in (20, 80, 300):
        one = false_alarms(rules, chosen.years, weekly=weekly)
        rates = f"{one.per_week * 30 / 7:8.2f} {one.per_group_year:13.5f}"
        print(f"{weekly:18} {one.weeks:6.0f} {one.alarms:7} {rates} {one.lines:12}")
    print(f"\n{'people within a week':>21} {'found':>6} {'days, median':>13}")
    for weekly in (20, 80, 300):
        print(f"  at {weekly} complaints a week")
        for size, (share, days) in table(outbreaks(rules, chosen.each, weekly=weekly)).items():
            print(f"{size:21} {share:6.0%} {days:13.1f}")


if __name__ == "__main__":
    main()
