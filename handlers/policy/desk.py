"""The queue of questions at the desk: answer, keep an answer as the draft of an article, drop."""

from __future__ import annotations

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk.members import Member, may_open
from bot.desk.refusal import Refused
from bot.desk.section import Figure, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from bot.store.unit import Unit
from handlers.policy import questions as queue
from handlers.policy.tables import questions
from handlers.profile.service import occupation_name

LONGEST = 1000  # characters of an answer
REASONS = {
    "declined": N_("the bot had no answer"),
    "unhelpful": N_("the answer did not help"),
    "asked": N_("they asked for staff"),
}


class NotYourAreaError(PermissionError):
    """This role has nothing to do with questions."""


async def access_queue(unit: Unit, member: Member, action: str, subject: str = "questions") -> None:
    """The gate to the questions, whose words are masked and nobody's. Raises `NotYourAreaError`."""
    if not may_open(member.role, "questions"):
        raise NotYourAreaError
    await audit.write(unit, member.actor, action, subject)


async def list_questions(visit: Visit) -> Response:
    """What waits, those somebody wants answered first."""
    async with visit.store.write() as unit:
        await access_queue(unit, visit.member, "question.list")
        waiting = await queue.waiting(unit)
        total = await count(unit)
    today = visit.service.clock().astimezone(ZoneInfo(visit.desk.site.timezone)).date()
    return visit.render(
        "questions.html",
        waiting=waiting,
        total=total,
        today=today,
        reasons=REASONS,
        occupation_name=occupation_name,
        longest=LONGEST,
    )


async def answer(visit: Visit) -> Response:
    """Answer one, and keep the answer as a draft where that is wanted. The asker, if one waits, gets it in the chat."""
    number, text = visit.number("question"), visit.needed("answer", LONGEST)
    try:
        async with visit.store.write() as unit:
            words = await queue.words_of(unit, number)
            told = await queue.answer(unit, number, text, visit.member.actor)
    except queue.NoQuestion:
        raise _gone() from None
    if visit.form.get("draft"):
        await _draft(visit, number, words, text)
        return visit.done("/desk/questions", "drafted")
    return visit.done("/desk/questions", "told" if told else "answered")


async def _draft(visit: Visit, number: int, words: str, text: str) -> None:
    today = visit.service.clock().astimezone(ZoneInfo(visit.desk.site.timezone)).date()
    try:
        await asyncio.to_thread(queue.draft, visit.service.settings.content_dir, number, words, text, today)
    except OSError:
        raise Refused(500, _("Answered, but the draft could not be written: the content folder is closed.")) from None


async def drop(visit: Visit) -> Response:
    """Take one out without an answer."""
    try:
        async with visit.store.write() as unit:
            await queue.drop(unit, visit.number("question"), visit.member.actor)
    except queue.NoQuestion:
        raise _gone() from None
    return visit.done("/desk/questions", "dropped")


def _gone() -> Refused:
    return Refused(404, _("This question is not open any more; somebody was quicker."))


async def count(unit: Unit, *, wanted: bool = False) -> int:
    """How many questions are open; only those somebody waits for an answer to, when `wanted`."""
    statement = sa.select(sa.func.count()).select_from(questions).where(questions.c.status == "open")
    return int(await unit.value(statement.where(questions.c.asker.is_not(None)) if wanted else statement))


async def figures(unit: Unit, _member: Member) -> list[Figure]:
    """What waits."""
    path = "/desk/questions"
    return [
        Figure(await count(unit, wanted=True), _("somebody waits for"), path, urgent=True),
        Figure(await count(unit), _("open in all"), path),
    ]


SECTION = Section(
    area="questions",
    title=N_("Questions"),
    path="/desk/questions",
    pages=(
        Page("/questions", list_questions),
        Page("/questions/{question:int}/answer", answer, "POST"),
        Page("/questions/{question:int}/drop", drop, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "told": N_("Answered. It is on its way to the person who asked."),
        "answered": N_("Answered. Nobody waits for it."),
        "drafted": N_("Answered, and kept as a draft in the content folder."),
        "dropped": N_("Dropped without an answer."),
    },
    waiting=figures,
)
