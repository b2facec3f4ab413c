"""The desk's pages of allowances: the months, one month's list, its file."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import cast

from starlette.responses import Response

from bot.desk.refusal import Refused
from bot.desk.visit import Visit
from bot.export import Column, Format, Row, write_table
from bot.i18n import _
from bot.store import audit
from handlers.rewards import payouts
from handlers.rewards.payouts import Payout
from handlers.rewards.wording import hours, taken_back, yuan
from handlers.volunteering.service import Setting

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def setting_of(visit: Visit) -> Setting:
    """The rules of volunteering."""
    return cast(Setting, visit.service.registry.resources[Setting])


async def list_months(visit: Visit) -> Response:
    """The months with a list, and the form for one."""
    async with visit.store.read() as unit:
        listed = await payouts.months(unit, setting_of(visit))
    local = visit.service.clock().astimezone(setting_of(visit).zone)
    last = (local.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    return visit.render("months.html", months=listed, last=last, now=f"{local:%Y-%m}", yuan=yuan)


async def make_list(visit: Visit) -> Response:
    """Put on the list of a month what is not on one yet."""
    month = visit.needed("month", 7)
    try:
        async with visit.store.write() as unit:
            count = await payouts.make_list(unit, setting_of(visit), month, visit.member.actor)
    except payouts.BadMonthError:
        raise Refused(400, _("Please give a month that has begun, like 2026-11.")) from None
    if not count:
        return visit.done("/desk/rewards/allowances", "nothing")
    return visit.done(f"/desk/rewards/allowances/{month}", "listed")


async def show_month(visit: Visit) -> Response:
    """One month's list."""
    month, rows = await _rows(visit, "allowances.read")
    return visit.render(
        "month.html",
        month=month,
        rows=rows,
        names=payouts.NAMES,
        yuan=yuan,
        hours=hours,
        taken_back=taken_back,
        total=sum(one.fen for one in rows if one.status in payouts.COUNTED),
        formats=list(FORMATS),
    )


async def download(visit: Visit) -> Response:
    """The list as a file to pay by: numbers, hours, amounts; room to sign. No names: none are kept."""
    form = visit.form.get("format", "xlsx")
    if form not in FORMATS:
        raise Refused(400, _("Please choose a format."))
    month, rows = await _rows(visit, "allowances.export")
    header = [
        Column(_("Month")),
        Column(_("Number")),
        Column(_("Times")),
        Column(_("Hours")),
        Column(_("Amount (yuan)")),
        Column(_("Status")),
        Column(_("Paid on"), "instant"),
        Column(_("Signature"), width=24),
    ]
    cells = [_cells(one) for one in rows]
    content = await asyncio.to_thread(_file, cast(Format, form), header, cells, f"{month}", setting_of(visit))
    name = f"allowances-{month}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=FORMATS[form], headers=headers)


def _cells(one: Payout) -> Row:
    from decimal import Decimal

    amount = Decimal(one.fen).scaleb(-2)
    spent = Decimal(one.minutes * 10 // 60).scaleb(-1)
    state = " · ".join(filter(None, (_(payouts.NAMES[one.status]), taken_back(one))))
    return (one.month, one.number, one.times, spent, amount, state, one.paid_at, "")


def _file(form: Format, header: list[Column], rows: list[Row], title: str, setting: Setting) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{form}"
        write_table(path, form, header, rows, zone=setting.zone, title=title)
        return path.read_bytes()


async def _rows(visit: Visit, action: str) -> tuple[str, list[Payout]]:
    month = str(visit.request.path_params["month"])
    if not payouts.MONTH.fullmatch(month):
        raise payouts.BadMonthError
    async with visit.store.write() as unit:
        rows = await payouts.of_month(unit, setting_of(visit), month)
        if rows:
            await audit.write(unit, visit.member.actor, action, f"month:{month}", f"{len(rows)} rows")
    if not rows:
        raise payouts.BadMonthError
    return month, rows
