"""The staff pages of the council: proposals to look through and to answer, meetings with their codes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from bot.store.unit import Unit
from bot.understand.private import tells_numbers
from handlers.council import meetings, service
from handlers.council.service import ENDS, NAMES, NoSuchProposalError, NotAllowedError, Proposal, Status, opened
from handlers.council.tables import proposals
from handlers.rewards.service import PointRules

LONGEST_SHOWN, LONGEST_ANSWER, LONGEST_REASON = 300, 1000, 300
LONGEST_TITLE, LONGEST_PLACE = 60, 100
LONGEST_MEETING, FURTHEST = timedelta(hours=12), timedelta(days=180)
SHOWN = 100

told = telling(
    {
        NoSuchProposalError: (404, N_("There is no such proposal.")),
        NotAllowedError: (409, N_("The proposal has moved on meanwhile. Please look at it again.")),
    }
)


async def access_proposal(unit: Unit, member: Member, proposal_id: int, action: str = "proposal.read") -> Proposal:
    """The gate to a proposal; its row stays locked till the commit. Raises `NoSuchProposalError`."""
    found = await service.find(unit, proposal_id)
    await audit.write(unit, member.actor, action, f"proposal:{proposal_id}")
    return found


@told
async def list_proposals(visit: Visit) -> Response:
    """The proposals of one state; those that wait to be looked at by default."""
    chosen = visit.query("status") if visit.query("status") in list(Status) else Status.WAITING.value
    wanted = sa.select(proposals).where(proposals.c.status == chosen).order_by(proposals.c.id.desc()).limit(SHOWN)
    async with visit.store.write() as unit:
        await audit.write(unit, visit.member.actor, "proposal.list", "proposals", chosen)
        rows = [opened(unit, row) for row in await unit.rows(wanted)]
        counted = {status: await _count(unit, status) for status in Status}
    return visit.render("proposals.html", rows=rows, chosen=chosen, counted=counted, names=NAMES)


@told
async def show_proposal(visit: Visit) -> Response:
    """One proposal, with what can be done."""
    async with visit.store.write() as unit:
        one = await access_proposal(unit, visit.member, visit.number("proposal"))
    moves = [(to.value, _(NAMES[to])) for to in ENDS if to is not one.status]
    return visit.render(
        "proposal.html",
        one=one,
        names=NAMES,
        moves=moves,
        longest_shown=LONGEST_SHOWN,
        longest_answer=LONGEST_ANSWER,
        longest_reason=LONGEST_REASON,
    )


@told
async def publish(visit: Visit) -> Response:
    """Let everybody read it, in the words of the form."""
    shown = visit.needed("shown", LONGEST_SHOWN)
    if tells_numbers(shown):
        raise Refused(400, _("There is a phone or identity number in it. Please take it out first."))
    async with visit.store.write() as unit:
        one = await service.find(unit, visit.number("proposal"))
        await service.publish(unit, one, shown, visit.member.actor)
    return visit.done(f"/desk/council/{one.id}", "published")


@told
async def keep_back(visit: Visit) -> Response:
    """Not publish it, with the reason for its proposer."""
    reason = visit.needed("reason", LONGEST_REASON)
    async with visit.store.write() as unit:
        one = await service.find(unit, visit.number("proposal"))
        await service.keep_back(unit, one, reason, visit.member.actor)
    return visit.done(f"/desk/council/{one.id}", "kept_back")


@told
async def answer(visit: Visit) -> Response:
    """Answer it in public."""
    words, to = visit.needed("words", LONGEST_ANSWER), visit.form.get("to", "")
    if to not in [one.value for one in ENDS]:
        raise Refused(400, _("Please choose a status."))
    if tells_numbers(words):
        raise Refused(400, _("There is a phone or identity number in it. Please take it out first."))
    async with visit.store.write() as unit:
        one = await service.find(unit, visit.number("proposal"))
        await service.answer(unit, one, Status(to), words, visit.member.actor)
    return visit.done(f"/desk/council/{one.id}", "answered")


def _rules(visit: Visit) -> PointRules:
    return cast(PointRules, visit.service.registry.resources[PointRules])


@told
async def list_meetings(visit: Visit) -> Response:
    """Meetings with their codes and how many came, and the form for a new one."""
    async with visit.store.write() as unit:
        await audit.write(unit, visit.member.actor, "meeting.list", "meetings")
        found = await meetings.everything(unit)
    now = visit.service.clock()
    rules = _rules(visit)
    kinds = [(meetings.COUNCIL, _("council meeting"), rules.council)]
    kinds += [(task.id, task.said, task.points) for task in rules.tasks]
    return visit.render(
        "meetings.html",
        meetings=[(one, came, one.ends_at > now) for one, came in found],
        kinds=kinds,
        said={name: label for name, label, _points in kinds},
        longest_title=LONGEST_TITLE,
        longest_place=LONGEST_PLACE,
    )


@told
async def add_meeting(visit: Visit) -> Response:
    """A meeting or a task with a code."""
    rules = _rules(visit)
    worth = {meetings.COUNCIL: rules.council} | {task.id: task.points for task in rules.tasks}
    kind = visit.form.get("kind", "")
    if kind not in worth:
        raise Refused(400, _("Please choose what it is."))
    title, place = visit.needed("title", LONGEST_TITLE), visit.needed("place", LONGEST_PLACE)
    start, end = _moment(visit, "starts_at"), _moment(visit, "ends_at")
    now = visit.service.clock()
    if not timedelta(0) < end - start <= LONGEST_MEETING or not timedelta(0) < end - now <= FURTHEST:
        raise Refused(400, _("It must end after it begins, within 12 hours, and not be over yet."))
    async with visit.store.write() as unit:
        await service.gather(
            unit,
            visit.member.actor,
            kind=kind,
            title=title,
            place=place,
            starts_at=start,
            ends_at=end,
            points=worth[kind],
        )
    return visit.done("/desk/council/meetings", "announced")


def _moment(visit: Visit, name: str) -> datetime:
    """A moment of the form, where the service is. Raises `Refused`."""
    try:
        local = datetime.fromisoformat(visit.needed(name, 20))
        return local.replace(tzinfo=ZoneInfo(visit.desk.site.timezone))
    except ValueError:
        raise Refused(400, _("Please give day and time, like 2026-11-28 14:30.")) from None


async def _count(unit: Unit, status: Status) -> int:
    return int(await unit.value(sa.select(sa.func.count()).where(proposals.c.status == status.value)))


async def waiting(unit: Unit, _member: Member) -> list[Figure]:
    """What waits to be looked at, and what is open."""
    path = "/desk/council"
    return [
        Figure(await _count(unit, Status.WAITING), _("to be looked through"), path, urgent=True),
        Figure(await _count(unit, Status.OPEN), _("open for support"), f"{path}?status=open"),
    ]


SECTION = Section(
    area="council",
    title=N_("Council"),
    path="/desk/council",
    pages=(
        Page("/council", list_proposals),
        Page("/council/meetings", list_meetings),
        Page("/council/meetings/add", add_meeting, "POST"),
        Page("/council/{proposal:int}", show_proposal),
        Page("/council/{proposal:int}/publish", publish, "POST"),
        Page("/council/{proposal:int}/keep-back", keep_back, "POST"),
        Page("/council/{proposal:int}/answer", answer, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "published": N_("Published. The proposer is told."),
        "kept_back": N_("Kept back. The proposer is told why."),
        "answered": N_("Answered in public. The proposer and the supporters are told."),
        "announced": N_("Announced. Show the code at the place only."),
    },
    waiting=waiting,
)
