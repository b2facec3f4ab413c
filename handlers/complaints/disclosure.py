"""Opening who stands behind a case: the worker is asked in the chat, or a second member of staff approves.

An anonymous case has no name kept: its worker can give one, nobody else can open anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.desk.members import Member
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints.case import Case
from handlers.complaints.record import PERSON, change, note
from handlers.complaints.tables import case_aad, case_disclosures, disclosure_aad

APPROVED_FOR = timedelta(days=7)


class AlreadyAskedError(ValueError):
    """Such a request waits for an answer already."""


class NothingKeptError(ValueError):
    """The case is anonymous: there is no name to open."""


class SamePersonError(PermissionError):
    """Who asks can't approve."""


class NoSuchRequestError(LookupError):
    """There is no such request that waits."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One request, opened. `way`: consent, approval; `state`: waiting, granted, refused."""

    id: int
    way: str
    state: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    until: datetime | None


async def requests(unit: Unit, case_id: int) -> list[Disclosure]:
    """All requests about a case, oldest first."""
    table = case_disclosures
    rows = await unit.rows(sa.select(table).where(table.c.case_id == case_id).order_by(table.c.id))
    return [_opened(unit, row) for row in rows]


async def ask_worker(unit: Unit, member: Member, case: Case, reason: str) -> bool:
    """Ask the worker; gives whether they can be reached. Raises `AlreadyAskedError`."""
    request_id = await _ask(unit, member, case, "consent", reason)
    note(unit, case.id, "identity", member.actor, status="asked", said=reason)
    if case.person_id is None:
        return False
    with speaking(await language_of(unit, case.person_id)):
        text = _("{code}: the officer asks for your name and phone. Why: {reason}\nYou need not agree.")
        target = f"go:complaint_identity?case={case.id}&request={request_id}&say="
        options = (Option(_("I agree"), target + "yes"), Option(_("I do not agree"), target + "no"))
        return await notify(unit, case.person_id, Reply(text.format(code=case.code, reason=reason), options))


async def ask_colleague(unit: Unit, member: Member, case: Case, reason: str) -> None:
    """Ask for a second member's approval. Raises `AlreadyAskedError`, `NothingKeptError`."""
    if case.anonymous:
        raise NothingKeptError
    await _ask(unit, member, case, "approval", reason)
    note(unit, case.id, "identity", member.actor, status="approval", said=reason, shown=False)


async def _ask(unit: Unit, member: Member, case: Case, way: str, reason: str) -> int:
    table = case_disclosures
    same = sa.and_(table.c.case_id == case.id, table.c.way == way, table.c.state == "waiting")
    if await unit.value(sa.select(table.c.id).where(same).limit(1)) is not None:
        raise AlreadyAskedError
    row_id = new_id()
    sealed = unit.vault.seal(reason.encode(), disclosure_aad(row_id))
    asked = {"asked_by": member.actor, "asked_at": unit.now, "state": "waiting"}
    unit.insert(table, id=row_id, case_id=case.id, way=way, reason=sealed, **asked)
    return row_id


async def decide(unit: Unit, member: Member, case: Case, request_id: int, *, granted: bool) -> None:
    """A second member approves or refuses. Raises `NoSuchRequestError`, `SamePersonError`."""
    found = await waiting(unit, case.id, request_id, "approval")
    if found.asked_by == member.actor:
        raise SamePersonError
    until = unit.now + APPROVED_FOR if granted else None
    await _decided(unit, found, member.actor, granted=granted, until=until)
    note(unit, case.id, "identity", member.actor, status="approved" if granted else "denied", shown=granted)
    if granted and case.person_id is not None:
        with speaking(await language_of(unit, case.person_id)):
            text = _("{code}: two officers found it necessary to open your name and phone. Ask them why, here.")
            target = f"complaint_answer?case={case.id}"
            options = (Option(_("Write back"), f"go:{target}"),)
            await notify(unit, case.person_id, Reply(text.format(code=case.code), options), awaits=target)


async def agree(unit: Unit, case: Case, request_id: int, name: str = "", contact: str = "") -> None:
    """The worker agrees, and gives a name where the case had none. Raises `NoSuchRequestError`."""
    found = await waiting(unit, case.id, request_id, "consent")
    await _decided(unit, found, PERSON, granted=True)
    note(unit, case.id, "identity", PERSON, status="agreed")
    if name or contact:
        given = {"name": name, "contact": contact}
        sealed: dict[str, Any] = {
            part: unit.vault.seal(said.encode(), case_aad(case.id, part)) for part, said in given.items() if said
        }
        await change(unit, case, anonymous=False, **sealed)
    await audit.write(unit, f"person:{case.person_id}", "case.identity_agree", f"case:{case.id}")


async def refuse(unit: Unit, case: Case, request_id: int) -> None:
    """The worker does not agree. Raises `NoSuchRequestError`."""
    found = await waiting(unit, case.id, request_id, "consent")
    await _decided(unit, found, PERSON, granted=False)
    note(unit, case.id, "identity", PERSON, status="refused")


async def waiting(unit: Unit, case_id: int, request_id: int, way: str) -> Disclosure:
    """A request that waits. Raises `NoSuchRequestError`."""
    table = case_disclosures
    wanted = sa.and_(
        table.c.id == request_id, table.c.case_id == case_id, table.c.way == way, table.c.state == "waiting"
    )
    row = await unit.first(unit.locking(sa.select(table).where(wanted)))
    if row is None:
        raise NoSuchRequestError
    return _opened(unit, row)


async def _decided(unit: Unit, one: Disclosure, by: str, *, granted: bool, until: datetime | None = None) -> None:
    values: dict[str, Any] = {"state": "granted" if granted else "refused", "until": until}
    changed = sa.update(case_disclosures).where(case_disclosures.c.id == one.id)
    await unit.execute(changed.values(decided_by=by, decided_at=unit.now, **values))


def _opened(unit: Unit, row: sa.RowMapping) -> Disclosure:
    reason = unit.vault.open(row["reason"], disclosure_aad(row["id"])).decode() if row["reason"] else ""
    asked = (row["asked_by"], row["asked_at"])
    return Disclosure(row["id"], row["way"], row["state"], reason, *asked, row["decided_by"], row["until"])
