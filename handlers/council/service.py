"""What can be done with proposals. Used by the dialogues and the desk alike; meetings stand in `meetings`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.i18n import N_
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.council import notes
from handlers.council.meetings import Meeting, arrive, coming, gather, visits
from handlers.council.personal import erase, retention_rules, show
from handlers.council.tables import proposal_aad, proposal_supports, proposals

__all__ = [
    "ENDS",
    "NAMES",
    "PUBLIC",
    "Meeting",
    "NoSuchProposalError",
    "NotAllowedError",
    "Proposal",
    "Status",
    "access_public",
    "answer",
    "arrive",
    "coming",
    "erase",
    "find",
    "gather",
    "keep_back",
    "own",
    "propose",
    "public",
    "publish",
    "retention_rules",
    "show",
    "support",
    "supports",
    "take_back",
    "visits",
]


class Status(StrEnum):
    """Where a proposal stands."""

    WAITING = "waiting"
    KEPT_BACK = "kept_back"
    OPEN = "open"
    ANSWERED = "answered"
    DONE = "done"
    DECLINED = "declined"


NAMES = {
    Status.WAITING: N_("staff look at it first"),
    Status.KEPT_BACK: N_("not published"),
    Status.OPEN: N_("open for support"),
    Status.ANSWERED: N_("answered"),
    Status.DONE: N_("carried out"),
    Status.DECLINED: N_("declined"),
}
PUBLIC = (Status.OPEN, Status.ANSWERED, Status.DONE, Status.DECLINED)
ENDS = (Status.ANSWERED, Status.DONE, Status.DECLINED)


class NoSuchProposalError(LookupError):
    """There is no such proposal, or not for this person."""


class NotAllowedError(ValueError):
    """It stands elsewhere by now."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal. `words` are the proposer's own, `shown` what everybody reads, `reason` why it was kept back."""

    id: int
    person_id: int | None
    status: Status
    words: str
    shown: str
    answer: str
    reason: str
    supports: int
    made_at: datetime
    published_at: datetime | None
    answered_at: datetime | None


async def propose(unit: Unit, person_id: int, words: str) -> Proposal:
    """Hand a proposal in; nobody but staff sees it till they publish it."""
    row_id = new_id()
    sealed = unit.vault.seal(words.encode(), proposal_aad(row_id, "words"))
    unit.insert(proposals, id=row_id, person_id=person_id, status=Status.WAITING.value, words=sealed, made_at=unit.now)
    await notes.tell_staff(unit, row_id)
    return Proposal(row_id, person_id, Status.WAITING, words, "", "", "", 0, unit.now, None, None)


async def find(unit: Unit, proposal_id: int) -> Proposal:
    """One proposal, for whoever has passed a gate; locks it. Raises `NoSuchProposalError`."""
    row = await unit.first(unit.locking(sa.select(proposals).where(proposals.c.id == proposal_id)))
    if row is None:
        raise NoSuchProposalError
    return opened(unit, row)


async def access_public(unit: Unit, person_id: int, proposal_id: int) -> Proposal:
    """The gate to what everybody may read, and a person's own. Raises `NoSuchProposalError`."""
    found = await find(unit, proposal_id)
    if found.status not in PUBLIC and found.person_id != person_id:
        raise NoSuchProposalError
    return found


async def public(unit: Unit, start: int = 0, most: int = 6) -> list[Proposal]:
    """What is published: the open ones first, the most supported first among them, then the rest, newest first."""
    rank = sa.case((proposals.c.status == Status.OPEN.value, 0), else_=1)
    weight = sa.case((proposals.c.status == Status.OPEN.value, proposals.c.supports), else_=0)
    wanted = sa.select(proposals).where(proposals.c.status.in_([one.value for one in PUBLIC]))
    rows = await unit.rows(wanted.order_by(rank, weight.desc(), proposals.c.id.desc()).offset(start).limit(most))
    return [opened(unit, row) for row in rows]


async def own(unit: Unit, person_id: int, most: int = 8) -> list[Proposal]:
    """What a person proposed, newest first."""
    mine = sa.select(proposals).where(proposals.c.person_id == person_id)
    return [opened(unit, row) for row in await unit.rows(mine.order_by(proposals.c.id.desc()).limit(most))]


# -- support


async def supports(unit: Unit, proposal_id: int, person_id: int) -> bool:
    """Whether somebody supports it."""
    mine = sa.and_(proposal_supports.c.proposal_id == proposal_id, proposal_supports.c.person_id == person_id)
    return await unit.value(sa.select(proposal_supports.c.proposal_id).where(mine)) is not None


async def support(unit: Unit, one: Proposal, person_id: int) -> bool:
    """Support it, once a person; False for who does already, and for one's own. Raises `NotAllowedError` when it is
    open no more."""
    if one.status is not Status.OPEN:
        raise NotAllowedError
    if one.person_id == person_id:
        return False
    row = {"proposal_id": one.id, "person_id": person_id, "at": unit.now}
    if not await unit.insert_new(proposal_supports, [row], proposal_supports.c.person_id):
        return False
    await _count(unit, one.id, 1)
    return True


async def take_back(unit: Unit, one: Proposal, person_id: int) -> bool:
    """Support it no more; False for who did not. Raises `NotAllowedError` when it is open no more."""
    if one.status is not Status.OPEN:
        raise NotAllowedError
    mine = sa.and_(proposal_supports.c.proposal_id == one.id, proposal_supports.c.person_id == person_id)
    if (await unit.execute(sa.delete(proposal_supports).where(mine))).rowcount != 1:
        return False
    await _count(unit, one.id, -1)
    return True


async def _count(unit: Unit, proposal_id: int, change: int) -> None:
    counted = sa.update(proposals).where(proposals.c.id == proposal_id)
    await unit.execute(counted.values(supports=proposals.c.supports + change))


# -- staff


async def publish(unit: Unit, one: Proposal, shown: str, actor: str) -> None:
    """Let everybody read it, in the words staff looked through. Raises `NotAllowedError`."""
    values = {"status": Status.OPEN.value, "shown": shown, "published_at": unit.now}
    await _move(unit, one, (Status.WAITING,), values)
    await audit.write(unit, actor, "proposal.publish", f"proposal:{one.id}")
    await notes.tell_proposer(unit, one, "published")


async def keep_back(unit: Unit, one: Proposal, reason: str, actor: str) -> None:
    """Not publish it, and say why to its proposer. Raises `NotAllowedError`."""
    sealed = unit.vault.seal(reason.encode(), proposal_aad(one.id, "reason"))
    values = {"status": Status.KEPT_BACK.value, "reason": sealed, "ended_at": unit.now}
    await _move(unit, one, (Status.WAITING,), values)
    await audit.write(unit, actor, "proposal.keep_back", f"proposal:{one.id}")
    await notes.tell_proposer(unit, one, "kept_back", reason)


async def answer(unit: Unit, one: Proposal, to: Status, words: str, actor: str) -> None:
    """Staff's answer, public, with what comes of it; told to the proposer and the supporters. An answer may be
    followed by another (answered, then carried out). Raises `NotAllowedError`."""
    if to not in ENDS:
        raise NotAllowedError
    ended = None if to is Status.ANSWERED else unit.now
    values = {"status": to.value, "answer": words, "answered_at": unit.now, "ended_at": ended}
    await _move(unit, one, (Status.OPEN, Status.ANSWERED), values)
    await audit.write(unit, actor, "proposal.answer", f"proposal:{one.id}", to.value)
    await notes.tell_answer(unit, one, to.value, NAMES[to], words)


async def _move(unit: Unit, one: Proposal, before: tuple[Status, ...], values: dict[str, Any]) -> None:
    moved = sa.update(proposals).where(proposals.c.id == one.id, proposals.c.status == one.status.value)
    if one.status not in before or (await unit.execute(moved.values(**values))).rowcount != 1:
        raise NotAllowedError


def opened(unit: Unit, row: sa.RowMapping) -> Proposal:
    """A row with its words opened."""

    def words(part: str) -> str:
        return unit.vault.open(row[part], proposal_aad(row["id"], part)).decode() if row[part] else ""

    plain = ("id", "person_id", "shown", "answer", "supports", "made_at", "published_at", "answered_at")
    return Proposal(
        **{name: row[name] for name in plain},
        status=Status(row["status"]),
        words=words("words"),
        reason=words("reason"),
    )
