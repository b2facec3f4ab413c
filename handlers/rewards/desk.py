"""The staff pages of points: the catalogue and its stock, what was redeemed, the month's list of allowances."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Handler, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from bot.store.unit import Unit
from handlers.rewards import catalogue, codes, payouts, redemptions
from handlers.rewards.content import StartSet
from handlers.rewards.desk_lists import download, list_months, make_list, setting_of, show_month
from handlers.rewards.tables import payouts as payouts_table
from handlers.rewards.tables import redemptions as redemptions_table

LONGEST_NAME, LONGEST_COLLECT, LONGEST_REASON = 40, 120, 300
SHOWN = 100  # redemptions a page


def _spent(error: redemptions.NotInThatStateError) -> Refused:
    return _counts_no_more(redemptions.NAMES[error.status])


def _paid(error: payouts.PaidBeforeError) -> Refused:
    return _counts_no_more(payouts.NAMES[error.status])


def _counts_no_more(state: str) -> Refused:
    return Refused(409, _("This code does not count any more: {state}.").format(state=_(state)))


told = telling(
    {
        catalogue.NoSuchRewardError: (404, N_("There is no such thing, or not so many of it.")),
        redemptions.NoSuchRedemptionError: (404, N_("There is no such code. Please compare it once more.")),
        redemptions.NotInThatStateError: _spent,
        payouts.NoSuchPayoutError: (404, N_("There is no such code. Please compare it once more.")),
        payouts.PaidBeforeError: _paid,
        payouts.BadMonthError: (404, N_("There is no list of such a month.")),
    }
)


def whole(visit: Visit, name: str, least: int, most: int) -> int:
    """A whole number of the form. Raises `Refused`."""
    given = visit.needed(name, 9)
    try:
        value = int(given)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Refused(400, _("Please give a whole number from {least} to {most}.").format(least=least, most=most))
    return value


@told
async def list_rewards(visit: Visit) -> Response:
    """The catalogue with its forms, and the field for a code."""
    async with visit.store.write() as unit:
        await catalogue.stock_up(unit, visit.service.registry.resources[StartSet])
        everything = await catalogue.everything(unit)
        held = await unit.value(_counted(redemptions_table, "held"))
    return visit.render(
        "rewards.html",
        rewards=everything,
        held=held,
        longest_name=LONGEST_NAME,
        longest_collect=LONGEST_COLLECT,
        most_points=catalogue.MOST_POINTS,
        most_stock=catalogue.MOST_STOCK,
    )


@told
async def add(visit: Visit) -> Response:
    """A new thing."""
    name, points = visit.needed("name", LONGEST_NAME), whole(visit, "points", 1, catalogue.MOST_POINTS)
    stock, collect = whole(visit, "stock", 0, catalogue.MOST_STOCK), visit.optional("collect", LONGEST_COLLECT)
    async with visit.store.write() as unit:
        await catalogue.add(unit, visit.member.actor, name=name, points=points, stock=stock, collect=collect)
    return visit.done("/desk/rewards", "added")


@told
async def change(visit: Visit) -> Response:
    """Other words, another price, more or less in stock."""
    values = {"name": visit.needed("name", LONGEST_NAME), "collect": visit.optional("collect", LONGEST_COLLECT)}
    points = whole(visit, "points", 1, catalogue.MOST_POINTS)
    more = whole(visit, "more", -catalogue.MOST_STOCK, catalogue.MOST_STOCK)
    async with visit.store.write() as unit:
        await catalogue.change(unit, visit.member.actor, visit.number("reward"), points=points, more=more, **values)
    return visit.done("/desk/rewards", "changed")


def _status(status: str) -> Handler:
    async def handler(visit: Visit) -> Response:
        async with visit.store.write() as unit:
            await catalogue.set_status(unit, visit.member.actor, visit.number("reward"), status)
        return visit.done("/desk/rewards", status)

    return told(handler)


@told
async def list_redemptions(visit: Visit) -> Response:
    """What was redeemed, newest first, by state."""
    chosen = visit.query("status") if visit.query("status") in redemptions.NAMES else "held"
    wanted = redemptions.listing(chosen).limit(SHOWN)
    async with visit.store.write() as unit:
        await audit.write(unit, visit.member.actor, "redemption.list", "redemptions", chosen)
        rows = [redemptions.opened(unit, row) for row in await unit.rows(wanted)]
        counted = {state: await unit.value(_counted(redemptions_table, state)) for state in redemptions.NAMES}
    return visit.render(
        "redemptions.html",
        rows=rows,
        chosen=chosen,
        names=redemptions.NAMES,
        counted=counted,
        shown=SHOWN,
        longest=LONGEST_REASON,
    )


@told
async def confirm(visit: Visit) -> Response:
    """A code somebody shows: the thing is handed out, or the allowance paid."""
    code = codes.read(visit.needed("code", 40), codes.REDEMPTION, codes.ALLOWANCE)
    if code is None:
        raise Refused(400, _("That is no code of ours. Please compare it once more."))
    async with visit.store.write() as unit:
        if code.startswith(codes.REDEMPTION):
            await redemptions.hand_out(unit, await redemptions.by_code(unit, code), visit.member.actor)
            return visit.done("/desk/rewards/redemptions", "handed")
        one = await payouts.by_code(unit, setting_of(visit), code)
        await payouts.pay(unit, one, visit.member.actor)
    return visit.done(f"/desk/rewards/allowances/{one.month}", "paid_less" if one.struck else "paid")


@told
async def reverse(visit: Visit) -> Response:
    """Undo a redemption: the points go back to the worker, who is told why."""
    reason = visit.needed("reason", LONGEST_REASON)
    async with visit.store.write() as unit:
        one = await redemptions.find(unit, visit.number("redemption"))
        await redemptions.reverse(unit, one, visit.member.actor, reason, restock=bool(visit.form.get("restock")))
    return visit.done("/desk/rewards/redemptions", "reversed")


async def waiting(unit: Unit, _member: Member) -> list[Figure]:
    """What is to be handed out, and what is to be paid."""
    held = await unit.value(_counted(redemptions_table, "held"))
    due = await unit.value(_counted(payouts_table, "due").where(payouts.something_stands()))
    return [
        Figure(held, _("things to be collected"), "/desk/rewards/redemptions"),
        Figure(due, _("allowances to be paid"), "/desk/rewards/allowances"),
    ]


def _counted(table: sa.Table, status: str) -> sa.Select[Any]:
    return sa.select(sa.func.count()).select_from(table).where(table.c.status == status)


SECTION = Section(
    area="rewards",
    title=N_("Points and rewards"),
    path="/desk/rewards",
    pages=(
        Page("/rewards", list_rewards),
        Page("/rewards/add", add, "POST"),
        Page("/rewards/confirm", confirm, "POST"),
        Page("/rewards/{reward:int}/change", change, "POST"),
        Page("/rewards/{reward:int}/close", _status("closed"), "POST"),
        Page("/rewards/{reward:int}/open", _status("open"), "POST"),
        Page("/rewards/redemptions", list_redemptions),
        Page("/rewards/redemptions/{redemption:int}/reverse", reverse, "POST"),
        Page("/rewards/allowances", told(list_months)),
        Page("/rewards/allowances/list", told(make_list), "POST"),
        Page("/rewards/allowances/{month}", told(show_month)),
        Page("/rewards/allowances/{month}/file", told(download), "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "added": N_("It is in the catalogue now."),
        "changed": N_("Changed."),
        "open": N_("It can be exchanged again."),
        "closed": N_("It is out of the catalogue. What was exchanged already is still handed out."),
        "handed": N_("Noted as handed out."),
        "paid": N_("Noted as paid."),
        "paid_less": N_("Noted as paid. The hours that were taken back are left out: pay the amount in the list."),
        "reversed": N_("Undone. The points are back, and the worker is told why."),
        "listed": N_("On the list. Each worker is told how to collect it."),
        "nothing": N_("Nothing new for this month."),
    },
    waiting=waiting,
)
