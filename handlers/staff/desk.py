"""The staff page of the desk: who is here, invitations, an end to a role. Administrators only."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response

from bot.desk import totp
from bot.desk.members import may_open
from bot.desk.refusal import Refused
from bot.desk.section import Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from handlers.staff import service

LONGEST_NAME = 30  # characters


async def list_staff(visit: Visit) -> Response:
    """Everybody with a role, and the form to invite."""
    return await _page(visit)


async def _page(visit: Visit, code: str = "") -> Response:
    async with visit.store.read() as unit:
        everybody = await service.members(unit)
        needs_chat = await service.needs_first_admin(unit)
        guarded = await totp.on_for(unit)
    reading = sum(may_open(one.role, "cases") for one in everybody)
    return visit.render(
        "staff.html",
        everybody=everybody,
        roles=service.ROLES,
        code=code,
        needs_chat=needs_chat,
        guarded=guarded,
        reading=reading,
        promised=visit.desk.site.case_officers,
    )


async def invite(visit: Visit) -> Response:
    """A new invitation code, shown once."""
    name = visit.optional("name", LONGEST_NAME)
    role = visit.form.get("role", "")
    if role not in service.ROLES:
        raise Refused(400, _("Please choose a role."))
    async with visit.store.write() as unit:
        code = await service.invite(unit, role, visit.member.actor, name)
    return await _page(visit, code)


async def rename(visit: Visit) -> Response:
    """Another name for a member."""
    name = visit.needed("name", LONGEST_NAME)
    async with visit.store.write() as unit:
        if await service.member(unit, visit.number("person")) is None:
            raise Refused(404, _("There is no such member of staff."))
        await service.rename(unit, visit.number("person"), name, visit.member.actor)
    return visit.done("/desk/staff", "renamed")


async def end(visit: Visit) -> Response:
    """End a member's role; their sessions end with it. One's own can't be ended: somebody has to be left."""
    person_id = visit.number("person")
    if person_id == visit.member.person_id:
        raise Refused(409, _("You can't end your own role. Another administrator can."))
    async with visit.store.write() as unit:
        if not await service.leave(unit, person_id, visit.member.actor):
            raise Refused(404, _("There is no such member of staff."))
    return visit.done("/desk/staff", "ended")


async def reset_factor(visit: Visit) -> Response:
    """Take a colleague's second factor off; one's own goes off by a code, under My sign-in."""
    person_id = visit.number("person")
    if person_id == visit.member.person_id:
        raise Refused(409, _("Your own goes off under My sign-in, with a code."))
    async with visit.store.write() as unit:
        if await service.member(unit, person_id) is None:
            raise Refused(404, _("There is no such member of staff."))
        done = await service.reset_factor(unit, person_id, visit.member.actor)
    return visit.done("/desk/staff", "reset" if done else "nothing")


SECTION = Section(
    area="staff",
    title=N_("Staff"),
    path="/desk/staff",
    pages=(
        Page("/staff", list_staff),
        Page("/staff/invite", invite, "POST"),
        Page("/staff/{person:int}/name", rename, "POST"),
        Page("/staff/{person:int}/second-factor", reset_factor, "POST"),
        Page("/staff/{person:int}/end", end, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "reset": N_("The second factor is off, and they are signed out everywhere."),
        "nothing": N_("There was no second factor."),
        "renamed": N_("The name is changed."),
        "ended": N_("The role is ended, and signed out everywhere."),
    },
)
