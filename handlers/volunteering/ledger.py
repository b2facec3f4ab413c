"""Points: a double-entry ledger that is only added to. What one account gains another gives, so all sums are nought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.ids import new_id
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.volunteering.tables import entries, transfers

WORKER, COMMUNITY = "worker", "community"
ROUNDS = 9  # of taking the points of one sign-up back and giving them again, read at a time


class Unbalanced(ValueError):
    """The entries of a transfer do not sum to nought, or one of them is nought."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: an account (that of a person, for WORKER) and what it gains, in points."""

    account: str
    amount: int
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """One line of a person's statement."""

    at: datetime
    kind: str
    subject: str
    amount: int


async def post(unit: Unit, key: str, lines: Sequence[Line], *, kind: str, subject: str, actor: str = "system") -> bool:
    """Book a transfer; False when its key was booked before, and then nothing is added. Raises `Unbalanced`."""
    if len(lines) < 2 or sum(line.amount for line in lines) != 0 or any(line.amount == 0 for line in lines):
        raise Unbalanced(key)
    head = {"id": new_id(), "key": key, "kind": kind, "subject": subject, "actor": actor, "at": unit.now}
    if not await unit.insert_new(transfers, [head], transfers.c.id):
        return False
    for line in lines:
        unit.insert(
            entries,
            id=new_id(),
            transfer_id=head["id"],
            account=line.account,
            person_id=line.person_id,
            amount=line.amount,
        )
    return True


async def earn(unit: Unit, person_id: int, points: int, signup_id: int, actor: str = "system") -> bool:
    """Points for having been there, once a sign-up; what was taken back since is given again. False when there are none
    to give or they were given."""
    if points <= 0:
        return False
    if await _give(unit, f"attended:{signup_id}", person_id, points, signup_id, actor):
        return True
    moves = await _moves(unit, signup_id)
    struck = sum(key.startswith("struck:") for key in moves)
    missing = points - sum(moves.values())
    if not struck or missing <= 0:
        return False
    return await _give(unit, f"attended:{signup_id}:{struck}", person_id, missing, signup_id, actor)


async def _give(unit: Unit, key: str, person_id: int, points: int, signup_id: int, actor: str) -> bool:
    lines = [Line(WORKER, points, person_id), Line(COMMUNITY, -points)]
    return await post(unit, key, lines, kind="earned", subject=f"signup:{signup_id}", actor=actor)


async def take_back(unit: Unit, person_id: int, signup_id: int, actor: str) -> tuple[int, int]:
    """Take the points of a sign-up back as far as the person still has them: what was exchanged before the slip was
    found stays exchanged, and nobody owes points. Gives (taken, left with the person)."""
    moves = await _moves(unit, signup_id)
    gained = sum(moves.values())
    if gained <= 0:
        return 0, 0
    await stand_in_line(unit, person_id)
    taken = min(gained, max(0, await balance(unit, person_id)))
    struck = 1 + sum(key.startswith("struck:") for key in moves)
    if not taken:
        return 0, gained
    lines = [Line(WORKER, -taken, person_id), Line(COMMUNITY, taken)]
    key, subject = f"struck:{signup_id}:{struck}", f"signup:{signup_id}"
    await post(unit, key, lines, kind="reversed", subject=subject, actor=actor)
    return taken, gained - taken


async def _moves(unit: Unit, signup_id: int) -> dict[str, int]:
    """Key -> points, of all that was given for a sign-up and taken back again."""
    moves = await _amounts(unit, [f"attended:{signup_id}"])
    last = 0
    while not last or f"struck:{signup_id}:{last}" in moves:  # the rounds have no gap
        rounds = range(last + 1, last + 1 + ROUNDS)
        keys = [f"{kind}:{signup_id}:{one}" for kind in ("attended", "struck") for one in rounds]
        moves |= await _amounts(unit, keys)
        last += ROUNDS
    return moves


async def _amounts(unit: Unit, keys: Sequence[str]) -> dict[str, int]:
    wanted = sa.select(transfers.c.key, entries.c.amount).join_from(entries, transfers)
    rows = await unit.rows(wanted.where(transfers.c.key.in_(keys), entries.c.account == WORKER))
    return {row["key"]: row["amount"] for row in rows}


async def stand_in_line(unit: Unit, person_id: int) -> None:
    """One person's points one after the other, till the commit: two at once can't spend or take back the same."""
    row = sa.select(people.c.id).where(people.c.id == person_id)
    await unit.execute(row if unit.sqlite else row.with_for_update(key_share=True))


async def reverse(unit: Unit, key: str, actor: str) -> bool:
    """Book the opposite of a transfer, once; False when there is none with this key, or it was reversed before."""
    found = await unit.value(sa.select(transfers.c.id).where(transfers.c.key == key))
    if found is None:
        return False
    rows = await unit.rows(sa.select(entries).where(entries.c.transfer_id == found).order_by(entries.c.id))
    lines = [Line(row["account"], -row["amount"], row["person_id"]) for row in rows]
    return await post(unit, f"reversed:{found}", lines, kind="reversed", subject=f"transfer:{found}", actor=actor)


async def balance(unit: Unit, person_id: int) -> int:
    """A person's points."""
    own = sa.select(sa.func.coalesce(sa.func.sum(entries.c.amount), 0))
    return int(await unit.value(own.where(entries.c.account == WORKER, entries.c.person_id == person_id)))


async def statement(unit: Unit, person_id: int, most: int = 10) -> list[Posted]:
    """A person's newest movements, newest first."""
    own = (
        sa.select(transfers.c.at, transfers.c.kind, transfers.c.subject, entries.c.amount)
        .join_from(entries, transfers, transfers.c.id == entries.c.transfer_id)
        .where(entries.c.account == WORKER, entries.c.person_id == person_id)
        .order_by(entries.c.id.desc())
        .limit(most)
    )
    return [Posted(**row) for row in await unit.rows(own)]


async def imbalance(unit: Unit) -> int:
    """The sum over all entries plus the number of transfers that are out of balance: nought, always."""
    total = int(await unit.value(sa.select(sa.func.coalesce(sa.func.sum(entries.c.amount), 0))))
    crooked = (
        sa.select(entries.c.transfer_id).group_by(entries.c.transfer_id).having(sa.func.sum(entries.c.amount) != 0)
    )
    return abs(total) + int(await unit.value(sa.select(sa.func.count()).select_from(crooked.subquery())))
