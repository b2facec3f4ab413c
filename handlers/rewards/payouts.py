"""Allowances (志愿补贴) of a month: put on a list once, paid once, against the code that only its person has.

No name and no bank account is kept here: staff pay whoever shows the code in their own chat, and have them sign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import sqlalchemy as sa

from bot import notices
from bot.i18n import N_, _, speaking
from bot.messages import Option, Reply
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.rewards import codes
from handlers.rewards.tables import payout_signups, payouts
from handlers.rewards.wording import yuan
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Allowance, Setting

NAMES = {
    "due": N_("to be paid"),
    "paid": N_("paid"),
    "struck": N_("the hours were taken back, nothing is paid"),  # never kept: it is due again when they are put down
    "lapsed": N_("not collected in time"),
    "dropped": N_("its person has erased their data"),
}
COUNTED = ("due", "paid")  # in what a list comes to
MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")


class NoSuchPayoutError(LookupError):
    """There is no allowance with this code."""


class PaidBeforeError(ValueError):
    """It can't be paid: `status` says what it is instead of due."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class BadMonthError(ValueError):
    """Not a month that is over or under way."""


@dataclass(frozen=True, slots=True)
class Payout:
    """One person's allowances on one list; `fen` are hundredths of a yuan. Unpaid, it is what is owed now: without
    what was taken back since it was listed. `struck`: how many activities that were; `signups`: those that count."""

    id: int
    person_id: int | None
    month: str
    number: str
    code: str
    times: int
    minutes: int
    fen: int
    status: str
    listed_at: datetime
    paid_at: datetime | None
    paid_by: str
    struck: int = 0
    signups: tuple[int, ...] = ()


def span(month: str, setting: Setting, now: datetime) -> tuple[datetime, datetime]:
    """[first instant, first instant after it) of 2026-11 where the service is. Raises `BadMonthError`."""
    if not MONTH.fullmatch(month):
        raise BadMonthError
    year, number = int(month[:4]), int(month[5:])
    first = datetime.combine(date(year, number, 1), time(), setting.zone)
    after = datetime.combine(date(year + number // 12, number % 12 + 1, 1), time(), setting.zone)
    if first > now:
        raise BadMonthError
    return first, after


async def make_list(unit: Unit, setting: Setting, month: str, actor: str) -> int:
    """Put on a month's list what is not on any yet, and tell each person; gives how many rows came new.

    What is put down late (a forgotten check-out) comes as a further row the next time. Raises `BadMonthError`.
    """
    since, until = span(month, setting, unit.now)
    await audit.write(unit, actor, "allowances.list", f"month:{month}")  # its lock: two lists are made one by one
    found = await volunteering.allowances(unit, setting, since, min(until, unit.now))
    signup = payout_signups.c.signup_id
    listed = set((await unit.execute(sa.select(signup).where(signup.in_([one.signup_id for one in found])))).scalars())
    by_person = defaultdict(list)
    for one in found:
        if one.signup_id not in listed and one.person_id is not None:
            by_person[one.person_id].append(one)
    for person_id, ones in by_person.items():
        row_id, code, fen = new_id(), codes.new(codes.ALLOWANCE), sum(one.fen for one in ones)
        sums = {"times": len(ones), "minutes": sum(one.minutes for one in ones), "fen": fen}
        whose = {"person_id": person_id, "number": codes.number_of(unit, person_id), "code": code}
        unit.insert(payouts, id=row_id, month=month, status="due", listed_at=unit.now, **whose, **sums)
        for one in ones:
            unit.insert(payout_signups, signup_id=one.signup_id, payout_id=row_id)
        await _tell(unit, person_id, row_id, month, fen)
    return len(by_person)


async def _tell(unit: Unit, person_id: int, payout_id: int, month: str, fen: int) -> None:
    with speaking(await notices.language_of(unit, person_id)):
        text = _("Your allowance of {month} is on the list: {amount}. “My allowances” shows how to collect it.")
        reply = Reply(text.format(month=month, amount=yuan(fen)), (Option(_("My allowances"), "go:my_allowances"),))
    await notices.notify(unit, person_id, reply, dedupe_key=f"allowance:{payout_id}")


async def of_month(unit: Unit, setting: Setting, month: str) -> list[Payout]:
    """A month's list, as it is printed: by number."""
    return await _found(unit, setting, payouts.c.month == month)


async def months(unit: Unit, setting: Setting) -> list[tuple[str, int, int, int]]:
    """(month, rows, rows still due, fen in all), the newest first."""
    paid = sa.func.sum(sa.case((payouts.c.status == "paid", payouts.c.fen), else_=0))
    summed = sa.select(payouts.c.month, sa.func.count(), paid).group_by(payouts.c.month)
    rows = (await unit.execute(summed.order_by(payouts.c.month.desc()).limit(36))).all()
    due: dict[str, list[int]] = defaultdict(list)
    for one in await _found(unit, setting, payouts.c.status == "due"):
        if one.status == "due":
            due[one.month].append(one.fen)
    return [(month, count, len(due[month]), int(fen) + sum(due[month])) for month, count, fen in map(tuple, rows)]


async def own(unit: Unit, setting: Setting, person_id: int, most: int = 12) -> list[Payout]:
    """A person's allowances, newest first."""
    found = await _found(unit, setting, payouts.c.person_id == person_id)
    return sorted(found, key=lambda one: one.id, reverse=True)[:most]


async def by_code(unit: Unit, setting: Setting, code: str) -> Payout:
    """The allowance with a code in its one spelling; it and the hours it is for stay so till the commit. Raises
    `NoSuchPayoutError`."""
    found = await _found(unit, setting, payouts.c.code == code, lock=True)
    if not found:
        raise NoSuchPayoutError
    return found[0]


async def pay(unit: Unit, one: Payout, actor: str) -> None:
    """It was paid out to whoever showed its code; `one` is as `by_code` gave it in this transaction. What was taken
    back leaves the list, to be listed anew should it be put down again. Raises `PaidBeforeError`."""
    if one.status != "due":
        raise PaidBeforeError(one.status)
    sums = {"times": one.times, "minutes": one.minutes, "fen": one.fen}
    paid = {"status": "paid", "paid_at": unit.now, "paid_by": actor, **sums}
    await unit.execute(sa.update(payouts).where(payouts.c.id == one.id).values(**paid))
    if one.struck:
        link = payout_signups.c
        gone = sa.delete(payout_signups).where(link.payout_id == one.id, link.signup_id.not_in(one.signups))
        await unit.execute(gone)
    await audit.write(unit, actor, "allowance.pay", f"payout:{one.id}", f"fen={one.fen} struck={one.struck}")


def something_stands() -> sa.ColumnElement[bool]:
    """A condition on a query's allowance: not all that it is for was taken back."""
    link = payout_signups.c
    return sa.exists().where(link.payout_id == payouts.c.id, volunteering.still_attended(link.signup_id))


async def _found(unit: Unit, setting: Setting, which: sa.ColumnElement[bool], *, lock: bool = False) -> list[Payout]:
    """Allowances as they stand, by number."""
    wanted = sa.select(payouts).where(which).order_by(payouts.c.number, payouts.c.id)
    rows = await unit.rows(unit.locking(wanted) if lock else wanted)
    links = sa.select(payout_signups.c.signup_id, payout_signups.c.payout_id).join(payouts).where(which)
    of = links.with_only_columns(payout_signups.c.signup_id)
    stands = {one.signup_id: one for one in await volunteering.standing(unit, setting, of, lock=lock)}
    listed: dict[int, list[Allowance | None]] = defaultdict(list)
    for link in await unit.rows(links):
        listed[link["payout_id"]].append(stands.get(link["signup_id"]))
    return [_as_it_stands(Payout(**row), listed[row["id"]]) for row in rows]


def _as_it_stands(one: Payout, listed: list[Allowance | None]) -> Payout:
    kept = [each for each in listed if each is not None]
    struck = len(listed) - len(kept)
    if one.status == "paid" and one.person_id is not None:
        return replace(one, struck=struck)
    if one.status != "due":
        return one
    if not kept:
        return replace(one, status="struck", struck=struck)
    minutes, fen = sum(each.minutes for each in kept), sum(each.fen for each in kept)
    counted = tuple(each.signup_id for each in kept)
    return replace(one, times=len(kept), minutes=minutes, fen=fen, struck=struck, signups=counted)
