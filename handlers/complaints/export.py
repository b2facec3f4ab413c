"""Complaints as a table for people's own programs: chosen, read page by page beside a live server, written once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.export import FORMATS, Cover, Format, Written, write_table_async
from bot.i18n import _
from bot.store import audit
from bot.store.store import Store
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.exporting.profiles import PROFILES, Name, Setting, cells_of, columns
from handlers.complaints.exporting.reading import Chosen, count, read_rows, submitted_by
from handlers.complaints.status import NAMES, Status
from handlers.complaints.tables import cases

EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)  # before and after all complaints; instants have room around
SHEET = "complaints"


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


def read_profile(profile: str) -> Name:
    """One of the profiles; raises ValueError with one clear line."""
    if profile not in PROFILES:
        raise ValueError(f"--profile: {profile!r} is none of {', '.join(PROFILES)}")
    return profile


def _day(option: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{option}: {text!r} is no date; write it like 2026-03-05") from None
    return min(max(day, EARLIEST), LATEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One export: which cases, as what, by whom. `said` is the filter in words; `made_by` a person's name for a working
    export, a role for one that is handed on. `full` adds who the workers are: for the command line alone."""

    chosen: Chosen
    said: str
    made_by: str
    actor: str = "operator"
    profile: Name = "working"
    form: Format = "xlsx"
    full: bool = False
    cover_first: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """What came of an export: the rows written, the facts its manifest states."""

    written: Written
    facts: dict[str, object]


Advance = Callable[[int, int], Awaitable[None]]  # rows so far, rows in all


async def export(store: Store, setting: Setting, wanted: Export, path: Path, *, advance: Advance | None = None) -> Made:
    """Write the chosen complaints, oldest first, in flat memory, with an audit entry first.

    Raises OSError, TableTooLong. What is filed after the start is not in it.
    """
    now = store.clock()
    chosen = wanted.chosen.also(submitted_by(now))
    counted = await count(store, chosen)
    total = sum(counted.values())
    action = "export.identities" if wanted.full else "export.cases"
    detail = f"{wanted.profile}; {wanted.form}; {total} rows; {wanted.said}"
    async with store.write() as unit:
        await audit.write(unit, wanted.actor, action, "cases", detail)
    facts = _facts(setting, wanted, now, counted)

    async def told(done: int) -> None:
        if advance is not None:
            await advance(done, total)

    rows = read_rows(store, chosen, cells_of(wanted.profile, setting, wanted.full), told)
    written = await write_table_async(
        path,
        wanted.form,
        columns(wanted.profile, wanted.full),
        rows,
        zone=setting.zone,
        title=SHEET,
        cover=_cover(facts, wanted),
    )
    return Made(written, facts)


def _facts(setting: Setting, wanted: Export, now: datetime, counted: dict[str, int]) -> dict[str, object]:
    """What a manifest says of an export; the cover sheet says the same in words."""
    return {
        "made_at": now.astimezone(setting.zone).isoformat(timespec="seconds"),
        "made_by": wanted.made_by,
        "profile": wanted.profile,
        "identities": wanted.full,
        "filter": wanted.said,
        "cases": sum(counted.values()),
        "by_status": dict(sorted(counted.items())),
    }


def _cover(facts: dict[str, object], wanted: Export) -> Cover:
    by_status = facts["by_status"]
    assert isinstance(by_status, dict)
    lines = [
        (_("Made by"), wanted.made_by),
        (_("Made at"), str(facts["made_at"])[:16].replace("T", " ")),
        (_("Profile"), profile_said(wanted.profile)),
        (_("Filter"), wanted.said),
        (_("Cases"), str(facts["cases"])),
        *((_(NAMES[status]), str(by_status[status])) for status in Status if status in by_status),
    ]
    return Cover(_("About this file"), lines, first=wanted.cover_first)


def profile_said(profile: Name) -> str:
    """A profile in words."""
    if profile == "forwardable":
        return _("to hand on: nothing in it tells who the worker is")
    return _("for work: stays with the officers")


def conditions(catalogue: Catalogue, selection: Selection, zone: ZoneInfo) -> list[sa.ColumnElement[bool]]:
    """The conditions of a selection, days taken where the readers are."""
    found: list[sa.ColumnElement[bool]] = []
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
