"""What this room keeps about a person, how it is erased, and for how long it is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from bot.store.retention import Rule, change, older
from bot.store.unit import Unit
from handlers.rewards import codes, payouts, redemptions
from handlers.rewards.tables import payouts as payouts_table
from handlers.rewards.tables import redemptions as redemptions_table
from handlers.volunteering.service import Setting


async def show(unit: Unit, person_id: int, setting: Setting) -> dict[str, Any]:
    """Things redeemed and allowances, ready for JSON."""
    return {
        "number": codes.number_of(unit, person_id),
        "redeemed": [
            {
                "code": one.code,
                "what": one.name,
                "points": one.points,
                "status": one.status,
                "at": one.made_at.isoformat(),
                "reason": one.reason,
            }
            for one in await redemptions.own(unit, person_id, most=1000)
        ],
        "allowances": [
            {"month": one.month, "code": one.code, "times": one.times, "minutes": one.minutes, "fen": one.fen}
            | {"status": one.status, "paid_at": one.paid_at.isoformat() if one.paid_at else None}
            | {"taken_back": one.struck}
            for one in await payouts.own(unit, setting, person_id, most=1000)
        ],
    }


async def erase(unit: Unit, person_id: int) -> None:
    """What is held goes back into stock, what is due is dropped; what was handed out or paid counts, with nobody
    behind it. Before volunteering's part: that one takes the person off the ledger."""
    table = redemptions_table
    held = sa.select(table.c.id).where(table.c.person_id == person_id, table.c.status == "held")
    for redemption_id in sorted((await unit.execute(held)).scalars()):
        await redemptions.cancel(unit, await redemptions.find(unit, redemption_id), "person")
    emptied: dict[str, Any] = {"person_id": None, "reason": None}
    await unit.execute(sa.update(table).where(table.c.person_id == person_id).values(**emptied))
    mine = sa.update(payouts_table).where(payouts_table.c.person_id == person_id)
    await unit.execute(mine.where(payouts_table.c.status == "due").values(status="dropped"))
    await unit.execute(mine.values(person_id=None, number=""))


def retention_rules(days: int) -> list[Rule]:
    """So long after the matter: reasons go, and nobody stands behind a redemption or an allowance any more. What nobody
    has collected by then is not paid any more."""
    age = timedelta(days=days)
    somebody_s = redemptions_table.c.person_id.is_not(None)
    paid = payouts_table.c.person_id.is_not(None)
    uncollected = payouts_table.c.status == "due"
    nobody: dict[str, Any] = {"person_id": None}
    return [
        change(
            "redemptions",
            redemptions_table,
            older(redemptions_table.c.ended_at, age, somebody_s),
            reason=None,
            **nobody,
        ),
        change("allowances", payouts_table, older(payouts_table.c.paid_at, age, paid), number="", **nobody),
        change(
            "allowances nobody collected",
            payouts_table,
            older(payouts_table.c.listed_at, age, uncollected),
            status="lapsed",
            number="",
            **nobody,
        ),
    ]
