"""Messages that could not be handled: what failed, so that it can be mended. Their words are opened one by one."""

from __future__ import annotations

from starlette.responses import Response

from bot.desk.members import Member
from bot.desk.refusal import Refused
from bot.desk.section import Figure, Page, Section
from bot.desk.view import OWN
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit, parked
from bot.store.unit import Unit


async def list_parked(visit: Visit) -> Response:
    """What is parked and not dealt with: when, where from, what failed; no words of anybody."""
    async with visit.store.read() as unit:
        waiting = await parked.waiting(unit)
    return visit.render("desk/parked.html", waiting=waiting)


async def show(visit: Visit) -> Response:
    """One message with its words and traceback; reading it is noted."""
    number = visit.number("parked")
    async with visit.store.write() as unit:
        found = await parked.find(unit, number)
        if found is None:
            raise Refused(404, _("There is no such message."))
        await audit.write(unit, visit.member.actor, "parked.read", f"parked:{number}")
    return visit.render("desk/parked_one.html", one=found)


async def resolve(visit: Visit) -> Response:
    """Take a message off the list."""
    number = visit.number("parked")
    async with visit.store.write() as unit:
        if not await parked.resolve(unit, number):
            raise Refused(404, _("There is no such message."))
        await audit.write(unit, visit.member.actor, "parked.resolve", f"parked:{number}")
    return visit.done("/desk/parked", "resolved")


async def _figures(unit: Unit, _member: Member) -> list[Figure]:
    return [Figure(await parked.count(unit), _("messages that failed"), "/desk/parked", urgent=True)]


SECTION = Section(
    area="parked",
    title=N_("Failed messages"),
    path="/desk/parked",
    pages=(
        Page("/parked", list_parked),
        Page("/parked/{parked:int}", show),
        Page("/parked/{parked:int}/resolve", resolve, "POST"),
    ),
    templates=OWN,
    said={"resolved": N_("Taken off the list.")},
    waiting=_figures,
)
