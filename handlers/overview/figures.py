"""What the overview counts, as plain numbers; how it looks stands in `showing`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bot.store.unit import Unit
from handlers.complaints.service import counting

PERIODS = (4, 13, 26, 52)  # weeks
MOST_COMPANIES = 10
LENGTHS_OF = ("resolved", "closed")  # what its person withdrew took no time of ours
SERIES = 5  # matters with a colour of their own; the rest is one more


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked at, as it stands in the URL; "" is all."""

    weeks: int = 13
    category: str = ""
    company: str = ""
    region: str = ""

    @classmethod
    def read(cls, query: Callable[[str], str]) -> Filters:
        """Filters of a URL; what can't be one is left out."""
        weeks = query("weeks")
        period = int(weeks) if weeks in {str(one) for one in PERIODS} else 13
        return cls(period, query("category")[:20], query("company")[:40], query("region")[:12])

    def cases(self, **more: str) -> str:
        """The list of cases with these filters and more."""
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "weeks"}
        return "/desk/cases?" + urlencode({key: value for key, value in (named | more).items() if value})


@dataclass(frozen=True, slots=True)
class Length:
    """How long cases took to an end, in whole days."""

    count: int
    median: int
    most: int  # eight of ten took no longer


@dataclass(frozen=True, slots=True)
class Overview:
    """The numbers of a period. Weeks are seven days, the last ends today; lists have a place for each."""

    weeks: tuple[date, ...]  # their first days
    filed: dict[str, list[int]]  # category -> how many a week, the most frequent first
    ended: list[int]
    overdue_owners: list[tuple[str, int]]
    overdue_categories: list[tuple[str, int]]
    companies: list[tuple[str, int]]
    lengths: dict[str, Length]  # category -> ; "" is all together
    ratings: dict[str, dict[int, int]]  # category -> rating -> how many; "" is all together

    @property
    def filed_in_all(self) -> int:
        """Everything that came in."""
        return sum(sum(one) for one in self.filed.values())


async def overview(unit: Unit, filters: Filters, zone: ZoneInfo) -> Overview:
    """Count a period; each question is one statement, answered from an index."""
    today = unit.now.astimezone(zone).date()
    weeks = tuple(today + timedelta(days=1 - 7 * back) for back in range(filters.weeks, 0, -1))
    within = _part(filters, datetime.combine(weeks[0], time(), zone))
    late = await counting.overdue(unit, _part(filters), today)
    endings = await counting.endings(unit, within)
    ended = _by_week(
        [(day, "", count) for day, count in (await counting.ended_daily(unit, within, zone)).items()], weeks
    )
    return Overview(
        weeks=weeks,
        filed=_by_week(await counting.flow(unit, within, zone), weeks),
        ended=ended.get("", [0] * len(weeks)),
        overdue_owners=_most((owner, count) for owner, _category, count in late),
        overdue_categories=_most((category, count) for _owner, category, count in late),
        companies=await counting.by(unit, within, "company"),
        lengths=lengths((one.category, one.days, one.count) for one in endings if one.status in LENGTHS_OF),
        ratings=_ratings((one.category, one.rating, one.count) for one in endings if one.rating),
    )


def _part(filters: Filters, since: datetime | None = None) -> counting.Part:
    return counting.Part(filters.company, category=filters.category, region=filters.region, since=since)


def _by_week(rows: Iterable[tuple[date, str, int]], weeks: Sequence[date]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(weeks))
    for day, category, count in rows:
        at = (day - weeks[0]).days // 7
        if 0 <= at < len(weeks):
            found[category][at] += count
    return dict(sorted(found.items(), key=lambda one: (-sum(one[1]), one[0])))


def _most(rows: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for name, count in rows:
        found[name] += count
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def _ratings(rows: Iterable[tuple[str, int, int]]) -> dict[str, dict[int, int]]:
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for category, rating, count in rows:
        found[category][rating] += count
        found[""][rating] += count
    return {category: dict(one) for category, one in found.items()}


def lengths(rows: Iterable[tuple[str, int, int]]) -> dict[str, Length]:
    """Median and 80th percentile by category and, under "", of all, from (category, days, how many)."""
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for category, days, count in rows:
        found[category][max(days, 0)] += count
        found[""][max(days, 0)] += count
    return {
        category: Length(sum(one.values()), percentile(one, 0.5), percentile(one, 0.8))
        for category, one in found.items()
    }


def percentile(counted: Counter[int], share: float) -> int:
    """The smallest value that at least this share of all is no larger than (nearest rank)."""
    wanted, reached = share * sum(counted.values()), 0
    for value in sorted(counted):
        reached += counted[value]
        if reached >= wanted - 1e-9:
            return value
    raise ValueError("nothing was counted")
