"""What staff do with a case: take it, write to its person, note, set a day, move it on. The gate was passed before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.desk.members import Member
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.site import Site
from bot.store.unit import Unit
from bot.workdays import after
from handlers.complaints import service
from handlers.complaints.case import Case
from handlers.complaints.record import change, note
from handlers.complaints.reopening import NOT_SETTLED, reopen_option
from handlers.complaints.status import NAMES, RATED, RATINGS, NotAllowedError, Status, by_staff
from handlers.complaints.wording import outlook


async def take(unit: Unit, member: Member, case: Case, site: Site, today: date) -> None:
    """Follow a case up from now on; one that nobody had begun is taken on with it, and its person told."""
    note(unit, case.id, "owner", member.actor, shown=False)
    await change(unit, case, owner=member.actor)
    if case.status in {Status.RECEIVED, Status.REOPENED}:
        await move(unit, member, case, Status.ACCEPTED, site, today)


async def give_back(unit: Unit, member: Member, case: Case) -> None:
    """Nobody follows the case up."""
    note(unit, case.id, "owner", member.actor, status="none", shown=False)
    await change(unit, case, owner="")


async def set_due(unit: Unit, member: Member, case: Case, due_on: date) -> None:
    """Another day by which something has to happen."""
    note(unit, case.id, "due", member.actor, status=due_on.isoformat(), shown=False)
    await change(unit, case, due_on=due_on, reminded=0)


async def add_note(unit: Unit, member: Member, case: Case, words: str) -> None:
    """A note among staff; the person never sees it."""
    note(unit, case.id, "note", member.actor, said=words, shown=False)
    await change(unit, case)


async def write_to_worker(unit: Unit, member: Member, case: Case, words: str) -> bool:
    """Words to the person, in their chat; gives whether they can be reached."""
    note(unit, case.id, "message", member.actor, said=words)
    await change(unit, case)
    if case.person_id is None:
        return False
    with speaking(await language_of(unit, case.person_id)):
        text = _("{code}, the officer writes:\n{words}").format(code=case.code, words=words)
        target = "" if case.ended else f"complaint_answer?case={case.id}"
        options = (Option(_("Write back"), f"go:{target}"),) if target else ()
        mine = Option(_("My complaints"), f"go:my_complaints?case={case.id}")
        return await notify(unit, case.person_id, Reply(text, (*options, mine)), awaits=target)


async def move(
    unit: Unit,
    member: Member,
    case: Case,
    to: Status,
    site: Site,
    today: date,
    *,
    words: str = "",
    outcome: str = "",
) -> bool:
    """Take a case to another status and tell its person; at an end they are asked how it went. Gives whether they can
    be reached. Raises `NotAllowedError`."""
    if to not in by_staff(case.status):
        raise NotAllowedError(case.status, to)
    due_on = case.due_on
    if to is Status.REOPENED:
        due_on = after(today, site.reply_workdays)
        await service.reopen(unit, case, member.actor, due_on, words)
    else:
        await service.move(unit, case, to, member.actor, said=words or outcome, outcome=outcome)
    if case.person_id is None:
        return False
    with speaking(await language_of(unit, case.person_id)):
        reply = _moved(replace(case, due_on=due_on), to, site, today, words)
        says = {reopen_option(case).value: NOT_SETTLED} if to in RATED else None
        return await notify(unit, case.person_id, reply, says=says)


def _moved(case: Case, to: Status, site: Site, today: date, words: str) -> Reply:
    said = _(": {words}").format(words=words) if words else ""
    lines = [f"{case.code} {_(NAMES[to])}{said}", outlook(to, case.due_on, site, today)]
    if to not in RATED:
        return Reply("\n".join(lines), (Option(_("My complaints"), f"go:my_complaints?case={case.id}"),))
    lines.append(_("How did it go for you?"))
    return Reply("\n".join(lines), (*rating_options(case.id), reopen_option(case)))


def rating_options(case_id: int) -> tuple[Option, ...]:
    """The buttons to rate an outcome with."""
    return tuple(
        Option(_(label), f"go:complaint_rate?case={case_id}&rating={rating}") for rating, label in RATINGS.items()
    )
