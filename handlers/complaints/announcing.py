"""What other systems hear of cases, the moment it is stored: facts to act on, never words, names or pictures. Those are
read through the interface for programs (interface/), with a key."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.store import webhooks
from bot.store.unit import Unit
from handlers.complaints.case import Case, Receipt, Report
from handlers.complaints.status import Status


async def created(unit: Unit, report: Report, receipt: Receipt) -> None:
    """A report was filed."""
    facts = {"category": report.category, "company": report.company, "region": report.region}
    await webhooks.emit(unit, "case.created", _event(receipt.code, Status.RECEIVED, receipt.due_on.isoformat(), facts))


async def moved(unit: Unit, case: Case, to: Status) -> None:
    """A case went from one status to another."""
    facts = {"previous": case.status.value, "category": case.category, "company": case.company, "region": case.region}
    await webhooks.emit(unit, "case.status_changed", _event(case.code, to, case.due_on.isoformat(), facts))


async def erased(unit: Unit, row: sa.RowMapping) -> None:
    """The person of an open case, a row of `cases`, erases their data: it ends as withdrawn."""
    facts = {"previous": row["status"], "category": row["category"], "company": row["company"], "region": ""}
    event = _event(row["code"], Status.WITHDRAWN, row["due_on"].isoformat(), facts)
    await webhooks.emit(unit, "case.status_changed", event)


def _event(receipt: str, status: Status, due_on: str, facts: dict[str, str]) -> dict[str, Any]:
    return {"receipt": receipt, "status": status.value, "due_on": due_on, **facts}
