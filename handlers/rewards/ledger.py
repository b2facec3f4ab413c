"""Points given for other things than activities, and points spent: all through volunteering's ledger."""

from __future__ import annotations

from bot.store.unit import Unit
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Line

WORKER, COMMUNITY, STORE = "worker", "community", "rewards"  # accounts


async def give(unit: Unit, person_id: int, points: int, *, kind: str, subject: str, actor: str) -> bool:
    """Points for one matter of one person (`subject`, like report:<id>), once; False when none are due or they were
    given."""
    if points <= 0:
        return False
    lines = [Line(WORKER, points, person_id), Line(COMMUNITY, -points)]
    return await volunteering.post(unit, subject, lines, kind=kind, subject=subject, actor=actor)


async def spend(unit: Unit, person_id: int, points: int, redemption_id: int) -> None:
    """Points for a thing; the caller holds the person's line, and has looked at the balance in it."""
    lines = [Line(WORKER, -points, person_id), Line(STORE, points)]
    subject = f"redemption:{redemption_id}"
    await volunteering.post(unit, f"redeemed:{redemption_id}", lines, kind="redeemed", subject=subject, actor="person")


async def give_back(unit: Unit, redemption_id: int, actor: str) -> None:
    """The points of a redemption, back to where they came from, once."""
    await volunteering.reverse(unit, f"redeemed:{redemption_id}", actor)
