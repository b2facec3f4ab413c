"""Redeeming: points become a code, the code a thing handed out; or both go back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot import notices
from bot.i18n import N_, _, speaking
from bot.messages import Option, Reply
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.rewards import catalogue, codes, ledger
from handlers.rewards.catalogue import NoSuchRewardError
from handlers.rewards.tables import reason_aad, redemptions, rewards
from handlers.volunteering import service as volunteering

NAMES = {
    "held": N_("waiting to be collected"),
    "handed": N_("handed out"),
    "cancelled": N_("cancelled"),
    "lapsed": N_("not collected in time"),
    "reversed": N_("taken back by staff"),
}
AT_ONCE = 100


class NotEnoughError(ValueError):
    """The person has fewer points than it costs; `balance` says how many."""

    def __init__(self, balance: int) -> None:
        super().__init__(balance)
        self.balance = balance


class SoldOutError(ValueError):
    """The last one went, or its price changed meanwhile."""


class NoSuchRedemptionError(LookupError):
    """There is no such redemption, or it is somebody else's: the two are not told apart."""


class NotInThatStateError(ValueError):
    """It was handed out, given back or has lapsed meanwhile; `status` says which."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class Redemption:
    """One thing somebody redeemed. `person_id` is None once erased."""

    id: int
    code: str
    person_id: int | None
    reward_id: int
    name: str
    collect: str
    points: int
    status: str
    made_at: datetime
    ended_at: datetime | None
    reason: str


_ALL = sa.select(redemptions, rewards.c.name, rewards.c.collect).join_from(redemptions, rewards)


async def redeem(unit: Unit, person_id: int, reward_id: int, points: int) -> Redemption:
    """Hold one thing for a person at the price they were told. Raises `NoSuchRewardError`, `NotEnoughError`,
    `SoldOutError`; then nothing has changed."""
    await volunteering.stand_in_line(unit, person_id)
    reward = await catalogue.find(unit, reward_id)
    if reward.status != "open":
        raise NoSuchRewardError
    balance = await volunteering.balance(unit, person_id)
    if balance < points:
        raise NotEnoughError(balance)
    if not await catalogue.take_one(unit, reward_id, points):
        raise SoldOutError
    row_id, code = new_id(), codes.new(codes.REDEMPTION)
    values = {"id": row_id, "code": code, "person_id": person_id, "reward_id": reward_id, "points": points}
    unit.insert(redemptions, status="held", made_at=unit.now, **values)
    await ledger.spend(unit, person_id, points, row_id)
    return Redemption(
        row_id, code, person_id, reward_id, reward.name, reward.collect, points, "held", unit.now, None, ""
    )


async def own(unit: Unit, person_id: int, most: int = 20) -> list[Redemption]:
    """What a person redeemed, newest first."""
    rows = await unit.rows(
        _ALL.where(redemptions.c.person_id == person_id).order_by(redemptions.c.id.desc()).limit(most)
    )
    return [opened(unit, row) for row in rows]


async def access_own(unit: Unit, person_id: int, redemption_id: int) -> Redemption:
    """The gate to a person's own redemption; locks it. Raises `NoSuchRedemptionError`."""
    found = await find(unit, redemption_id)
    if found.person_id != person_id:
        raise NoSuchRedemptionError
    return found


async def find(unit: Unit, redemption_id: int) -> Redemption:
    """One redemption, for whoever has passed a gate; locks it. Raises `NoSuchRedemptionError`."""
    return await _one(unit, redemptions.c.id == redemption_id)


async def by_code(unit: Unit, code: str) -> Redemption:
    """The redemption with a code in its one spelling; locks it. Raises `NoSuchRedemptionError`."""
    return await _one(unit, redemptions.c.code == code)


async def _one(unit: Unit, which: sa.ColumnElement[bool]) -> Redemption:
    wanted = _ALL.where(which)
    row = await unit.first(wanted if unit.sqlite else wanted.with_for_update(of=redemptions))
    if row is None:
        raise NoSuchRedemptionError
    return opened(unit, row)


async def cancel(unit: Unit, one: Redemption, actor: str, status: str = "cancelled") -> None:
    """Give it back before it was handed out: points and stock as before. Raises `NotInThatStateError`."""
    await _move(unit, one, "held", status, actor)
    await ledger.give_back(unit, one.id, actor)
    await catalogue.put_one_back(unit, one.reward_id)


async def hand_out(unit: Unit, one: Redemption, actor: str) -> None:
    """Staff handed the thing over. Raises `NotInThatStateError`."""
    await _move(unit, one, "held", "handed", actor)
    await audit.write(unit, actor, "redemption.hand_out", f"redemption:{one.id}")


async def reverse(unit: Unit, one: Redemption, actor: str, reason: str, *, restock: bool) -> None:
    """Staff undo it, handed out or not: the points go back, the thing too with `restock`; the person is told why.

    Raises `NotInThatStateError`.
    """
    if one.status not in {"held", "handed"}:
        raise NotInThatStateError(one.status)
    await _move(unit, one, one.status, "reversed", actor, reason)
    await ledger.give_back(unit, one.id, actor)
    if restock:
        await catalogue.put_one_back(unit, one.reward_id)
    await audit.write(unit, actor, "redemption.reverse", f"redemption:{one.id}", f"restock={int(restock)}")
    if one.person_id is not None:
        with speaking(await notices.language_of(unit, one.person_id)):
            text = _("Staff took “{name}” ({code}) back, and you have your {count} points again. Why: {reason}")
            said = text.format(name=one.name, code=one.code, count=one.points, reason=reason)
            reply = Reply(said, (Option(_("My points"), "go:my_points"),))
        await notices.notify(unit, one.person_id, reply, dedupe_key=f"redemption:reversed:{one.id}")


async def lapse(unit: Unit, hold_days: int) -> int:
    """Give back what nobody collected within so many days; gives how many. Safe to run often and by several at once."""
    late = sa.select(redemptions.c.id).where(
        redemptions.c.status == "held", redemptions.c.made_at <= unit.now - timedelta(days=hold_days)
    )
    count = 0
    for redemption_id in sorted((await unit.execute(late.limit(AT_ONCE))).scalars()):
        one = await find(unit, redemption_id)
        if one.status != "held":
            continue
        await cancel(unit, one, "system", "lapsed")
        await _tell_lapsed(unit, one, hold_days)
        count += 1
    return count


async def _tell_lapsed(unit: Unit, one: Redemption, hold_days: int) -> None:
    if one.person_id is None:
        return
    with speaking(await notices.language_of(unit, one.person_id)):
        text = _("“{name}” was not collected in {days} days. You have your {count} points again.")
        said = text.format(name=one.name, days=hold_days, count=one.points)
        reply = Reply(said, (Option(_("Exchange points"), "go:rewards"),))
    await notices.notify(unit, one.person_id, reply, dedupe_key=f"redemption:lapsed:{one.id}")


async def _move(unit: Unit, one: Redemption, before: str, after: str, actor: str, reason: str = "") -> None:
    values: dict[str, object] = {"status": after, "ended_at": unit.now, "ended_by": actor}
    if reason:
        values["reason"] = unit.vault.seal(reason.encode(), f"redemption:{one.id}:reason".encode())
    moved = sa.update(redemptions).where(redemptions.c.id == one.id, redemptions.c.status == before)
    if (await unit.execute(moved.values(**values))).rowcount != 1:
        now = await unit.value(sa.select(redemptions.c.status).where(redemptions.c.id == one.id))
        raise NotInThatStateError(str(now))


def listing(status: str) -> sa.Select[Any]:
    """The rows of one state, newest first; `opened` reads them."""
    return _ALL.where(redemptions.c.status == status).order_by(redemptions.c.id.desc())


def opened(unit: Unit, row: sa.RowMapping) -> Redemption:
    """A row of `listing`, with its words."""
    reason = unit.vault.open(row["reason"], reason_aad(row)).decode() if row["reason"] else ""
    names = ("id", "code", "person_id", "reward_id", "name", "collect", "points", "status", "made_at", "ended_at")
    return Redemption(**{name: row[name] for name in names}, reason=reason)
