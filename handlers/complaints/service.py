"""What can be done with complaints. Used by the dialogues, the command line and the desk alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.people import Person
from bot.site import Site
from bot.store.codes import new_code
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints import announcing, counting
from handlers.complaints.case import Case, Receipt, Report, Step, open_case, open_step, words
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.handing import complaint_link
from handlers.complaints.personal import erase, personal_data
from handlers.complaints.record import PERSON, change, link, note, tell_owner
from handlers.complaints.status import ENDED, RATED, RATINGS, Status, check
from handlers.complaints.tables import case_aad, case_events, case_media, cases
from handlers.complaints.terms import drop_words, keep_terms, put_terms

__all__ = [
    "Case",
    "CaseEndedError",
    "Catalogue",
    "NoSuchCaseError",
    "NoSuchStepError",
    "NotRatedError",
    "Receipt",
    "Report",
    "Status",
    "Step",
    "access_own_case",
    "add_to",
    "complaint_link",
    "counting",
    "erase",
    "identity",
    "move",
    "my_cases",
    "personal_data",
    "rate",
    "remark",
    "reopen",
    "steps",
    "submit",
    "take_back",
    "withdraw",
]


TAKEN_BACK = timedelta(minutes=30)


class NoSuchCaseError(LookupError):
    """There is no such case, or it is not this person's: the two are not told apart."""


class CaseEndedError(ValueError):
    """The case has come to its end; nothing is added to it."""


class NoSuchStepError(LookupError):
    """There are no such words, they are not this person's, or it is too late to take them back."""


class NotRatedError(ValueError):
    """The case has not come to an end that can be rated, or there is no such rating."""


async def submit(unit: Unit, person: Person, report: Report, site: Site, workdays: int | None = None) -> Receipt:
    """File a report; it is there when the transaction commits. workdays: to the answer, the site's promise by default.

    Codes clash once in thirty billion pairs; the unique key then fails the transaction, which runs again with another.
    """
    from bot.workdays import after

    case_id = new_id()
    today = unit.now.astimezone(ZoneInfo(site.timezone)).date()
    receipt = Receipt(case_id, new_code(), after(today, workdays or site.reply_workdays))
    unit.insert(cases, **_row(unit, person, report, receipt))
    put_terms(unit, case_id, report.story)
    link(unit, case_id, report.media)
    note(unit, case_id, "status", PERSON, status=Status.RECEIVED, attachments=len(report.media))
    await announcing.created(unit, report, receipt)
    return receipt


async def my_cases(unit: Unit, person_id: int, most: int = 20) -> list[Case]:
    """A person's own cases, newest first."""
    own = sa.select(cases).where(cases.c.person_id == person_id).order_by(cases.c.id.desc()).limit(most)
    return [open_case(unit.vault, row) for row in await unit.rows(own)]


async def access_own_case(unit: Unit, person_id: int, *, case_id: int | None = None, code: str = "") -> Case:
    """The gate to a person's own case, by id or receipt code; locks it. Raises `NoSuchCaseError`."""
    wanted = cases.c.id == case_id if case_id is not None else cases.c.code == code
    row = await unit.first(unit.locking(sa.select(cases).where(wanted)))
    if row is None:
        raise NoSuchCaseError
    if row["person_id"] != person_id:
        raise NoSuchCaseError
    return open_case(unit.vault, row)


async def steps(unit: Unit, case: Case, *, all_of_them: bool = False) -> list[Step]:
    """What happened to a case, oldest first; only what its person may see unless `all_of_them`."""
    wanted = sa.select(case_events).where(case_events.c.case_id == case.id).order_by(case_events.c.id)
    if not all_of_them:
        wanted = wanted.where(case_events.c.shown)
    return [open_step(unit.vault, row) for row in await unit.rows(wanted)]


async def add_to(unit: Unit, case: Case, said: str, media: Sequence[int] = ()) -> int:
    """Add a person's words and pictures to their case; gives the id of the step. Raises `CaseEndedError`."""
    if case.ended:
        raise CaseEndedError
    link(unit, case.id, media)
    step = note(unit, case.id, "words", PERSON, said=said, attachments=len(media))
    await keep_terms(unit, case.id, said)
    await change(unit, case, attachments=cases.c.attachments + len(media))
    await tell_owner(unit, case)
    return step


async def take_back(unit: Unit, person_id: int, step_id: int) -> str:
    """Take words of a person's own, and the pictures that came with them, out of their case; gives the words. Only
    within `TAKEN_BACK` of saying them. Raises `NoSuchStepError`."""
    step = await unit.first(unit.locking(sa.select(case_events).where(case_events.c.id == step_id)))
    if step is None or step["kind"] != "words" or step["actor"] != PERSON or unit.now - step["at"] > TAKEN_BACK:
        raise NoSuchStepError
    try:
        case = await access_own_case(unit, person_id, case_id=step["case_id"])
    except NoSuchCaseError:
        raise NoSuchStepError from None
    own = sa.and_(case_media.c.case_id == case.id, case_media.c.added_at == step["at"])
    await unit.execute(sa.delete(case_media).where(own))
    await unit.execute(sa.delete(case_events).where(case_events.c.id == step_id))
    await change(unit, case, attachments=cases.c.attachments - step["attachments"])
    said = open_step(unit.vault, step).words
    await drop_words(unit, case.id, said)
    return said


async def withdraw(unit: Unit, case: Case, reason: str = "") -> None:
    """End a case because its person wants so. Raises `NotAllowedError` when it has ended."""
    await move(unit, case, Status.WITHDRAWN, PERSON, said=reason)


async def move(unit: Unit, case: Case, to: Status, actor: str, *, said: str = "", outcome: str = "") -> None:
    """Take a case to another status, as the table of `status` has it, with words the person sees and, at an end, the
    outcome. actor: person, staff:<id>, system. The caller has passed the gate. Raises `NotAllowedError`."""
    check(case.status, to)
    note(unit, case.id, "status", actor, status=to, said=said)
    closed = unit.now if to in ENDED else None
    sealed = unit.vault.seal(outcome.encode(), case_aad(case.id, "outcome")) if outcome else None
    await change(unit, case, status=to.value, closed_at=closed, outcome=sealed)
    await announcing.moved(unit, case, to)


async def reopen(unit: Unit, case: Case, actor: str, due_on: date, said: str = "", media: Sequence[int] = ()) -> None:
    """Open an ended case again, by its person or by staff, with words and another day of the answer.
    Raises `NotAllowedError`."""
    await move(unit, case, Status.REOPENED, actor, said=said)
    if media:
        link(unit, case.id, media)
        note(unit, case.id, "words", PERSON, attachments=len(media))
    await change(unit, case, due_on=due_on, reminded=0, attachments=cases.c.attachments + len(media))


async def rate(unit: Unit, case: Case, rating: int) -> None:
    """A person's word on how their case ended; a later one counts. Raises `NotRatedError`."""
    if case.status not in RATED or rating not in RATINGS:
        raise NotRatedError
    note(unit, case.id, "rating", PERSON, status=str(rating))
    await change(unit, case, rating=rating)


async def remark(unit: Unit, case: Case, said: str) -> None:
    """A person's words on how their case ended."""
    note(unit, case.id, "words", PERSON, said=said)
    await keep_terms(unit, case.id, said)
    await tell_owner(unit, case)


async def identity(unit: Unit, case_id: int) -> tuple[str, str]:
    """(name, contact) as the person gave them, "" when anonymous. Who opens this writes the audit log."""
    row = await unit.first(sa.select(cases).where(cases.c.id == case_id))
    if row is None:
        raise NoSuchCaseError
    return words(unit.vault, row, "name"), words(unit.vault, row, "contact")


def _row(unit: Unit, person: Person, report: Report, receipt: Receipt) -> dict[str, Any]:
    sealed = {
        part: unit.vault.seal(said.encode(), case_aad(receipt.case_id, part)) if said else None
        for part, said in _said(report).items()
    }
    return sealed | {
        "id": receipt.case_id,
        "code": receipt.code,
        "person_id": person.id,
        "channel": person.channel,
        "status": Status.RECEIVED.value,
        "category": report.category,
        "company": report.company,
        "company_words": report.company_words[:60],
        "region": report.region,
        "occupation": report.occupation,
        "happened_on": report.happened_on,
        "amount": report.amount,
        "anonymous": report.anonymous,
        "attachments": len(report.media),
        "submitted_at": unit.now,
        "updated_at": unit.now,
        "due_on": receipt.due_on,
        "indexed": 1,
    }


def _said(report: Report) -> dict[str, str]:
    return {"story": report.story, "place": report.place, "name": report.name, "contact": report.contact}
