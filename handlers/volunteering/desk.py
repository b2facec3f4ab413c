"""The staff pages of volunteering: the list, an activity with its sheet, and what can be done with both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk import changing as desk_changing
from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Handler, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store.unit import Unit
from handlers.volunteering import attendance, calling_off, changing, handing, listing, sheet, showing
from handlers.volunteering.access import access_slot, access_slots, look_at_slot
from handlers.volunteering.plan_page import change_slot, copy_or_new, edit, publish
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import NoSuchSlotError, NotStaffError, Slot
from handlers.volunteering.tables import checkins, signups, slots

LONGEST_REASON = 200

told = telling(
    {
        NoSuchSlotError: (404, N_("There is no such activity, or it is a colleague's.")),
        NotStaffError: (403, N_("Your role does not open this page.")),
        sheet.NoSuchEntryError: (409, N_("The sign-up has moved on meanwhile. Please look at it again.")),
        sheet.NoPlaceError: (409, N_("All places are taken. Raise the number of places first.")),
        calling_off.TooLateError: (409, N_("It has begun or was called off before; nothing was changed.")),
        changing.TooSmallError: (409, N_("More people are signed up than there would be places.")),
    }
)


@dataclass(frozen=True, slots=True)
class Work(desk_changing.Work):
    """One change of an activity: the slot as the gate gave it, the sign-up it is about (0: none)."""

    slot: Slot
    signup_id: int

    @property
    def setting(self) -> Setting:
        """The rules in force."""
        return setting_of(self.visit)

    def reason(self) -> str:
        """Why; it must be said."""
        return self.visit.needed("reason", LONGEST_REASON)


def setting_of(visit: Visit) -> Setting:
    """The rules in force."""
    found: Setting = visit.service.registry.resources[Setting]
    return found


def work(said: str) -> Callable[[desk_changing.Do[Work]], Handler]:
    """A handler of one change: through the gate, in one transaction, then back to the activity."""

    async def enter(visit: Visit, unit: Unit) -> Work:
        signup_id = visit.number("signup") if "signup" in visit.request.path_params else 0
        return Work(visit, unit, await access_slot(unit, visit.member, visit.number("slot")), signup_id)

    make = desk_changing.changing(enter, "/desk/volunteering/{slot}", said)
    return lambda do: told(make(do))


@told
async def list_slots(visit: Visit) -> Response:
    """The list, as the URL filters it."""
    access_slots(visit.member)
    filters = listing.Filters.read(visit.query)
    async with visit.store.read() as unit:
        values = await showing.list_values(visit, unit, filters)
    return visit.render("slots.html", **values)


@told
async def show_slot(visit: Visit) -> Response:
    """One activity; its sheet for its own staff."""
    async with visit.store.write() as unit:
        slot = await look_at_slot(unit, visit.member, visit.number("slot"))
        values = await showing.slot_values(visit, unit, slot, setting_of(visit))
    return visit.render("slot.html", **values)


@told
async def poster(visit: Visit) -> Response:
    """The code to check in with, large, as a page to print."""
    async with visit.store.write() as unit:
        slot = await access_slot(unit, visit.member, visit.number("slot"))
    return visit.render("poster.html", **showing.poster_values(visit, slot, setting_of(visit)))


@work("off")
async def call_off(work: Work) -> None:
    """It does not take place; nor do the later ones of its series, where that is ticked."""
    with_later, who = bool(work.visit.form.get("later")), work.member.person_id
    await calling_off.call_off(work.unit, work.setting, work.slot, who, work.reason(), with_later=with_later)


@work("rest")
async def put_down_the_rest(work: Work) -> None:
    """Who forgot to check out: till the end."""
    if work.unit.now < work.slot.ends_at:
        raise Refused(409, _("It has not ended yet."))
    await attendance.put_down_the_rest(work.unit, work.setting, work.slot, work.member.person_id)


@work("attended")
async def put_down(work: Work) -> None:
    """Somebody was there and is not on record."""
    words = work.visit.needed("minutes", 5)
    if not (words.isascii() and words.isdigit() and 1 <= int(words) <= work.slot.minutes):
        hint = _("Please send a number from {least} to {most}.").format(least=1, most=work.slot.minutes)
        raise Refused(400, hint)
    if work.unit.now < work.slot.starts_at or work.slot.status != "open":
        raise Refused(409, _("It has not begun yet."))
    await sheet.put_down(
        work.unit, work.setting, work.slot, work.signup_id, work.member.actor, int(words), work.reason()
    )


@work("excused")
async def excuse(work: Work) -> None:
    """A no-show that counts no more."""
    await sheet.excuse(work.unit, work.slot, work.signup_id, work.member.actor, work.reason())


@work("struck")
async def strike(work: Work) -> None:
    """Attendance that was a mistake."""
    await sheet.strike(work.unit, work.setting, work.slot, work.signup_id, work.member.actor, work.reason())


@work("taken_out")
async def take_out(work: Work) -> None:
    """A sign-up ends at the desk."""
    await sheet.take_out(work.unit, work.setting, work.slot, work.signup_id, work.member.actor, work.reason())


@work("reserved")
async def reserve(work: Work) -> None:
    """Keep a place for somebody who comes to the place."""
    if work.slot.status != "open" or work.slot.ends_at <= work.unit.now:
        raise calling_off.TooLateError
    if not await handing.reserve(work.unit, work.slot, work.member.actor, work.reason()):
        raise sheet.NoPlaceError


async def waiting(unit: Unit, member: Member) -> list[Figure]:
    """What waits for this member among their own activities: too few people, and hours to put down."""
    own = [slots.c.status == "open"] + ([] if member.role == "admin" else [slots.c.person_id == member.person_id])
    ahead = sa.select(sa.func.count()).where(*own, slots.c.starts_at > unit.now, slots.c.taken < slots.c.minimum)
    inside = (
        sa.select(sa.func.count(sa.distinct(slots.c.id)))
        .select_from(slots.join(signups, signups.c.slot_id == slots.c.id).join(checkins))
        .where(*own, slots.c.ends_at <= unit.now, checkins.c.out_at.is_(None), signups.c.status == "attended")
    )
    few, open_hours = int(await unit.value(ahead)), int(await unit.value(inside))
    return [
        Figure(few, _("with too few people"), listing.Filters(whose="own").url(), urgent=True),
        Figure(open_hours, _("with hours to put down"), listing.Filters(when="past", whose="own").url()),
    ]


SIGNUP = "/volunteering/{slot:int}/signups/{signup:int}"
SECTION = Section(
    area="volunteering",
    title=N_("Volunteering"),
    path="/desk/volunteering",
    pages=(
        Page("/volunteering", list_slots),
        Page("/volunteering/new", told(copy_or_new)),
        Page("/volunteering/new", told(publish), "POST"),
        Page("/volunteering/{slot:int}", show_slot),
        Page("/volunteering/{slot:int}/poster", poster),
        Page("/volunteering/{slot:int}/change", told(edit)),
        Page("/volunteering/{slot:int}/change", told(change_slot), "POST"),
        Page("/volunteering/{slot:int}/call-off", call_off, "POST"),
        Page("/volunteering/{slot:int}/reserve", reserve, "POST"),
        Page("/volunteering/{slot:int}/rest", put_down_the_rest, "POST"),
        Page(f"{SIGNUP}/attended", put_down, "POST"),
        Page(f"{SIGNUP}/excuse", excuse, "POST"),
        Page(f"{SIGNUP}/strike", strike, "POST"),
        Page(f"{SIGNUP}/take-out", take_out, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "published": N_("Published. Workers find it under “Volunteer”."),
        "changed": N_("Changed. Who signed up is told what is different."),
        "off": N_("Called off. Everybody who signed up is told why, in one message."),
        "reserved": N_("A place is kept. Who sends its code takes it, till the end."),
        "rest": N_("Put down till the end for who forgot to check out."),
        "attended": N_("Put down, with hours and points."),
        "excused": N_("It does not count as a no-show any more."),
        "struck": N_("Taken back: no hours, and no points but those spent before. The person is told why."),
        "taken_out": N_("The sign-up has ended; the person is told why."),
    },
    waiting=waiting,
)
