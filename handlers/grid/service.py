"""What can be done with reports from the street. Used by the dialogues, the desk and Open311 alike."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.grid import near, notes
from handlers.grid.codes import new_code
from handlers.grid.content import GridKinds, Kind, open_kinds
from handlers.grid.personal import erase, retention_rules, show
from handlers.grid.report import (
    ALLOWED,
    NAMES,
    OPEN,
    Draft,
    NoSuchReportError,
    NotAllowedError,
    Report,
    Status,
    Step,
    open_report,
    open_step,
)
from handlers.grid.tables import event_aad, grid_events, grid_media, grid_reports, grid_supports, report_aad
from handlers.rewards import service as rewards
from handlers.rewards.service import PointRules

__all__ = [
    "ALLOWED",
    "NAMES",
    "OPEN",
    "Draft",
    "Filed",
    "GridKinds",
    "Kind",
    "NoSuchReportError",
    "NotAllowedError",
    "Report",
    "Status",
    "Step",
    "access_own",
    "confirm",
    "erase",
    "file",
    "find",
    "move",
    "open_kinds",
    "own",
    "retention_rules",
    "show",
    "steps",
    "support",
]


@dataclass(frozen=True, slots=True)
class Filed:
    """What came of a report: a new one, or the open one it joined as a support (`joined`)."""

    report: Report
    joined: bool


async def file(
    unit: Unit,
    kinds: GridKinds,
    draft: Draft,
    *,
    person_id: int | None = None,
    source: str = "chat",
    separate: bool = False,
) -> Filed:
    """File a report; of what an open one tells already, it becomes a support, unless it is known to be `separate`."""
    await near.one_by_one(unit)
    known = None if separate else await near.same(unit, draft, kinds.near(draft.kind))
    if known is not None:
        await support(unit, known, person_id)
        return Filed(await find(unit, known.id), joined=True)
    report = _insert(unit, draft, person_id, source)
    for media_id in dict.fromkeys(draft.media):
        unit.insert(grid_media, report_id=report.id, media_id=media_id)
    _note(unit, report.id, "status", "person" if source == "chat" else source, status=Status.RECEIVED)
    await notes.tell_staff(unit, report, kinds)
    return Filed(report, joined=False)


def _insert(unit: Unit, draft: Draft, person_id: int | None, source: str) -> Report:
    row_id, code = new_id(), new_code()
    seal = unit.vault.seal
    unit.insert(
        grid_reports,
        id=row_id,
        code=code,
        person_id=person_id,
        source=source,
        kind=draft.kind,
        status=Status.RECEIVED.value,
        region=draft.region,
        place=seal(draft.place.encode(), report_aad(row_id, "place")) if draft.place else None,
        place_mac=near.place_mac(unit, draft.place),
        latitude=draft.latitude,
        longitude=draft.longitude,
        words=seal(draft.words.encode(), report_aad(row_id, "words")) if draft.words else None,
        made_at=unit.now,
        changed_at=unit.now,
    )
    at, spot = unit.now, (draft.latitude, draft.longitude)
    what = (draft.kind, Status.RECEIVED, draft.region, draft.place)
    return Report(row_id, code, person_id, source, *what, *spot, draft.words, 0, at, at, None, None)


async def support(unit: Unit, report: Report, person_id: int | None) -> bool:
    """Somebody else tells the same, once a person; False for who reported or supported it before. Another system's
    (no person) counts each time."""
    if person_id is not None:
        if person_id == report.person_id:
            return False
        row = {"report_id": report.id, "person_id": person_id, "at": unit.now}
        if not await unit.insert_new(grid_supports, [row], grid_supports.c.person_id):
            return False
    counted = {"supports": grid_reports.c.supports + 1}
    await unit.execute(sa.update(grid_reports).where(grid_reports.c.id == report.id).values(**counted))
    return True


async def find(unit: Unit, report_id: int) -> Report:
    """One report, for whoever has passed a gate; locks it. Raises `NoSuchReportError`."""
    row = await unit.first(unit.locking(sa.select(grid_reports).where(grid_reports.c.id == report_id)))
    if row is None:
        raise NoSuchReportError
    return open_report(unit.vault, row)


async def access_own(unit: Unit, person_id: int, report_id: int) -> Report:
    """The gate to a report of a person's own, or one they support. Raises `NoSuchReportError`."""
    report = await find(unit, report_id)
    if report.person_id == person_id:
        return report
    mine = sa.select(grid_supports.c.report_id).where(
        grid_supports.c.report_id == report_id, grid_supports.c.person_id == person_id
    )
    if await unit.value(mine) is None:
        raise NoSuchReportError
    return report


async def own(unit: Unit, person_id: int, most: int = 10) -> list[Report]:
    """What a person reported or supports, newest first."""
    supported = sa.select(grid_supports.c.report_id).where(grid_supports.c.person_id == person_id)
    mine = sa.or_(grid_reports.c.person_id == person_id, grid_reports.c.id.in_(supported))
    rows = await unit.rows(sa.select(grid_reports).where(mine).order_by(grid_reports.c.id.desc()).limit(most))
    return [open_report(unit.vault, row) for row in rows]


async def steps(unit: Unit, report_id: int) -> list[Step]:
    """What happened to a report, oldest first."""
    wanted = sa.select(grid_events).where(grid_events.c.report_id == report_id).order_by(grid_events.c.id)
    return [open_step(unit.vault, row) for row in await unit.rows(wanted)]


async def move(unit: Unit, kinds: GridKinds, report: Report, to: Status, actor: str, words: str) -> None:
    """Take a report on, with words to who reported and supported it, who are told. The caller has passed the gate.

    Raises `NotAllowedError`.
    """
    if to not in ALLOWED[report.status]:
        raise NotAllowedError
    values = {"status": to.value, "changed_at": unit.now, "closed_at": None if to in OPEN else unit.now}
    moved = sa.update(grid_reports).where(grid_reports.c.id == report.id, grid_reports.c.status == report.status.value)
    if (await unit.execute(moved.values(**values))).rowcount != 1:
        raise NotAllowedError
    _note(unit, report.id, "status", actor, status=to, words=words)
    await audit.write(unit, actor, "report.move", f"report:{report.id}", to.value)
    await notes.tell_people(unit, report, kinds, to, words)


async def confirm(unit: Unit, kinds: GridKinds, rules: PointRules, report: Report, actor: str) -> int:
    """Staff found it to be so: its reporter gets points, once. Gives how many. Raises `NotAllowedError` for what was
    confirmed before or is not ours, and where nobody stands behind it."""
    if report.points is not None or report.status is Status.NOT_OURS or report.person_id is None:
        raise NotAllowedError
    points = rules.report
    subject = f"report:{report.id}"
    await rewards.give(unit, report.person_id, points, kind="report", subject=subject, actor=actor)
    await unit.execute(sa.update(grid_reports).where(grid_reports.c.id == report.id).values(points=points))
    _note(unit, report.id, "confirmed", actor)
    await audit.write(unit, actor, "report.confirm", subject, f"points={points}")
    await notes.tell_confirmed(unit, report, kinds, points)
    return points


def _note(unit: Unit, report_id: int, kind: str, actor: str, *, status: str = "", words: str = "") -> None:
    event_id = new_id()
    sealed = unit.vault.seal(words.encode(), event_aad(event_id)) if words else None
    what = {"kind": kind, "status": str(status), "actor": actor, "words": sealed}
    unit.insert(grid_events, id=event_id, report_id=report_id, at=unit.now, **what)
