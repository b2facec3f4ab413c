"""Complaints as counts, and as rows without words: for the early warning, the overview and the public figures.

What is read here names nobody. `stories` opens words, for the system alone, and writes that into the audit log.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.i18n import _
from bot.store import audit
from bot.store.unit import Unit
from bot.store.vault import CannotOpen
from handlers.complaints.case import words
from handlers.complaints.status import NAMES, OPEN, RATINGS, Status
from handlers.complaints.tables import cases

PAGE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Filed:
    """One case without its words; `company_words` is its company where that has no id."""

    id: int
    person_id: int | None
    company: str
    company_words: str
    category: str
    region: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """Which cases: those of a company, a matter, a place, filed from `since` to before `until`; "" and None are any.
    A company without an id is meant by `company_words`, in small letters."""

    company: str = ""
    company_words: str = ""
    category: str = ""
    region: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self, at: sa.ColumnElement[Any] = cases.c.submitted_at) -> list[sa.ColumnElement[bool]]:
        """As SQL; `at` is the time that counts."""
        found: list[sa.ColumnElement[bool]] = []
        for column in ("company", "category", "region"):
            if word := getattr(self, column):
                found.append(cases.c[column] == word)
        if self.company_words:
            found.append(cases.c.company == "")
            found.append(sa.func.lower(sa.func.trim(cases.c.company_words)) == self.company_words)
        if self.since is not None:
            found.append(at >= self.since)
        if self.until is not None:
            found.append(at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases, of how many people, and when the first and the last came."""

    count: int
    persons: int
    first_at: datetime | None = field(default=None)
    last_at: datetime | None = field(default=None)


_PLAIN = tuple(cases.c[name] for name in Filed.__slots__)


async def filed(unit: Unit, since: datetime) -> list[Filed]:
    """The cases filed from an instant on, oldest first."""
    found = await unit.execute(sa.select(*_PLAIN).where(cases.c.submitted_at >= since).order_by(cases.c.submitted_at))
    return [_filed(row) for row in found]


async def some(unit: Unit, ids: Sequence[int]) -> list[Filed]:
    """These cases; those that are not there are left out."""
    found: list[Filed] = []
    for page in _pages(ids):
        found += [_filed(row) for row in await unit.execute(sa.select(*_PLAIN).where(cases.c.id.in_(page)))]
    return found


async def ids_since(unit: Unit, since: datetime) -> list[int]:
    """The ids of cases filed from an instant on, newest first."""
    wanted = sa.select(cases.c.id).where(cases.c.submitted_at >= since).order_by(cases.c.submitted_at.desc())
    return list((await unit.execute(wanted)).scalars())


async def ids_of(unit: Unit, person_id: int) -> list[int]:
    """The ids of a person's cases."""
    return list((await unit.execute(sa.select(cases.c.id).where(cases.c.person_id == person_id))).scalars())


async def number_since(unit: Unit, since: datetime) -> int:
    """How many cases were filed from an instant on."""
    counted = sa.select(sa.func.count()).select_from(cases).where(cases.c.submitted_at >= since)
    return int(await unit.value(counted))


async def weekly(unit: Unit, edges: Sequence[datetime]) -> list[tuple[int, Filed, int]]:
    """(week, a case that stands for all, how many) for each company, matter and place. edges: where weeks begin, newest
    first; week 0 lies between the first two. The time, id and person of the case that stands for all mean nothing."""
    spans = zip(edges[1:], range(len(edges) - 1), strict=True)
    week = sa.case(*((cases.c.submitted_at >= begin, number) for begin, number in spans)).label("week")
    group = ("company", "company_words", "category", "region")
    within = cases.c.submitted_at.between(edges[-1], edges[0] - timedelta(microseconds=1))
    inner = sa.select(week, *(cases.c[name] for name in group)).where(within).subquery()
    columns = [inner.c.week, *(inner.c[name] for name in group)]
    rows: Iterable[Any] = await unit.execute(sa.select(*columns, sa.func.count()).group_by(*columns))
    return [(row[0], _filed((0, None, *row[1:5], edges[-1])), row[5]) for row in rows]


async def daily(unit: Unit, part: Part, zone: ZoneInfo) -> dict[date, int]:
    """How many were filed on each day there were any."""
    return await _daily(unit, part, zone, cases.c.submitted_at)


async def tally(unit: Unit, part: Part) -> Tally:
    """A part of the cases counted."""
    person = sa.func.coalesce(cases.c.person_id, -cases.c.id)
    wanted = sa.select(
        sa.func.count(),
        sa.func.count(sa.distinct(person)),
        sa.func.min(cases.c.submitted_at),
        sa.func.max(cases.c.submitted_at),
    ).where(*part.conditions())
    row: Any = (await unit.execute(wanted)).one()
    return Tally(*row)


async def by(unit: Unit, part: Part, column: str) -> list[tuple[str, int]]:
    """(category, company, region or status, how many), the most first."""
    number = sa.func.count()
    wanted = sa.select(cases.c[column], number).where(*part.conditions()).group_by(cases.c[column])
    rows: Iterable[Any] = await unit.execute(wanted.order_by(number.desc(), cases.c[column]))
    return [(row[0], row[1]) for row in rows]


async def flow(unit: Unit, part: Part, zone: ZoneInfo) -> list[tuple[date, str, int]]:
    """(day, category, how many) that were filed."""
    day = local_day(unit, cases.c.submitted_at, zone).label("day")
    inner = sa.select(day, cases.c.category).where(*part.conditions()).subquery()
    rows: Iterable[Any] = await unit.execute(sa.select(*inner.c, sa.func.count()).group_by(*inner.c))
    return [(as_day(row[0]), row[1], row[2]) for row in rows]


async def overdue(unit: Unit, part: Part, today: date) -> list[tuple[str, str, int]]:
    """(owner, category, how many) that are open past their day."""
    late = sa.and_(cases.c.status.in_([status.value for status in OPEN]), cases.c.due_on < today)
    columns = [cases.c.owner, cases.c.category]
    wanted = sa.select(*columns, sa.func.count()).where(late, *part.conditions()).group_by(*columns)
    rows: Iterable[Any] = await unit.execute(wanted)
    return [(row[0], row[1], row[2]) for row in rows]


@dataclass(frozen=True, slots=True)
class Ended:
    """So many cases that ended alike: `days` from filing to the end, `rating` 0 when there is none."""

    category: str
    status: str
    rating: int
    days: int
    count: int


async def endings(unit: Unit, part: Part) -> list[Ended]:
    """How those came to an end that did so in the part's time."""
    if unit.sqlite:
        days = sa.cast(sa.func.julianday(cases.c.closed_at) - sa.func.julianday(cases.c.submitted_at), sa.Integer)
    else:
        days = sa.cast(
            sa.func.floor(sa.extract("epoch", cases.c.closed_at - cases.c.submitted_at) / 86_400), sa.Integer
        )
    rating = sa.func.coalesce(cases.c.rating, 0).label("rating")
    alike = sa.select(cases.c.category, cases.c.status, rating, days.label("days"))
    inner = alike.where(*part.conditions(cases.c.closed_at)).subquery()
    rows: Iterable[Any] = await unit.execute(sa.select(*inner.c, sa.func.count()).group_by(*inner.c))
    return [Ended(*row) for row in rows]


async def ended_daily(unit: Unit, part: Part, zone: ZoneInfo) -> dict[date, int]:
    """How many came to an end on each day any did."""
    return await _daily(unit, part, zone, cases.c.closed_at)


async def _daily(unit: Unit, part: Part, zone: ZoneInfo, at: sa.Column[Any]) -> dict[date, int]:
    inner = sa.select(local_day(unit, at, zone).label("day")).where(*part.conditions(at)).subquery()
    rows: Iterable[Any] = await unit.execute(sa.select(inner.c.day, sa.func.count()).group_by(inner.c.day))
    return {as_day(row[0]): row[1] for row in rows}


async def latest(unit: Unit, part: Part, most: int) -> Sequence[sa.RowMapping]:
    """The newest cases of a part, as a list shows them: no words."""
    names = ("id", "code", "status", "category", "company", "company_words", "region", "submitted_at", "due_on")
    wanted = sa.select(*(cases.c[name] for name in names)).where(*part.conditions())
    return await unit.rows(wanted.order_by(cases.c.submitted_at.desc(), cases.c.id.desc()).limit(most))


async def stories(unit: Unit, ids: Sequence[int]) -> dict[int, str]:
    """The words of cases, for the system to look through; "" where there are none, or none that open. Noted in the
    audit log by number."""
    found: dict[int, str] = dict.fromkeys(ids, "")
    for page in _pages(ids):
        for row in await unit.rows(sa.select(cases.c.id, cases.c.story).where(cases.c.id.in_(page))):
            with contextlib.suppress(CannotOpen):  # one that is damaged keeps nobody from hearing the others
                found[row["id"]] = words(unit.vault, row, "story")
    if ids:
        await audit.write(unit, "system", "case.words", "cases", f"{len(ids)} looked through for a warning")
    return found


def status_name(status: str) -> str:
    """A status as people read it."""
    return _(NAMES[Status(status)])


def rating_names() -> dict[int, str]:
    """What a rating is called, the best first."""
    return {rating: _(RATINGS[rating]) for rating in sorted(RATINGS, reverse=True)}


def local_day(unit: Unit, column: sa.ColumnElement[Any], zone: ZoneInfo) -> sa.ColumnElement[Any]:
    """The calendar day of an instant where the service stands. SQLite knows no zones: it takes the offset of now."""
    if not unit.sqlite:
        return sa.cast(sa.func.timezone(str(zone), column), sa.Date)
    offset = unit.now.astimezone(zone).utcoffset() or timedelta()
    return sa.func.date(column, f"{int(offset.total_seconds() // 60):+d} minutes")


def as_day(value: Any) -> date:
    """What `local_day` gave, as a day."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def _filed(row: Any) -> Filed:
    return Filed(*row)


def _pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + PAGE] for at in range(0, len(ids), PAGE))
