"""The loop: what was not answered, or not well, waits here for staff; their answer goes back to the asker."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa
import yaml

from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.store import audit
from bot.store.ids import new_id
from bot.store.retention import Rule, delete, older
from bot.store.unit import Unit
from bot.understand.phone import mask_all
from handlers.policy.tables import question_aad, questions, votes

Reason = Literal["declined", "unhelpful", "asked"]
_ID_NUMBER = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")  # GB 11643
LONGEST = 500  # characters kept of a question


class NoQuestion(KeyError):
    """There is no open question with this number."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as staff see it: masked, without who asked. `wanted`: somebody waits for the answer."""

    id: int
    words: str
    reason: str
    article: str
    occupation: str
    asked_at: dt.datetime
    due_on: dt.date | None
    wanted: bool


def keep(
    unit: Unit,
    words: str,
    reason: Reason,
    *,
    article: str = "",
    occupation: str = "",
    asker: int | None = None,
    due_on: dt.date | None = None,
) -> int:
    """Put a question in the queue; phone and ID numbers are masked, who asked is kept only when they want an answer."""
    row_id = new_id()
    aad = _aad(row_id)
    unit.insert(
        questions,
        id=row_id,
        words=unit.vault.seal(masked(words[:LONGEST]).encode(), aad),
        asker=unit.vault.seal(str(asker).encode(), aad) if asker is not None else None,
        reason=reason,
        article=article,
        occupation=occupation,
        status="open",
        asked_at=unit.now,
        due_on=due_on,
    )
    return row_id


async def want(unit: Unit, question_id: int, asker: int, due_on: dt.date) -> bool:
    """Somebody wants the answer to a question that is in the queue already; False when it is no longer open."""
    statement = sa.update(questions).where(questions.c.id == question_id, questions.c.status == "open")
    sealed = unit.vault.seal(str(asker).encode(), _aad(question_id))
    return bool((await unit.execute(statement.values(asker=sealed, reason="asked", due_on=due_on))).rowcount)


def masked(words: str) -> str:
    """The words with phone and ID numbers masked."""
    return mask_all(_ID_NUMBER.sub("[身份证号]", words))


def vote(unit: Unit, article: str, useful: bool) -> None:
    """Note what somebody thought of an answer; not who."""
    unit.insert(votes, id=new_id(), article=article, useful=useful, at=unit.now)


async def waiting(unit: Unit, most: int = 100) -> list[Question]:
    """Open questions: those somebody waits for first, then the oldest."""
    wanted = questions.c.asker.is_not(None)
    statement = (
        sa.select(questions)
        .where(questions.c.status == "open")
        .order_by(wanted.desc(), questions.c.asked_at)
        .limit(most)
    )
    return [_question(unit, row) for row in await unit.rows(statement)]


async def answer(unit: Unit, question_id: int, text: str, actor: str) -> bool:
    """Answer a question: the words go to the asker through the outbox. Gives whether somebody waited for it."""
    row = await unit.first(
        unit.locking(sa.select(questions).where(questions.c.id == question_id, questions.c.status == "open"))
    )
    if row is None:
        raise NoQuestion(question_id)
    values: dict[str, Any] = {
        "status": "answered",
        "answer": unit.vault.seal(text.encode(), question_aad(row)),
        "answered_at": unit.now,
        "answered_by": actor,
        "asker": None,  # it has served
    }
    await unit.execute(sa.update(questions).where(questions.c.id == question_id).values(**values))
    await audit.write(unit, actor, "question.answer", f"question:{question_id}")
    if row["asker"] is None:
        return False
    asker = int(unit.vault.open(row["asker"], question_aad(row)))
    return await notify(unit, asker, await _reply(unit, asker, _question(unit, row).words, text))


async def drop(unit: Unit, question_id: int, actor: str) -> None:
    """Take a question out of the queue without an answer (not ours, abuse)."""
    statement = sa.update(questions).where(questions.c.id == question_id, questions.c.status == "open")
    changed = await unit.execute(
        statement.values(status="dropped", asker=None, answered_at=unit.now, answered_by=actor)
    )
    if not changed.rowcount:
        raise NoQuestion(question_id)
    await audit.write(unit, actor, "question.drop", f"question:{question_id}")


async def words_of(unit: Unit, question_id: int) -> str:
    """The masked words of a question, open or not."""
    row = await unit.first(sa.select(questions).where(questions.c.id == question_id))
    if row is None:
        raise NoQuestion(question_id)
    return unit.vault.open(row["words"], question_aad(row)).decode()


def draft(content_dir: Path, question_id: int, words: str, text: str, today: dt.date) -> Path:
    """Save an answer as the draft of an article, outside what the bot reads; staff complete it (sources above all)."""
    path = content_dir / "drafts" / f"question-{question_id}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    front = {
        "id": f"question-{question_id}",
        "title": words[:20],
        "topic": "",
        "regions": ["national"],
        "occupations": ["all"],
        "questions": [words],
        "answer": text.split("。", maxsplit=1)[0][:59] + "。",
        "confidence": "medium",
        "sources": [],
        "effective": {"from": today, "until": None},
        "reviewed": today,
        "next": [],
    }
    head = yaml.safe_dump(front, allow_unicode=True, sort_keys=False)
    path.write_text(f"---\n{head}---\n{text}\n", "utf-8")
    return path


def retention_rules(days: int) -> list[Rule]:
    """Questions go when they have been dealt with for so long."""
    return [delete("questions", questions, older(questions.c.answered_at, dt.timedelta(days=days)))]


async def show(unit: Unit, person_id: int) -> list[dict[str, str]]:
    """The questions a person waits for an answer to, for “my data”."""
    rows = await unit.rows(sa.select(questions).where(questions.c.asker.is_not(None)))
    own = [row for row in rows if int(unit.vault.open(row["asker"], question_aad(row))) == person_id]
    return [{"question": _question(unit, row).words, "asked_at": row["asked_at"].isoformat()} for row in own]


async def erase(unit: Unit, person_id: int) -> None:
    """Questions lose who asked; their masked words stay, they belong to nobody then."""
    rows: Sequence[sa.RowMapping] = await unit.rows(sa.select(questions).where(questions.c.asker.is_not(None)))
    own = [row["id"] for row in rows if int(unit.vault.open(row["asker"], question_aad(row))) == person_id]
    if own:
        await unit.execute(sa.update(questions).where(questions.c.id.in_(own)).values(asker=None))


async def _reply(unit: Unit, asker: int, words: str, text: str) -> Reply:
    with speaking(await language_of(unit, asker)):
        head = _("You asked: “{question}”. Our staff answers:").format(question=words[:40])
        return Reply(f"{head}\n{text}", (Option(_("Menu"), "go:menu"),))


def _question(unit: Unit, row: sa.RowMapping) -> Question:
    return Question(
        row["id"],
        unit.vault.open(row["words"], question_aad(row)).decode(),
        row["reason"],
        row["article"],
        row["occupation"],
        row["asked_at"],
        row["due_on"],
        row["asker"] is not None,
    )


def _aad(row_id: int) -> bytes:
    return f"question:{row_id}".encode()
