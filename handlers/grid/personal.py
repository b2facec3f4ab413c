"""What this room keeps about a person, how it is erased, and for how long it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.retention import Rule, older
from bot.store.unit import Unit
from handlers.grid.report import open_report
from handlers.grid.tables import grid_events, grid_media, grid_reports, grid_supports

EMPTIED: dict[str, Any] = {"person_id": None, "place": None, "place_mac": None, "words": None}


async def show(unit: Unit, person_id: int) -> dict[str, Any]:
    """A person's reports and what they support, ready for JSON."""
    rows = await unit.rows(sa.select(grid_reports).where(grid_reports.c.person_id == person_id).order_by("id"))
    supported = (
        sa.select(grid_reports.c.code)
        .join(grid_supports, grid_supports.c.report_id == grid_reports.c.id)
        .where(grid_supports.c.person_id == person_id)
    )
    return {
        "reports": [_as_data(unit, row) for row in rows],
        "supported": sorted((await unit.execute(supported)).scalars()),
    }


def _as_data(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    report = open_report(unit.vault, row)
    return {
        "code": report.code,
        "kind": report.kind,
        "status": report.status.value,
        "place": report.place,
        "latitude": report.latitude,
        "longitude": report.longitude,
        "words": report.words,
        "made_at": report.made_at.isoformat(),
        "points": report.points,
    }


async def erase(unit: Unit, person_id: int) -> None:
    """Words, place in words and pictures go; kind, state and spot stay, with nobody behind them: the hole in the road
    is still there."""
    await unit.execute(sa.delete(grid_supports).where(grid_supports.c.person_id == person_id))
    own = sa.select(grid_reports.c.id).where(grid_reports.c.person_id == person_id)
    await _empty(unit, list((await unit.execute(own)).scalars()))


async def _empty(unit: Unit, ids: Sequence[Any]) -> None:
    await unit.execute(sa.delete(grid_media).where(grid_media.c.report_id.in_(ids)))
    await unit.execute(sa.update(grid_events).where(grid_events.c.report_id.in_(ids)).values(words=None))
    await unit.execute(sa.update(grid_reports).where(grid_reports.c.id.in_(ids)).values(**EMPTIED))


def retention_rules(days: int) -> list[Rule]:
    """Reports closed for so long keep their kind and place on the map, and nothing of anybody."""

    async def end(unit: Unit, ids: Sequence[Any]) -> None:
        await unit.execute(sa.delete(grid_supports).where(grid_supports.c.report_id.in_(ids)))
        await _empty(unit, ids)

    kept = sa.or_(
        grid_reports.c.person_id.is_not(None), grid_reports.c.words.is_not(None), grid_reports.c.place.is_not(None)
    )
    return [Rule("closed reports", grid_reports, older(grid_reports.c.closed_at, timedelta(days=days), kept), end)]
