"""Allowances (志愿补贴) of a month: put on a list once, paid once, against the code that only its person has.

No name and no bank account is kept here: staff pay whoever shows the code in their own chat, and have them sign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
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
from handlers.volunteering.service import Setting

NAMES = {"due": N_("to be paid"), "paid": N_("paid"), "dropped": N_("its person has erased their data")}
MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")


class NoSuchPayoutError(LookupError):
    """There is no allowance with this code."""


class PaidBeforeError(ValueError):
    """It was paid, or dropped, before."""


class BadMonthError(ValueError):
    """Not a month that is over or under way."""


@dataclass(frozen=True, slots=True)
class Payout:
    """One person's allowances on one list; `fen` are hundredths of a yuan."""

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


async def of_month(unit: Unit, month: str) -> list[Payout]:
    """A month's list, as it is printed: by number."""
    rows = await unit.rows(sa.select(payouts).where(payouts.c.month == month).order_by(payouts.c.number, payouts.c.id))
    return [Payout(**row) for row in rows]


async def months(unit: Unit) -> list[tuple[str, int, int, int]]:
    """(month, rows, rows still due, fen in all), the newest first."""
    due = sa.func.sum(sa.case((payouts.c.status == "due", 1), else_=0))
    summed = sa.select(payouts.c.month, sa.func.count(), due, sa.func.sum(payouts.c.fen)).group_by(payouts.c.month)
    rows = (await unit.execute(summed.order_by(payouts.c.month.desc()).limit(36))).all()
    return [(str(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in map(tuple, rows)]


async def own(unit: Unit, person_id: int, most: int = 12) -> list[Payout]:
    """A person's allowances, newest first."""
    rows = await unit.rows(
        sa.select(payouts).where(payouts.c.person_id == person_id).order_by(payouts.c.id.desc()).limit(most)
    )
    return [Payout(**row) for row in rows]


async def by_code(unit: Unit, code: str) -> Payout:
    """The allowance with a code in its one spelling; locks it. Raises `NoSuchPayoutError`."""
    row = await unit.first(unit.locking(sa.select(payouts).where(payouts.c.code == code)))
    if row is None:
        raise NoSuchPayoutError
    return Payout(**row)


async def pay(unit: Unit, one: Payout, actor: str) -> None:
    """It was paid out to whoever showed its code. Raises `PaidBeforeError`."""
    paid = sa.update(payouts).where(payouts.c.id == one.id, payouts.c.status == "due")
    values = {"status": "paid", "paid_at": unit.now, "paid_by": actor}
    if (await unit.execute(paid.values(**values))).rowcount != 1:
        raise PaidBeforeError
    await audit.write(unit, actor, "allowance.pay", f"payout:{one.id}", f"fen={one.fen}")
