"""Complaints as a table for people's own programs: chosen, read page by page beside a live server, written once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.export import FORMATS, Column, Format, Row, Written, write_table_async
from bot.store import audit
from bot.store.store import Store
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.complaints.case import words
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.status import Status
from handlers.complaints.tables import cases

EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)  # before and after all complaints; instants have room around
PAGE = 1000  # rows a read transaction; a short one, so that a live server's file does not grow meanwhile

# DESIGN section 7 fixes names and order. Status, category and occupation are ids; company is its name.
COLUMNS = (
    Column("receipt"),
    Column("submitted_at", "instant"),
    Column("status"),
    Column("category"),
    Column("company", width=20),
    Column("place", width=20),
    Column("occupation"),
    Column("happened_on", "day"),
    Column("amount"),
    Column("story", width=60),
    Column("attachments"),
    Column("anonymous"),
    Column("owner"),
    Column("due_on", "day"),
    Column("closed_at", "instant"),
    Column("outcome", width=30),
)
IDENTITY = (Column("name"), Column("contact"), Column("channel"))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which complaints: submitted from `since` to `until` (days, both in), by company and status; "" for all."""

    since: date | None = None
    until: date | None = None
    company: str = ""
    status: Status | None = None

    def __str__(self) -> str:
        said = {"since": self.since, "until": self.until, "company": self.company, "status": self.status}
        return " ".join(f"{name}={value}" for name, value in said.items() if value) or "all"


def read_selection(since: str | None, until: str | None, company: str | None, status: str | None) -> Selection:
    """A selection from what was typed; raises ValueError with one clear line."""
    first, last = _day("--since", since), _day("--until", until)
    if first and last and first > last:
        raise ValueError(f"--since {first} is after --until {last}")
    if status is not None and status not in set(Status):
        raise ValueError(f"--status: {status!r} is none of {', '.join(Status)}")
    return Selection(first, last, (company or "").strip(), Status(status) if status else None)


def read_format(form: str) -> Format:
    """One of the three formats; raises ValueError with one clear line."""
    if form not in FORMATS:
        raise ValueError(f"--format: {form!r} is none of {', '.join(FORMATS)}")
    return form


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{option}: {text!r} is no date; write it like 2026-03-05") from None
    return min(max(day, EARLIEST), LATEST)


Advance = Callable[[int, int], None]  # rows so far, rows in all


async def export(
    store: Store,
    catalogue: Catalogue,
    selection: Selection,
    path: Path,
    form: Format,
    *,
    zone: ZoneInfo,
    full: bool = False,
    actor: str = "operator",
    advance: Advance | None = None,
) -> Written:
    """Write the chosen complaints, oldest first, in flat memory. `full` adds who they are, and an audit entry first.

    Raises OSError, TableTooLong. What is filed after the start is not in it.
    """
    chosen = _chosen(catalogue, selection, zone, store.clock())
    async with store.read() as unit:
        total = int(await unit.value(sa.select(sa.func.count()).select_from(cases).where(*chosen)) or 0)
    if full:
        async with store.write() as unit:
            await audit.write(unit, actor, "export.identities", "cases", f"{selection}; {form}; {total} rows")
    header = (*COLUMNS, *IDENTITY) if full else COLUMNS
    rows = _rows(store, catalogue, chosen, full, advance and (lambda done: advance(done, total)))
    return await write_table_async(path, form, header, rows, zone=zone, title="complaints")


def _chosen(catalogue: Catalogue, selection: Selection, zone: ZoneInfo, now: datetime) -> list[sa.ColumnElement[bool]]:
    """The conditions of a selection, days taken where the readers are."""
    found = [cases.c.submitted_at <= now]
    if selection.since:
        found.append(cases.c.submitted_at >= datetime.combine(selection.since, time(), zone))
    if selection.until:
        found.append(cases.c.submitted_at < datetime.combine(selection.until + timedelta(days=1), time(), zone))
    if selection.status:
        found.append(cases.c.status == selection.status.value)
    if selection.company:
        known = catalogue.company(selection.company)
        named = cases.c.company_words.icontains(selection.company, autoescape=True)
        found.append(cases.c.company == known.id if known else named)
    return found


async def _rows(
    store: Store,
    catalogue: Catalogue,
    chosen: list[sa.ColumnElement[bool]],
    full: bool,
    advance: Callable[[int], None] | None,
) -> AsyncIterator[Row]:
    """All rows, a page in a transaction of its own; each page starts behind the last row of the one before."""
    order = (cases.c.submitted_at, cases.c.id)
    behind: list[sa.ColumnElement[bool]] = []
    done = 0
    while True:
        async with store.read() as unit:
            page = await _page(unit, catalogue, [*chosen, *behind], order, full)
        for _key, cells in page:
            yield cells
        done += len(page)
        if advance is not None:
            advance(done)
        if len(page) < PAGE:
            return
        last = [sa.literal(value, column.type) for value, column in zip(page[-1][0], order, strict=True)]
        behind = [sa.tuple_(*order) > sa.tuple_(*last)]


async def _page(
    unit: Unit, catalogue: Catalogue, where: list[sa.ColumnElement[bool]], order: Any, full: bool
) -> list[tuple[tuple[datetime, int], Row]]:
    found = await unit.rows(sa.select(cases).where(*where).order_by(*order).limit(PAGE))
    return [((row["submitted_at"], row["id"]), _cells(unit.vault, catalogue, row, full)) for row in found]


def _cells(vault: Vault, catalogue: Catalogue, row: sa.RowMapping, full: bool) -> Row:
    cells = (
        row["code"],
        row["submitted_at"],
        row["status"],
        row["category"],
        catalogue.company_name(row["company"], row["company_words"]),
        words(vault, row, "place"),
        row["occupation"],
        row["happened_on"],
        row["amount"],
        words(vault, row, "story"),
        row["attachments"],
        row["anonymous"],
        row["owner"],
        row["due_on"],
        row["closed_at"],
        words(vault, row, "outcome"),
    )
    return (*cells, words(vault, row, "name"), words(vault, row, "contact"), row["channel"]) if full else cells
