"""Finding an open report of the same kind at the same place: by metres on the map, or by the same words."""

from __future__ import annotations

from math import asin, cos, degrees, radians, sin, sqrt

import sqlalchemy as sa

from bot.store.unit import Unit
from bot.understand.words import bare
from handlers.grid.report import OPEN, Draft, Report, open_report
from handlers.grid.tables import grid_reports

EARTH = 6_371_000  # metres, mean radius
LOCK = 0x6717_0311


def metres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The distance between two places in degrees, as the crow flies (haversine)."""
    (south, west), (north, east) = here, there
    up, across = radians(north - south) / 2, radians(east - west) / 2
    half = sin(up) ** 2 + cos(radians(south)) * cos(radians(north)) * sin(across) ** 2
    return 2 * EARTH * asin(sqrt(min(1.0, half)))


def place_mac(unit: Unit, place: str) -> bytes | None:
    """What the same place in words is found by; None for words too short to name one."""
    words = bare(place)
    return unit.vault.mac(words, "grid-place") if len(words) >= 4 else None


async def one_by_one(unit: Unit) -> None:
    """New reports one after the other, till the commit: the same thing told twice at once is told once."""
    if not unit.sqlite:
        await unit.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)").bindparams(lock=LOCK))


async def same(unit: Unit, draft: Draft, within: int) -> Report | None:
    """The open report of this kind at this place, the nearest of several; `within` metres."""
    table = grid_reports
    still = sa.select(table).where(table.c.kind == draft.kind, table.c.status.in_([one.value for one in OPEN]))
    if draft.latitude is not None and draft.longitude is not None:
        return await _nearest(unit, still, (draft.latitude, draft.longitude), within)
    mac = place_mac(unit, draft.place)
    if mac is None:
        return None
    row = await unit.first(still.where(table.c.place_mac == mac).order_by(table.c.id).limit(1))
    return open_report(unit.vault, row) if row is not None else None


async def _nearest(unit: Unit, still: sa.Select[tuple[int]], here: tuple[float, float], within: int) -> Report | None:
    north = degrees(within / EARTH)
    east = north / max(0.01, cos(radians(here[0])))
    box = still.where(
        grid_reports.c.latitude.between(here[0] - north, here[0] + north),
        grid_reports.c.longitude.between(here[1] - east, here[1] + east),
    )
    found = [(metres(here, (row["latitude"], row["longitude"])), row["id"], row) for row in await unit.rows(box)]
    close = sorted((away, row_id) for away, row_id, _row in found if away <= within)
    row = next((row for _away, row_id, row in found if close and row_id == close[0][1]), None)
    return open_report(unit.vault, row) if row is not None else None
