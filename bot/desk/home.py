"""The first page of the desk: what waits for this member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from bot.desk.members import may_open

if TYPE_CHECKING:
    from bot.desk.visit import Visit


async def home(visit: Visit) -> Response:
    """Each section the member may open, with what waits in it."""
    own = [one for one in visit.desk.sections if may_open(visit.member.role, one.area)]
    async with visit.store.read() as unit:
        waiting = [(one, await one.waiting(unit, visit.member) if one.waiting else []) for one in own]
    return visit.render("desk/home.html", waiting=waiting)
