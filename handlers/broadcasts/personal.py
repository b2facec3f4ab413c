"""What broadcasts keep about a person, how it is erased, and how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.retention import Rule, change, delete, older
from bot.store.unit import Unit
from handlers.broadcasts.tables import broadcasts, clicks


async def show(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """The taps on buttons of broadcasts, ready for JSON."""
    wanted = (
        sa.select(broadcasts.c.title, clicks.c.at)
        .join(broadcasts, broadcasts.c.id == clicks.c.broadcast_id)
        .where(clicks.c.person_id == person_id)
        .order_by(clicks.c.id)
    )
    return [{"broadcast": row["title"], "tapped_at": row["at"].isoformat()} for row in await unit.rows(wanted)]


async def erase(unit: Unit, person_id: int) -> None:
    """Taps go; that a message was sent goes with the outbox."""
    await unit.execute(sa.delete(clicks).where(clicks.c.person_id == person_id))


def retention_rules(days: int) -> list[Rule]:
    """Taps, and the words of broadcasts, go so many days after; titles and figures stay."""
    age = timedelta(days=days)
    worded = broadcasts.c.words.is_not(None)
    return [
        delete("taps on broadcasts", clicks, older(clicks.c.at, age)),
        change("words of broadcasts", broadcasts, older(broadcasts.c.ended_at, age, worded), words=None, picture=None),
    ]
