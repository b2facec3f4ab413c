"""What this room keeps about a person, how it is erased, and for how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.retention import Rule, change, older
from bot.store.unit import Unit
from handlers.council.tables import meeting_visits, meetings, proposal_aad, proposal_supports, proposals


async def show(unit: Unit, person_id: int) -> dict[str, Any]:
    """Proposals, what is supported, meetings attended, ready for JSON."""
    rows = await unit.rows(sa.select(proposals).where(proposals.c.person_id == person_id).order_by(proposals.c.id))
    supported = (
        sa.select(proposals.c.shown)
        .join(proposal_supports, proposal_supports.c.proposal_id == proposals.c.id)
        .where(proposal_supports.c.person_id == person_id)
    )
    been = (
        sa.select(meetings.c.title, meeting_visits.c.at)
        .join(meeting_visits, meeting_visits.c.meeting_id == meetings.c.id)
        .where(meeting_visits.c.person_id == person_id)
        .order_by(meeting_visits.c.at)
    )
    return {
        "proposals": [_as_data(unit, row) for row in rows],
        "supported": sorted((await unit.execute(supported)).scalars()),
        "meetings": [{"title": row["title"], "at": row["at"].isoformat()} for row in await unit.rows(been)],
    }


def _as_data(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    words = unit.vault.open(row["words"], proposal_aad(row["id"], "words")).decode() if row["words"] else ""
    return {
        "words": words,
        "published": row["shown"],
        "status": row["status"],
        "answer": row["answer"],
        "made_at": row["made_at"].isoformat(),
    }


async def erase(unit: Unit, person_id: int) -> None:
    """Support is taken back; a proposal that nobody else has read goes, a published one stays without its person."""
    mine = proposal_supports.c.person_id == person_id
    supported = sa.select(proposal_supports.c.proposal_id).where(mine)
    fewer = sa.update(proposals).where(proposals.c.id.in_(supported)).values(supports=proposals.c.supports - 1)
    await unit.execute(fewer)
    await unit.execute(sa.delete(proposal_supports).where(mine))
    own = proposals.c.person_id == person_id
    await unit.execute(sa.delete(proposals).where(own, proposals.c.status.in_(("waiting", "kept_back"))))
    emptied: dict[str, Any] = {"person_id": None, "words": None, "reason": None}
    await unit.execute(sa.update(proposals).where(own).values(**emptied))
    await unit.execute(sa.update(meeting_visits).where(meeting_visits.c.person_id == person_id).values(person_id=None))


def retention_rules(days: int) -> list[Rule]:
    """So long after its end, a proposal's own words and its person go; what was published stays. Who came to a meeting
    is forgotten as late; the count stays."""
    age = timedelta(days=days)
    somebody_s = sa.or_(proposals.c.person_id.is_not(None), proposals.c.words.is_not(None))
    nobody: dict[str, Any] = {"person_id": None}
    came = meeting_visits.c.person_id.is_not(None)
    return [
        change("proposals", proposals, older(proposals.c.ended_at, age, somebody_s), words=None, reason=None, **nobody),
        change("meeting visits", meeting_visits, older(meeting_visits.c.at, age, came), **nobody),
    ]
