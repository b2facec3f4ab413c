"""What is measured when /metrics is asked: how much waits in the outbox, since when, and what this process leads."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot.log import get_logger
from bot.store.tables import outbox

if TYPE_CHECKING:
    from bot.app import Service
    from bot.store.unit import Unit

log = get_logger()

PATIENCE = 5.0  # seconds for a look at the database
OPEN = ("waiting", "queued", "later", "contact", "unknown")  # what is done is counted when it is, not looked through


async def measure(service: Service) -> None:
    """Set the gauges; where the store does not answer, the rest is told without."""
    metrics = service.metrics
    for work in service.leadership.asked:
        metrics.leads.labels(work).set(work in service.leadership.leading)
    metrics.outbox.clear()  # a state without rows is in no row
    try:
        async with asyncio.timeout(PATIENCE), service.store.read() as unit:
            for state, rows in (await depths(unit)).items():
                metrics.outbox.labels(state).set(rows)
            metrics.oldest.set(await oldest(unit))
    except Exception as error:
        log.warning("failed", kind="metrics", error=type(error).__name__)


async def depths(unit: Unit) -> dict[str, int]:
    """State -> rows, of the states that are not the end; by an index alone (0.02 s for 100,000)."""
    counted = sa.select(outbox.c.state, sa.func.count().label("rows")).where(outbox.c.state.in_(OPEN))
    return {row["state"]: row["rows"] for row in await unit.rows(counted.group_by(outbox.c.state))}


async def oldest(unit: Unit) -> float:
    """Seconds since the first row that still waits was due; 0 when none is."""
    wanted = sa.select(outbox.c.due_at).where(outbox.c.state == "waiting").order_by(outbox.c.due_at).limit(1)
    due = await unit.value(wanted)
    return max(0.0, (unit.now - due).total_seconds()) if due is not None else 0.0
