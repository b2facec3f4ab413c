"""What is public: a whole quarter that is over, summed up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.store.unit import Unit
from handlers.complaints.service import Catalogue, counting
from handlers.overview.figures import LENGTHS_OF, Length, lengths
from handlers.overview.suppress import FEW, Shown, public

BACK = 4  # quarters that can be looked at


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of the calendar."""

    year: int
    number: int  # 1 to 4

    @property
    def word(self) -> str:
        """As it stands in the URL."""
        return f"{self.year}q{self.number}"

    def span(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and when the next does."""
        first = date(self.year, 3 * self.number - 2, 1)
        after = date(self.year + self.number // 4, 3 * self.number % 12 + 1, 1)
        return datetime.combine(first, time(), zone), datetime.combine(after, time(), zone)


def over(today: date) -> list[Quarter]:
    """The last quarters that are over, the newest first."""
    found: list[Quarter] = []
    day = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    for _quarter in range(BACK):
        day -= timedelta(days=1)
        quarter = Quarter(day.year, (day.month + 2) // 3)
        found.append(quarter)
        day = date(quarter.year, 3 * quarter.number - 2, 1)
    return found


@dataclass(frozen=True, slots=True)
class Public:
    """The tables of a quarter; `length` only of ends whose count is shown, so that it tells nothing of hidden ones."""

    filed: Shown
    ended: Shown
    rated: Shown
    length: Length | None


async def summed(unit: Unit, quarter: Quarter, zone: ZoneInfo, catalogue: Catalogue) -> Public:
    """Everything of a quarter that everybody may see."""
    since, until = quarter.span(zone)
    part = counting.Part(since=since, until=until)
    filed = dict.fromkeys((one.id for one in catalogue.categories), 0)
    for category, count in await counting.by(unit, part, "category"):
        filed[catalogue.category(category).id] += count
    endings = await counting.endings(unit, part)
    ended, rated = Counter({"resolved": 0, "closed": 0, "withdrawn": 0}), Counter(dict.fromkeys(map(str, (3, 2, 1)), 0))
    for one in endings:
        ended[one.status] += one.count
        if one.rating:
            rated[str(one.rating)] += one.count
    told = [status for status in LENGTHS_OF if ended[status] >= FEW]
    took = lengths((one.category, one.days, one.count) for one in endings if one.status in told)
    return Public(public(filed), public(ended), public(rated), took.get(""))
