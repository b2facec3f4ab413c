"""The staff pages of complaints: the list, a case, and what can be done with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.desk import changing
from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Handler, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store.unit import Unit
from handlers.complaints import casework, disclosure, listing, views
from handlers.complaints.access import (
    NotYourAreaError,
    SealedError,
    access_case,
    access_identity,
    access_list,
    note_refused,
)
from handlers.complaints.case import Case
from handlers.complaints.evidence import made, photo
from handlers.complaints.exporting import casefile_page
from handlers.complaints.exporting import pages as exports
from handlers.complaints.service import NoSuchCaseError
from handlers.complaints.showing import case_values, list_values, passages
from handlers.complaints.status import ENDED, NotAllowedError, Status

LONGEST = 2000  # characters of a message, a note, an outcome
LONGEST_REASON = 300
FURTHEST = timedelta(days=730)  # to a due day

told = telling(
    {
        NoSuchCaseError: (404, N_("There is no such case.")),
        NotYourAreaError: (403, N_("Your role does not open this page.")),
        SealedError: (403, N_("Name and phone are sealed: nobody has agreed yet.")),
        NotAllowedError: (409, N_("The case has moved on meanwhile. Please look at it again.")),
        disclosure.AlreadyAskedError: (409, N_("That was asked already; the answer is awaited.")),
        disclosure.NothingKeptError: (409, N_("This case is anonymous: there is no name to open.")),
        disclosure.SamePersonError: (403, N_("Somebody else has to approve what you asked for.")),
        disclosure.NoSuchRequestError: (404, N_("There is no such request that waits.")),
    }
)


@dataclass(frozen=True, slots=True)
class Work(changing.Work):
    """One change of a case, which is as the gate gave it."""

    case: Case


def change(action: str, said: str) -> Callable[[changing.Do[Work]], Handler]:
    """A handler of one change: through the gate, in one transaction, then back to the case with the sentence `said`
    (or the one the change gives)."""

    async def enter(visit: Visit, unit: Unit) -> Work:
        return Work(visit, unit, await access_case(unit, visit.member, visit.number("case"), action))

    make = changing.changing(enter, "/desk/cases/{case}", said)
    return lambda do: told(make(do))


def today(visit: Visit) -> date:
    """The calendar day where the service stands."""
    return visit.service.clock().astimezone(ZoneInfo(visit.desk.site.timezone)).date()


@told
async def list_cases(visit: Visit) -> Response:
    """The list, as the URL filters and sorts it."""
    filters = listing.Filters.read(visit.query)
    async with visit.store.write() as unit:
        await access_list(unit, visit.member, filters.noted())
        values = await list_values(visit, unit, filters, today(visit))
    return visit.render("cases.html", **values)


@told
async def show_case(visit: Visit) -> Response:
    """One case with everything that happened to it."""
    async with visit.store.write() as unit:
        case = await access_case(unit, visit.member, visit.number("case"))
        values = await case_values(visit, unit, case)
    return visit.render("case.html", **values, passages=await passages(visit, case), name=None, contact=None)


@told
async def show_identity(visit: Visit) -> Response:
    """The case with name and phone open, this once; a refusal is in the audit log, too."""
    case_id = visit.number("case")
    try:
        async with visit.store.write() as unit:
            name, contact = await access_identity(unit, visit.member, case_id)
            case = await access_case(unit, visit.member, case_id)
            values = await case_values(visit, unit, case)
    except (NoSuchCaseError, SealedError) as refusal:
        async with visit.store.write() as unit:
            await note_refused(unit, visit.member, case_id, refusal)
        raise
    return visit.render("case.html", **values, passages=await passages(visit, case), name=name, contact=contact)


@change("case.take", "taken")
async def take(work: Work) -> None:
    """Follow it up."""
    await casework.take(work.unit, work.member, work.case, work.site, today(work.visit))


@change("case.give_back", "given_back")
async def give_back(work: Work) -> None:
    """Nobody follows it up."""
    await casework.give_back(work.unit, work.member, work.case)


@change("case.due", "due")
async def due(work: Work) -> None:
    """Another day."""
    try:
        day = date.fromisoformat(work.visit.needed("due_on", 10))
    except ValueError:
        raise Refused(400, _("Please give a day, like 2026-03-05.")) from None
    if not timedelta(0) <= day - today(work.visit) <= FURTHEST:
        raise Refused(400, _("Please give a day between today and two years from now."))
    await casework.set_due(work.unit, work.member, work.case, day)


@change("case.note", "noted")
async def add_note(work: Work) -> None:
    """A note among staff."""
    await casework.add_note(work.unit, work.member, work.case, work.visit.needed("words", LONGEST))


@change("case.write", "sent")
async def write(work: Work) -> str | None:
    """Words to the worker."""
    words = work.visit.needed("words", LONGEST)
    return None if await casework.write_to_worker(work.unit, work.member, work.case, words) else "unreachable"


@change("case.move", "moved")
async def move(work: Work) -> None:
    """Another status; from the one the member saw."""
    visit, case = work.visit, work.case
    if visit.form.get("from") != case.status:
        raise NotAllowedError(case.status, case.status)
    try:
        to = Status(visit.form.get("to", ""))
    except ValueError:
        raise Refused(400, _("Please choose a status.")) from None
    words = visit.needed("words", LONGEST) if to in ENDED else visit.optional("words", LONGEST)
    outcome = words if to in ENDED else ""
    await casework.move(work.unit, work.member, case, to, work.site, today(visit), words=words, outcome=outcome)


@change("case.identity_ask", "asked")
async def ask_worker(work: Work) -> str | None:
    """Ask the worker for the name."""
    reason = work.visit.needed("reason", LONGEST_REASON)
    return None if await disclosure.ask_worker(work.unit, work.member, work.case, reason) else "unreachable"


@change("case.identity_request", "requested")
async def ask_colleague(work: Work) -> None:
    """Ask a second member for approval."""
    await disclosure.ask_colleague(work.unit, work.member, work.case, work.visit.needed("reason", LONGEST_REASON))


def _decision(granted: bool) -> Callable[[Work], Awaitable[None]]:
    async def decide(work: Work) -> None:
        request = work.visit.number("request")
        await disclosure.decide(work.unit, work.member, work.case, request, granted=granted)

    return decide


async def waiting(unit: Unit, member: Member) -> list[Figure]:
    """What waits for this member: their own, what nobody has taken, what is late."""
    day = unit.now.date()
    own = await listing.counts(unit, listing.Filters(owner="me"), member.actor, day)
    free = await listing.counts(unit, listing.Filters(owner="none"), member.actor, day)
    late = await listing.counts(unit, listing.Filters(overdue="1"), member.actor, day)
    return [
        Figure(late["open"], _("overdue"), listing.Filters(overdue="1", sort="due").url(), urgent=True),
        Figure(free["open"], _("nobody has taken"), listing.Filters(owner="none", sort="oldest").url()),
        Figure(own["open"], _("yours"), listing.Filters(owner="me", sort="due").url()),
    ]


SECTION = Section(
    area="cases",
    title=N_("Cases"),
    path="/desk/cases",
    pages=(
        Page("/cases", list_cases),
        *(Page(one.path, told(one.handler), one.method) for one in (*exports.PAGES, *casefile_page.PAGES)),
        *(Page(one.path, told(one.handler), one.method) for one in views.PAGES),
        Page("/cases/{case:int}", show_case),
        Page("/cases/{case:int}/photos/{photo:int}", told(photo)),
        Page("/cases/{case:int}/photos/{photo:int}/thumbnail", told(made("thumb"))),
        Page("/cases/{case:int}/photos/{photo:int}/copy", told(made("copy"))),
        Page("/cases/{case:int}/take", take, "POST"),
        Page("/cases/{case:int}/give-back", give_back, "POST"),
        Page("/cases/{case:int}/due", due, "POST"),
        Page("/cases/{case:int}/note", add_note, "POST"),
        Page("/cases/{case:int}/write", write, "POST"),
        Page("/cases/{case:int}/move", move, "POST"),
        Page("/cases/{case:int}/identity", show_identity, "POST"),
        Page("/cases/{case:int}/identity/ask", ask_worker, "POST"),
        Page("/cases/{case:int}/identity/request", ask_colleague, "POST"),
        Page(
            "/cases/{case:int}/identity/{request:int}/approve",
            change("case.identity_approve", "approved")(_decision(True)),
            "POST",
        ),
        Page(
            "/cases/{case:int}/identity/{request:int}/refuse",
            change("case.identity_refuse", "denied")(_decision(False)),
            "POST",
        ),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        **exports.SAID,
        **views.SAID,
        "taken": N_("The case is yours now."),
        "given_back": N_("Nobody follows the case up now."),
        "due": N_("The day is changed."),
        "noted": N_("Noted. Only staff see it."),
        "sent": N_("On its way to the worker."),
        "unreachable": N_("Kept in the case, but the worker can't be reached any more."),
        "moved": N_("Done. The worker is told."),
        "asked": N_("The worker is asked. Name and phone open only when they agree."),
        "requested": N_("A second member of staff has to approve."),
        "approved": N_("Approved for seven days. The worker is told."),
        "denied": N_("Refused. Name and phone stay sealed."),
    },
    waiting=waiting,
)
