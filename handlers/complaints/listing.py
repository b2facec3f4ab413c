"""The list of cases: filters that live in the URL, counts, sorting, pages. No words of anybody are opened for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.desk.paging import Order, split
from bot.store.codes import BadCode, parse_code
from bot.store.unit import Unit
from handlers.complaints import terms
from handlers.complaints.status import OPEN, Status
from handlers.complaints.tables import cases

PAGE = 50
ROUNDS = 4  # pieces of the list looked through for one page of cases that have the words
AGES = (7, 30, 90)  # days
SORTS = {
    "newest": Order(cases.c.submitted_at, cases.c.id, falling=True),
    "oldest": Order(cases.c.submitted_at, cases.c.id),
    "due": Order(cases.c.due_on, cases.c.id),
}
SHOWN = (
    "id",
    "code",
    "status",
    "category",
    "company",
    "company_words",
    "region",
    "amount",
    "attachments",
    "owner",
    "submitted_at",
    "due_on",
    "rating",
)
_OPEN = [status.value for status in sorted(OPEN)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, each as it stands in the URL; "" looks for all. `status`: one, or open (the default) or
    all; `owner`: me, none or staff:<id>; `age`: submitted so many days ago or more; `overdue`: 1; `words`: each of them
    is in what the worker wrote."""

    status: str = "open"
    category: str = ""
    company: str = ""
    region: str = ""
    age: str = ""
    owner: str = ""
    overdue: str = ""
    code: str = ""
    words: str = ""
    sort: str = "newest"

    @classmethod
    def read(cls, query: Callable[[str], str]) -> Filters:
        """Filters of a URL; what can't be one is left out."""
        given = {one.name: query(one.name) for one in fields(cls)}
        good: Mapping[str, Callable[[str], bool]] = {
            "status": lambda word: word in {"open", "all", *Status},
            "age": lambda word: word.isascii() and word.isdecimal() and 0 < int(word) < 10_000,
            "overdue": lambda word: word == "1",
            "sort": lambda word: word in SORTS,
        }
        return cls(**{name: word for name, word in given.items() if word and good.get(name, bool)(word)})

    def noted(self) -> str:
        """As the audit log has them: that words were looked for, and not which; they may name somebody."""
        return self.url(words="1" if self.words else "").partition("?")[2]

    def url(self, **changed: str) -> str:
        """The list with these filters, some of them changed."""
        values = {one.name: getattr(self, one.name) for one in fields(self)} | changed
        plain = Filters()
        query = {
            name: word for name, word in values.items() if word and (name == "after" or word != getattr(plain, name))
        }
        return "/desk/cases" + (f"?{urlencode(query)}" if query else "")


def chosen(filters: Filters, unit: Unit, me: str, today: date) -> list[sa.ColumnElement[bool]]:
    """The conditions of all the filters together, for an export, which looks at what the words find (`terms.held`)."""
    return [*_status(filters), *_conditions(filters, unit, me, today)]


def _conditions(
    filters: Filters, unit: Unit, me: str, today: date, found_words: terms.Search | None = None
) -> list[sa.ColumnElement[bool]]:
    """Everything but the status, which is counted by."""
    found: list[sa.ColumnElement[bool]] = []
    for column in ("category", "company", "region"):
        if word := getattr(filters, column):
            found.append(cases.c[column] == ("" if word == "-" else word))
    if filters.age:
        found.append(cases.c.submitted_at <= unit.now - timedelta(days=int(filters.age)))
    if filters.owner:
        found.append(cases.c.owner == {"me": me, "none": ""}.get(filters.owner, filters.owner))
    if filters.overdue:
        found.append(sa.and_(cases.c.due_on < today, cases.c.status.in_(_OPEN)))
    if filters.code:
        found.append(cases.c.code == _code(filters.code))
    if filters.words:
        found.append((found_words or terms.everywhere(unit.vault, filters.words)).condition())
    return found


def _code(words: str) -> str:
    try:
        return parse_code(words)
    except BadCode:
        return words


def _status(filters: Filters) -> list[sa.ColumnElement[bool]]:
    if filters.status == "all" or filters.code:
        return []
    return [cases.c.status.in_(_OPEN if filters.status == "open" else [filters.status])]


async def sought(unit: Unit, filters: Filters) -> terms.Search | None:
    """What the words of the filters come to; for `page` and `counts`."""
    return await terms.search(unit, filters.words) if filters.words else None


async def page(
    unit: Unit, filters: Filters, me: str, today: date, after: str = "", found: terms.Search | None = None
) -> tuple[Sequence[sa.RowMapping], str]:
    """(rows of one page, the cursor of the next or "")."""
    order, shown = SORTS[filters.sort], list[sa.RowMapping]()
    for _round in range(ROUNDS):
        rows, after = await _piece(unit, filters, me, today, after, found)
        shown += await _true(unit, rows, found)
        if len(shown) > PAGE:
            return shown[:PAGE], order.cursor(shown[PAGE - 1])
        if not after or len(shown) == PAGE:
            break
    return shown, after


async def _piece(
    unit: Unit, filters: Filters, me: str, today: date, after: str, found: terms.Search | None
) -> tuple[Sequence[sa.RowMapping], str]:
    order = SORTS[filters.sort]
    fitting = sa.select(cases.c.id).where(*_status(filters), *_conditions(filters, unit, me, today, found))
    # an index finds and sorts the ids by itself; rows, with the words in them, are read for one page only
    ids = list((await unit.execute(order.past(order.sorted(fitting), after).limit(PAGE + 1))).scalars())
    wanted = sa.select(*(cases.c[name] for name in SHOWN)).where(cases.c.id.in_(ids))
    return split(await unit.rows(order.sorted(wanted)), PAGE, order)


async def _true(unit: Unit, rows: Sequence[sa.RowMapping], found: terms.Search | None) -> list[sa.RowMapping]:
    """Without those that only look as if they had the words."""
    if found is None or found.few is not None:
        return list(rows)
    held = await terms.holding(unit, [row["id"] for row in rows], found.parts)
    return [row for row in rows if row["id"] in held]


async def counts(
    unit: Unit, filters: Filters, me: str, today: date, found: terms.Search | None = None
) -> dict[str, int]:
    """Status -> how many cases there are with the other filters; `open` and `all` as well. Nothing where words are in
    too many cases to count them."""
    if found is not None and found.few is None:
        return {}
    statement = sa.select(cases.c.status, sa.func.count().label("number")).group_by(cases.c.status)
    rows = await unit.rows(statement.where(*_conditions(filters, unit, me, today, found)))
    there = {row["status"]: int(row["number"]) for row in rows}
    return there | {"open": sum(there.get(status, 0) for status in _OPEN), "all": sum(there.values())}


async def regions(unit: Unit) -> list[str]:
    """The regions there are cases of, each found by a jump in the index: DISTINCT would walk through all cases."""
    there = sa.select(sa.func.min(cases.c.region).label("region")).cte("there", recursive=True)
    following = sa.select(sa.func.min(cases.c.region)).where(cases.c.region > there.c.region).scalar_subquery()
    there = there.union_all(sa.select(following).where(there.c.region.is_not(None)))
    found = await unit.execute(sa.select(there.c.region).where(there.c.region.is_not(None)))
    return list(found.scalars())
