"""A person's own complaints as data, and their erasure."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints import announcing
from handlers.complaints.case import open_case, open_step, words
from handlers.complaints.status import OPEN, Status
from handlers.complaints.tables import case_disclosures, case_events, case_media, cases
from handlers.complaints.terms import drop_terms

EMPTIED: dict[str, Any] = {
    "person_id": None,
    "channel": "",
    "company_words": "",
    "region": "",
    "place": None,
    "occupation": "",
    "happened_on": None,
    "amount": None,
    "story": None,
    "name": None,
    "contact": None,
    "attachments": 0,
    "outcome": None,
}


async def personal_data(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """Everything kept of a person's complaints, oldest first, ready for JSON; amounts as text, so no digit is lost."""
    rows = await unit.rows(sa.select(cases).where(cases.c.person_id == person_id).order_by(cases.c.id))
    happened = await _steps(unit, person_id)
    return [_as_data(unit, row, happened[row["id"]]) for row in rows]


async def _steps(unit: Unit, person_id: int) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    wanted = (
        sa.select(case_events)
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(cases.c.person_id == person_id, case_events.c.shown)
        .order_by(case_events.c.id)
    )
    for row in await unit.rows(wanted):
        step = open_step(unit.vault, row)
        by = "you" if step.actor == "person" else "staff"
        found[row["case_id"]].append(
            {"at": step.at.isoformat(), "kind": step.kind, "status": step.status, "by": by, "words": step.words}
        )
    return found


def _as_data(unit: Unit, row: sa.RowMapping, happened: list[dict[str, Any]]) -> dict[str, Any]:
    case = open_case(unit.vault, row)
    return {
        "receipt": case.code,
        "submitted_at": case.submitted_at.isoformat(),
        "status": case.status.value,
        "category": case.category,
        "company": case.company or case.company_words,
        "place": case.place,
        "occupation": case.occupation,
        "happened_on": case.happened_on.isoformat() if case.happened_on else None,
        "amount": str(case.amount) if case.amount is not None else None,
        "story": case.story,
        "attachments": case.attachments,
        "anonymous": case.anonymous,
        "name": words(unit.vault, row, "name"),
        "contact": words(unit.vault, row, "contact"),
        "due_on": case.due_on.isoformat(),
        "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        "outcome": case.outcome,
        "rating": case.rating,
        "steps": happened,
    }


async def erase(unit: Unit, person_id: int) -> None:
    """Empty a person's complaints and let go of their pictures; open ones end as withdrawn.

    What stays is a tombstone: receipt code, category, company, status and times, with nobody behind them.
    """
    own = sa.select(cases.c.id).where(cases.c.person_id == person_id)
    await drop_terms(unit, list((await unit.execute(own)).scalars()))
    await unit.execute(sa.update(case_events).where(case_events.c.case_id.in_(own)).values(words=None))
    asked = sa.update(case_disclosures).where(case_disclosures.c.case_id.in_(own))
    await unit.execute(asked.values(reason=None))
    await unit.execute(sa.delete(case_media).where(case_media.c.case_id.in_(own)))
    open_ones = own.where(cases.c.status.in_([status.value for status in OPEN]))
    for row in await unit.rows(sa.select(cases).where(cases.c.id.in_(open_ones))):
        await announcing.erased(unit, row)
        unit.insert(
            case_events,
            id=new_id(),
            case_id=row["id"],
            at=unit.now,
            kind="status",
            status=Status.WITHDRAWN.value,
            actor="person",
        )
    ended = {"status": Status.WITHDRAWN.value, "closed_at": unit.now}
    await unit.execute(sa.update(cases).where(cases.c.id.in_(open_ones)).values(**ended))
    await unit.execute(sa.update(cases).where(cases.c.person_id == person_id).values(updated_at=unit.now, **EMPTIED))
