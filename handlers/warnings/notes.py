"""What is said about a warning: its name, its reasons, the notice to who leads."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.i18n import N_, _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.site import Site
from bot.store.unit import Unit
from bot.workdays import after, is_workday
from handlers.complaints.service import Catalogue
from handlers.regions.service import NoFigure, Regions
from handlers.staff import service as staff
from handlers.warnings.rules import Rules
from handlers.warnings.states import LEVELS, Level
from handlers.warnings.tables import warnings

if TYPE_CHECKING:
    from handlers.warnings.service import Setting

LAW = N_("Labour Dispute Mediation and Arbitration Law, article 7, in force since 2008-05-01")


def title(row: sa.RowMapping, catalogue: Catalogue, regions: Regions) -> str:
    """Company, matter and place of a warning, as far as it has them."""
    parts = (
        catalogue.company_name(row["company"], row["company_words"]) if row["company"] or row["company_words"] else "",
        catalogue.category(row["category"]).name if row["category"] else "",
        place(regions, row["region"]),
    )
    return " · ".join(one for one in parts if one)


def place(regions: Regions, code: str) -> str:
    """The name of a place; its code where it has none; "" for none."""
    try:
        return regions.region(code).name if code else ""
    except NoFigure:
        return code


def reasons(row: sa.RowMapping, rules: Rules) -> list[str]:
    """Why it is a warning, a sentence each."""
    count, people = row["count"], row["persons"]
    found = [
        _("{persons} people, {count} complaints so far. On average: {usual} a week.").format(
            persons=people, count=count, usual=_usual(row["expected"])
        )
    ]
    if row["grave"]:
        found.append(_("{grave} of them speak of arrears or of a business closing down.").format(grave=row["grave"]))
    if row["level"] == Level.LINE:
        found.append(
            _(
                "{alike} people have the same company and the same matter. From {line} people with a common request "
                "on, they may elect representatives."
            ).format(alike=row["alike"], line=rules.line.persons)
        )
    return found


def _usual(expected: float) -> str:
    return _("less than 1") if expected < 1 else f"{expected:.0f}"


def opens(now: datetime, site: Site) -> datetime:
    """When staff are there: now, in their hours; else when these begin next."""
    local = now.astimezone(ZoneInfo(site.timezone))
    if is_workday(local.date()) and site.desk_from <= local.hour < site.desk_until:
        return now
    early = is_workday(local.date()) and local.hour < site.desk_from
    day = local.date() if early else after(local.date(), 1)
    return datetime.combine(day, time(site.desk_from), ZoneInfo(site.timezone))


async def tell(unit: Unit, setting: Setting, warning_id: int) -> None:
    """Tell who leads, each once a level; one that is no more than a rise waits for their hours."""
    row = await unit.first(sa.select(warnings).where(warnings.c.id == warning_id))
    assert row is not None
    due_at = opens(unit.now, setting.site) if row["level"] == Level.RISE else None
    for member in await staff.members(unit):
        if member.role not in setting.rules.tell:
            continue
        with speaking(await language_of(unit, member.person_id)):
            key = f"warning:{warning_id}:{row['level']}:{member.person_id}"
            await notify(unit, member.person_id, _notice(row, setting), due_at=due_at, dedupe_key=key)


def _notice(row: sa.RowMapping, setting: Setting) -> Reply:
    head = _("Early warning: {what}").format(what=title(row, setting.catalogue, setting.regions))
    level = _(LEVELS[Level(row["level"])])
    lines = [head, level, *reasons(row, setting.rules), _("The cases are on the desk, under Warnings.")]
    return Reply("\n".join(lines), (Option(_("Sign in at the desk"), "go:sign_in"),))
