"""The desk's list of activities: filters that live in the URL, pages by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from urllib.parse import urlencode

import sqlalchemy as sa

from bot.desk.paging import Order, split
from bot.store.unit import Unit
from handlers.volunteering.tables import slots

PAGE = 50
VALUES = {"when": ("coming", "past", "all"), "status": ("all", "open", "cancelled"), "whose": ("all", "own")}
SHOWN = (
    "id",
    "person_id",
    "status",
    "title",
    "place",
    "starts_at",
    "ends_at",
    "capacity",
    "minimum",
    "taken",
    "region",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for, each as it stands in the URL; the first of its VALUES where nothing is said."""

    when: str = "coming"
    status: str = "all"
    whose: str = "all"

    @classmethod
    def read(cls, query: Callable[[str], str]) -> Filters:
        """Filters of a URL; what can't be one is left out."""
        given = {one.name: query(one.name) for one in fields(cls)}
        return cls(**{name: word for name, word in given.items() if word in VALUES[name]})

    def url(self, **changed: str) -> str:
        """The list with these filters, some of them changed."""
        values = {one.name: getattr(self, one.name) for one in fields(self)} | changed
        plain = Filters()
        query = {name: word for name, word in values.items() if word and word != getattr(plain, name, "")}
        return "/desk/volunteering" + (f"?{urlencode(query)}" if query else "")


async def page(unit: Unit, filters: Filters, person_id: int, after: str = "") -> tuple[Sequence[sa.RowMapping], str]:
    """(rows of one page, the cursor of the next or ""): what is to come soonest first, what was newest first."""
    order = Order(slots.c.starts_at, slots.c.id, falling=filters.when != "coming")
    found = sa.select(*(slots.c[name] for name in SHOWN))
    if filters.when != "all":
        found = found.where(slots.c.ends_at > unit.now if filters.when == "coming" else slots.c.ends_at <= unit.now)
    if filters.status != "all":
        found = found.where(slots.c.status == filters.status)
    if filters.whose == "own":
        found = found.where(slots.c.person_id == person_id)
    return split(await unit.rows(order.past(order.sorted(found), after).limit(PAGE + 1)), PAGE, order)
