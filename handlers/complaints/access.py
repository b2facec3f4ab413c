"""The gates to cases for staff: one function a kind, one condition a line; passing one is in the audit log."""

from __future__ import annotations

import sqlalchemy as sa

from bot.desk.members import Member, may_open
from bot.store import audit
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.complaints.case import Case, open_case, words
from handlers.complaints.service import NoSuchCaseError
from handlers.complaints.tables import case_disclosures, case_media, cases


class NotYourAreaError(PermissionError):
    """This role has nothing to do with complaints."""


class SealedError(PermissionError):
    """Nobody has agreed that the identity be opened."""


async def access_case(unit: Unit, member: Member, case_id: int, action: str = "case.read", detail: str = "") -> Case:
    """The gate to a case, for reading or, by another `action`, for a change; the row stays locked till the commit.

    Raises `NotYourAreaError`, `NoSuchCaseError`.
    """
    if not may_open(member.role, "cases"):
        raise NotYourAreaError
    row = await unit.first(unit.locking(sa.select(cases).where(cases.c.id == case_id)))
    if row is None:
        raise NoSuchCaseError
    await audit.write(unit, member.actor, action, f"case:{case_id}", detail)
    return open_case(unit.vault, row)


async def access_list(unit: Unit, member: Member, detail: str) -> None:
    """The gate to the list of cases, which shows no words of anybody; `detail` is what was asked for."""
    if not may_open(member.role, "cases"):
        raise NotYourAreaError
    await audit.write(unit, member.actor, "case.list", "cases", detail)


async def access_photo(unit: Unit, member: Member, case_id: int, media_id: int) -> str:
    """The gate to a picture of a case; gives its state: wanted, kept or failed."""
    await access_case(unit, member, case_id, "case.photo", f"media:{media_id}")
    belongs = sa.and_(case_media.c.case_id == case_id, case_media.c.media_id == media_id)
    state = await unit.value(sa.select(media.c.status).join_from(case_media, media).where(belongs))
    if state is None:
        raise NoSuchCaseError
    return str(state)


async def access_identity(unit: Unit, member: Member, case_id: int) -> tuple[str, str]:
    """The gate to who stands behind a case: (name, contact), "" for what was not given.

    Raises `SealedError` unless its person agreed, or a second member approved and the approval has not run out.
    """
    await access_case(unit, member, case_id, "case.identity")
    if not await is_granted(unit, case_id):
        raise SealedError
    row = await unit.first(sa.select(cases).where(cases.c.id == case_id))
    assert row is not None
    return words(unit.vault, row, "name"), words(unit.vault, row, "contact")


async def note_refused(unit: Unit, member: Member, case_id: int, refusal: Exception) -> None:
    """Write down that a look at an identity was refused, and why: the transaction it was asked in is undone."""
    why = "no such case" if isinstance(refusal, NoSuchCaseError) else await _why_sealed(unit, case_id)
    await audit.write(unit, member.actor, "case.identity_refused", f"case:{case_id}", why)


async def _why_sealed(unit: Unit, case_id: int) -> str:
    """How the last request stands: waiting, refused, run out; or that there is none."""
    table = case_disclosures
    newest = sa.select(table.c.way, table.c.state).where(table.c.case_id == case_id).order_by(table.c.id.desc())
    row = await unit.first(newest.limit(1))
    if row is None:
        return "nobody asked for it"
    return f"{row['way']} {'run out' if row['state'] == 'granted' else row['state']}"


async def is_granted(unit: Unit, case_id: int) -> bool:
    """True while the identity of a case may be opened."""
    table = case_disclosures
    lasts = sa.or_(table.c.until.is_(None), table.c.until > unit.now)
    granted = sa.select(table.c.id).where(table.c.case_id == case_id, table.c.state == "granted", lasts)
    return await unit.value(granted.limit(1)) is not None
