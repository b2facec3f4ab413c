"""Warnings: found every quarter of an hour, raised once, followed to an end.

`sweep` is safe to run often and by several processes at once: an open warning's group is unique in the store, a level
is written by whoever is first, and a notice has a key of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.site import Site
from bot.store import audit
from bot.store.ids import new_id
from bot.store.retention import Rule, delete, older
from bot.store.store import Store
from bot.store.unit import Unit
from handlers.complaints.service import Catalogue, counting
from handlers.regions.service import Regions
from handlers.warnings import notes, record
from handlers.warnings.assess import Case, Picture, Rise, alike, assess, grave, level_of, persons
from handlers.warnings.reading import known, read_picture, unheard
from handlers.warnings.rules import Rules, check_warnings, open_rules
from handlers.warnings.states import Level
from handlers.warnings.tables import warning_looks, warnings

__all__ = ["EVERY", "Setting", "check_warnings", "erase", "open_setting", "retention_rules", "show", "sweep"]

EVERY = 900.0  # seconds
MOST_WORDS = 5000  # cases whose words are looked through in one sweep
AT_ONCE = 200  # of these, in one transaction
KEPT = timedelta(days=230)  # longer than the longest baseline: see rules.Rules


@dataclass(frozen=True, slots=True)
class Setting:
    """What the warnings go by, and what names they use."""

    rules: Rules
    site: Site
    catalogue: Catalogue
    regions: Regions

    @property
    def zone(self) -> ZoneInfo:
        """Where the service stands."""
        return ZoneInfo(self.site.timezone)


def open_setting(content_dir: Path, site: Site, catalogue: Catalogue, regions: Regions) -> Setting:
    """Read the operator's thresholds; raises `BrokenContent` with the line of a slip."""
    return Setting(open_rules(content_dir), site, catalogue, regions)


async def sweep(store: Store, setting: Setting) -> int:
    """Look once; gives how many warnings were raised. Reads apart from writing: people's messages wait for neither."""
    await _listen(store, setting)
    async with store.read() as unit:
        picture = await read_picture(unit, setting.rules, setting.zone)
        there = await known(unit, min((case.filed_at for case in picture.cases), default=unit.now))
    rises = await asyncio.to_thread(assess, picture, [one for _id, one in there], setting.rules)
    grown = [
        (row_id, [case for case in picture.cases if one.holds(case)]) for row_id, one in there if one.closed_at is None
    ]
    if not rises and not any(cases for _id, cases in grown):
        return 0
    async with store.write() as unit:
        for row_id, cases in grown:
            await _update(unit, setting, row_id, cases, picture)
        raised = [await _raise(unit, setting, rise) for rise in rises]
    return sum(raised)


async def _listen(store: Store, setting: Setting) -> None:
    """Look the words of new cases through, each once; a few at a time, so that nobody waits long for the writer."""
    async with store.read() as unit:
        ids = await unheard(unit, setting.rules, setting.zone, MOST_WORDS)
    for at in range(0, len(ids), AT_ONCE):
        async with store.write() as unit:
            await _hear(unit, setting, ids[at : at + AT_ONCE])


async def _hear(unit: Unit, setting: Setting, ids: Sequence[int]) -> None:
    times = {one.id: one.submitted_at for one in await counting.some(unit, ids)}
    said = await counting.stories(unit, list(times))
    rows = [
        {"case_id": one, "grave": setting.rules.grave.heard(words), "filed_at": times[one]}
        for one, words in said.items()
    ]
    await unit.insert_new(warning_looks, rows, warning_looks.c.case_id)


async def _raise(unit: Unit, setting: Setting, rise: Rise) -> bool:
    """Write a new warning and tell of it; False when another process was faster."""
    group, cases = rise.group, rise.cases
    times = [case.filed_at for case in cases]
    row = {
        "id": new_id(),
        "key": group.key,
        "open_key": group.key,
        **{name: getattr(group, name) for name in ("scope", "company", "company_words", "category", "region")},
        "state": "raised",
        "level": int(rise.level),
        "count": len(cases),
        "persons": persons(cases),
        "alike": alike(cases),
        "grave": grave(cases),
        "expected": rise.expected,
        "chance": rise.chance,
        "first_at": min(times),
        "last_at": max(times),
        "raised_at": unit.now,
        "updated_at": unit.now,
    }
    if not await unit.insert_new(warnings, [row], warnings.c.id):
        return False
    record.note(unit, row["id"], "level", "system", level=rise.level)
    await audit.write(unit, "system", "warning.raise", f"warning:{row['id']}", f"level {int(rise.level)}")
    await notes.tell(unit, setting, row["id"])
    return True


async def _update(unit: Unit, setting: Setting, row_id: int, cases: Sequence[Case], picture: Picture) -> None:
    """New cases behind an open warning; a higher level is told of, once."""
    row = await unit.first(unit.locking(sa.select(warnings).where(warnings.c.id == row_id)))
    if row is None or row["closed_at"] is not None or not cases:
        return
    counted = await counting.tally(unit, record.part(row))
    level = max(level_of(cases, picture.week_from, setting.rules), Level(row["level"]))
    values = {
        "count": max(counted.count, row["count"]),
        "persons": max(counted.persons, row["persons"]),
        "alike": max(alike(cases), row["alike"]),
        "grave": max(grave(cases), row["grave"]),
        "last_at": max(case.filed_at for case in cases),
        "level": int(level),
    }
    if all(row[name] == value for name, value in values.items()):
        return
    await unit.execute(sa.update(warnings).where(warnings.c.id == row_id).values(updated_at=unit.now, **values))
    if level > row["level"]:
        record.note(unit, row_id, "level", "system", level=level)
        await notes.tell(unit, setting, row_id)


def retention_rules(days: int) -> list[Rule]:
    """Closed warnings go with the complaints they stood for; what was heard in a case, when no baseline needs it."""

    async def end(unit: Unit, ids: Sequence[int]) -> None:
        await record.remove(unit, ids)

    return [
        Rule("closed warnings", warnings, older(warnings.c.closed_at, timedelta(days=days)), end),
        delete("words looked through", warning_looks, older(warning_looks.c.filed_at, KEPT)),
    ]


async def show(unit: Unit, person_id: int) -> list[dict[str, object]]:
    """Of a person's complaints: whether their words were of arrears or of a closing business, for “my data”."""
    ids = await counting.ids_of(unit, person_id)
    rows = await unit.rows(sa.select(warning_looks).where(warning_looks.c.case_id.in_(ids)))
    return [{"complaint_of": row["filed_at"].isoformat(), "speaks_of_arrears": row["grave"]} for row in rows]


async def erase(unit: Unit, person_id: int) -> None:
    """What was heard in a person's words goes with them."""
    ids = await counting.ids_of(unit, person_id)
    await unit.execute(sa.delete(warning_looks).where(warning_looks.c.case_id.in_(ids)))
