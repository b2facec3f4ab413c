"""Saved views of the list: its filters under a name, a member's own or, kept by an administrator, shared with all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from starlette.responses import RedirectResponse, Response

from bot.desk.members import Member
from bot.desk.refusal import Refused
from bot.desk.section import Page
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store.ids import new_id
from bot.store.retention import Rule, delete
from bot.store.unit import Unit
from handlers.complaints.listing import Filters
from handlers.complaints.tables import case_views, view_aad
from handlers.staff import service as staff

MOST = 30  # of one member
LONGEST = 30  # characters of a name


class TooManyViewsError(ValueError):
    """A member has kept as many views as there is room for."""


class NoSuchViewError(LookupError):
    """There is no such view, or it is not this member's to change: the two are not told apart."""


@dataclass(frozen=True, slots=True)
class View:
    """One, opened. `mine`: the member who looks may take it away."""

    id: int
    name: str
    url: str
    shared: bool
    mine: bool


async def views_for(unit: Unit, member: Member) -> list[View]:
    """The shared ones, then the member's own, oldest first."""
    own = sa.or_(case_views.c.shared, case_views.c.person_id == member.person_id)
    wanted = sa.select(case_views).where(own).order_by(case_views.c.shared.desc(), case_views.c.id)
    return [_opened(unit, row, member) for row in await unit.rows(wanted)]


async def keep(unit: Unit, member: Member, name: str, filters: Filters, *, shared: bool = False) -> None:
    """Keep the filters under a name; a view of the same name is replaced. Only an administrator's is shared.
    Raises `TooManyViewsError`."""
    mine = [one for one in await views_for(unit, member) if one.mine]
    same = [one.id for one in mine if one.name == name]
    if len(mine) - len(same) >= MOST:
        raise TooManyViewsError
    await unit.execute(sa.delete(case_views).where(case_views.c.id.in_(same)))
    row_id = new_id()
    kept = {one.name: getattr(filters, one.name) for one in fields(filters)}
    sealed = unit.vault.seal_json({"name": name, "filters": kept}, view_aad(row_id))
    public = shared and member.role == "admin"
    unit.insert(case_views, id=row_id, person_id=member.person_id, shared=public, view=sealed, created_at=unit.now)


async def drop(unit: Unit, member: Member, view_id: int) -> None:
    """Take a view away. Raises `NoSuchViewError`."""
    found = next((one for one in await views_for(unit, member) if one.id == view_id and one.mine), None)
    if found is None:
        raise NoSuchViewError
    await unit.execute(sa.delete(case_views).where(case_views.c.id == view_id))


def _opened(unit: Unit, row: sa.RowMapping, member: Member) -> View:
    kept: dict[str, Any] = unit.vault.open_json(row["view"], view_aad(row["id"]))
    filters = Filters.read(lambda name: str(kept["filters"].get(name, "")))
    mine = row["person_id"] == member.person_id or (row["shared"] and member.role == "admin")
    return View(row["id"], kept["name"], filters.url(), row["shared"], mine)


# -- whose they are


async def show(unit: Unit, person_id: int) -> list[dict[str, Any]]:
    """The views somebody kept, for “my data”."""
    own = sa.select(case_views).where(case_views.c.person_id == person_id).order_by(case_views.c.id)
    return [
        {
            **unit.vault.open_json(row["view"], view_aad(row["id"])),
            "shared": row["shared"],
            "at": row["created_at"].isoformat(),
        }
        for row in await unit.rows(own)
    ]


async def erase(unit: Unit, person_id: int) -> None:
    """They go with their person."""
    await unit.execute(sa.delete(case_views).where(case_views.c.person_id == person_id))


def rule() -> Rule:
    """Who leaves the staff leaves no views, but those shared with all."""
    gone = sa.and_(case_views.c.shared.is_(False), case_views.c.person_id.not_in(staff.current()))
    return delete("views of who left", case_views, lambda now: gone)


# -- the desk


async def keep_view(visit: Visit) -> Response:
    """Keep the filters of the form."""
    name = " ".join(visit.needed("name", LONGEST).split())
    filters = Filters.read(lambda field: visit.form.get(field, "")[:200])
    async with visit.store.write() as unit:
        try:
            await keep(unit, visit.member, name, filters, shared=visit.form.get("shared") == "1")
        except TooManyViewsError:
            raise Refused(409, _("You have {most} views already. Take one away first.").format(most=MOST)) from None
    url = filters.url()
    return RedirectResponse(f"{url}{'&' if '?' in url else '?'}done=view_kept", 303)


async def drop_view(visit: Visit) -> Response:
    """Take a view away."""
    async with visit.store.write() as unit:
        try:
            await drop(unit, visit.member, visit.number("view"))
        except NoSuchViewError:
            raise Refused(404, _("There is no such view.")) from None
    return visit.done("/desk/cases", "view_dropped")


PAGES = (Page("/cases/views", keep_view, "POST"), Page("/cases/views/{view:int}/drop", drop_view, "POST"))
SAID = {"view_kept": N_("The view is kept."), "view_dropped": N_("The view is gone.")}
