"""The staff pages of broadcasts: the list, the form, the preview, the progress and what can be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Handler, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _, language
from bot.pictures import BadPicture
from bot.store.unit import Unit
from handlers.broadcasts import exporting, pictures, showing, targets, work
from handlers.broadcasts.forming import BadFormError, when
from handlers.broadcasts.record import (
    AREA,
    NobodyError,
    NoSuchBroadcastError,
    NotNowError,
    NotYourAreaError,
    SamePersonError,
    access,
    newest,
)
from handlers.broadcasts.report import lines, progress
from handlers.broadcasts.setting import Broadcasting
from handlers.volunteering.service import invitation

LONGEST_REASON = 200
PAGE = 50
told = telling(
    {
        NoSuchBroadcastError: (404, N_("There is no such broadcast.")),
        NotYourAreaError: (403, N_("Your role does not open this page.")),
        NotNowError: (409, N_("It has moved on meanwhile. Please look at it again.")),
        SamePersonError: (403, N_("You wrote it, so somebody else has to approve it.")),
        NobodyError: (409, N_("Nobody would get it: choose more people first.")),
        BadFormError: lambda error: Refused(400, str(error)),
    }
)


def setting_of(visit: Visit) -> Broadcasting:
    """What broadcasts go by."""
    found: Broadcasting = visit.service.registry.resources[Broadcasting]
    return found


@told
async def list_broadcasts(visit: Visit) -> Response:
    """The newest first."""
    before = visit.query("before")
    async with visit.store.read() as unit:
        cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
        found = await newest(unit, visit.member, PAGE + 1, cursor)
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return visit.render("broadcasts.html", found=found[:PAGE], more=more, **showing.common(visit))


# -- writing


@told
async def new(visit: Visit) -> Response:
    """The empty form; ?slot=<id> fills it with a call to that activity."""
    fields = {"contacted_days": str(setting_of(visit).rules.contacted_days), "skip_dialogue": "1"}
    async with visit.store.read() as unit:
        slot = await targets.slot(unit, visit.query("slot"))
    if slot is not None:
        fields |= {"way_0": "slot", "slot_0": str(slot.id), "topic": "volunteering", "title": slot.title}
        fields |= {"text": invitation(slot, setting_of(visit).zone)}
        fields |= {f"occupation_{one}": "1" for one in slot.occupations}
    return await _form(visit, fields)


@told
async def create(visit: Visit) -> Response:
    """A filled form becomes a draft; one that can't be used comes back as it was filled."""
    try:
        picture = await _picture(visit, None)
        async with visit.store.write() as unit:
            plan = await showing.forming(visit).plan(unit, visit.form, picture)
            number = await work.create(unit, visit.member, plan)
    except BadFormError as error:
        return await _form(visit, visit.form, problem=str(error))
    return visit.done(f"/desk/broadcasts/{number}", "saved")


@told
async def edit(visit: Visit) -> Response:
    """The form of a draft."""
    async with visit.store.write() as unit:
        one = await access(unit, visit.member, visit.number("broadcast"), "read")
    if one.state != "draft":
        raise NotNowError
    return await _form(visit, showing.fields(visit, one), number=one.id)


@told
async def change(visit: Visit) -> Response:
    """Write a draft anew."""
    number = visit.number("broadcast")
    try:
        async with visit.store.read() as unit:
            before = await showing.read(unit, visit.member, number)
        picture = await _picture(visit, before.picture)
        async with visit.store.write() as unit:
            plan = await showing.forming(visit).plan(unit, visit.form, picture)
            await work.change(unit, visit.member, number, plan)
    except BadFormError as error:
        return await _form(visit, visit.form, number=number, problem=str(error))
    return visit.done(f"/desk/broadcasts/{number}", "saved")


async def _picture(visit: Visit, before: int | None) -> int | None:
    """The picture of a form: a new one, the one before, or none. Raises `BadFormError`."""
    if visit.photo:
        try:
            return await pictures.keep(visit.store, visit.service.blobs, visit.member.person_id, visit.photo)
        except BadPicture:
            raise BadFormError(_("That picture can't be opened. Please choose a JPEG or PNG.")) from None
    return None if visit.form.get("no_picture") else before


async def _form(visit: Visit, fields: dict[str, str], *, number: int = 0, problem: str = "") -> Response:
    async with visit.store.read() as unit:
        values: dict[str, Any] = await showing.choices(visit, unit)
    return visit.render("form.html", 400 if problem else 200, fields=fields, number=number, problem=problem, **values)


# -- one broadcast


@told
async def show(visit: Visit) -> Response:
    """Before it goes out the message and the counts; after that the progress."""
    async with visit.store.write() as unit:
        one = await access(unit, visit.member, visit.number("broadcast"), "read")
    async with visit.store.read() as unit:
        values = await showing.values(visit, unit, one)
    return visit.render("broadcast.html", one=one, **values)


@told
async def live(visit: Visit) -> Response:
    """The progress as JSON: {"texts": {name: words}, "share": 0 to 1, "ended": bool}."""
    async with visit.store.read() as unit:
        one = await showing.read(unit, visit.member, visit.number("broadcast"))
        figures = await progress(unit, one)
    return JSONResponse(showing.live(visit, one, figures), headers={"Cache-Control": "no-store"})


@told
async def report(visit: Visit) -> Response:
    """Every recipient, a page at a time."""
    after, wanted = visit.query("after"), visit.query("fate")
    cursor = int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0
    async with visit.store.write() as unit:
        one = await access(unit, visit.member, visit.number("broadcast"), "report")
    async with visit.store.read() as unit:
        figures = await progress(unit, one)
        found = await lines(unit, one, cursor, PAGE + 1, wanted)
    more = found[PAGE - 1].row_id if len(found) > PAGE else None
    values: dict[str, Any] = {"found": found[:PAGE], "more": more, "wanted": wanted, "progress": figures}
    return visit.render("report.html", one=one, **values, **showing.common(visit))


# -- what can be done


@told
async def hand_in(visit: Visit) -> Response:
    """Send it now, or at a time; counted by a reader, so that nobody waits for the count."""
    number, setting = visit.number("broadcast"), setting_of(visit)
    at = when(visit.form, visit.service.clock(), setting.zone, setting.rules.furthest_days)
    async with visit.store.read() as unit:
        one = await showing.read(unit, visit.member, number)
        total = await work.audience(one, setting.rules, unit.now).size(unit)
    async with visit.store.write() as unit:
        state = await work.hand_in(unit, visit.member, number, setting.rules, at, total)
    return visit.done(f"/desk/broadcasts/{number}", state)


@told
async def try_out(visit: Visit) -> Response:
    """Send it to oneself."""
    number, setting = visit.number("broadcast"), setting_of(visit)
    async with visit.store.write() as unit:
        one = await showing.read(unit, visit.member, number)
        reached = await work.try_out(unit, visit.member, number, setting.tried(unit.vault, one, language()))
    return visit.done(f"/desk/broadcasts/{number}", "tried" if reached else "no_chat")


@told
async def drop(visit: Visit) -> Response:
    """Throw a draft away."""
    async with visit.store.write() as unit:
        await work.drop(unit, visit.member, visit.number("broadcast"))
    return visit.done("/desk/broadcasts", "dropped")


@told
async def refuse(visit: Visit) -> Response:
    """Send it back to who wrote it."""
    number, reason = visit.number("broadcast"), visit.needed("reason", LONGEST_REASON)
    async with visit.store.write() as unit:
        await work.refuse(unit, visit.member, number, reason)
    return visit.done(f"/desk/broadcasts/{number}", "refused")


def _step(step: Callable[[Unit, Member | None, int], Awaitable[None]], said: str) -> Handler:
    """A handler of one change of state."""

    async def handler(visit: Visit) -> Response:
        number = visit.number("broadcast")
        async with visit.store.write() as unit:
            await step(unit, visit.member, number)
        return visit.done(f"/desk/broadcasts/{number}", said)

    return told(handler)


async def figures(unit: Unit, _member: Member) -> list[Figure]:
    """What waits."""
    path = "/desk/broadcasts"
    waiting = await work.waiting_for(unit, ("waiting",))
    return [
        Figure(waiting, _("wait for a second person's approval"), path, urgent=waiting > 0),
        Figure(await work.waiting_for(unit, ("scheduled", "sending", "paused")), _("scheduled or going out"), path),
    ]


ONE = "/broadcasts/{broadcast:int}"
SECTION = Section(
    area=AREA,
    title=N_("Broadcasts"),
    path="/desk/broadcasts",
    pages=(
        Page("/broadcasts", list_broadcasts),
        Page("/broadcasts", create, "POST", photo=True),
        Page("/broadcasts/new", new),
        Page(ONE, show),
        Page(f"{ONE}/edit", edit),
        Page(f"{ONE}/edit", change, "POST", photo=True),
        Page(f"{ONE}/progress", live),
        Page(f"{ONE}/report", report),
        Page(f"{ONE}/export", told(exporting.export)),
        Page(f"{ONE}/hand-in", hand_in, "POST"),
        Page(f"{ONE}/try", try_out, "POST"),
        Page(f"{ONE}/drop", drop, "POST"),
        Page(f"{ONE}/refuse", refuse, "POST"),
        Page(f"{ONE}/approve", _step(work.approve, "approved"), "POST"),
        Page(f"{ONE}/take-back", _step(work.take_back, "taken_back"), "POST"),
        Page(f"{ONE}/pause", _step(work.pause, "paused"), "POST"),
        Page(f"{ONE}/resume", _step(work.resume, "resumed"), "POST"),
        Page(f"{ONE}/stop", _step(work.stop, "stopped"), "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "saved": N_("Saved as a draft. Look at it below, then hand it in."),
        "scheduled": N_("Handed in. It goes out at its time."),
        "waiting": N_("Handed in. A colleague has to approve it first."),
        "tried": N_("On its way to your own chat."),
        "no_chat": N_("You have no chat here yet, so it could not be sent to you."),
        "dropped": N_("The draft is gone."),
        "refused": N_("Sent back to who wrote it."),
        "approved": N_("Approved. It goes out at its time."),
        "taken_back": N_("It is a draft again."),
        "paused": N_("Paused. What is on its way still arrives."),
        "resumed": N_("It goes on."),
        "stopped": N_("Stopped. Who has not got it gets nothing."),
    },
    waiting=figures,
)
