"""Writing to a case: what happened to it, its columns, the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.desk.members import may_open
from bot.i18n import N_, _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints.case import Case
from handlers.complaints.tables import case_events, case_media, cases, event_aad
from handlers.staff import service as staff

PERSON = "person"  # the actor of what people do to their own cases


def link(unit: Unit, case_id: int, media: Sequence[int]) -> None:
    """Pictures that belong to a case from now on."""
    for media_id in media:
        unit.insert(case_media, case_id=case_id, media_id=media_id, added_at=unit.now)


def note(
    unit: Unit,
    case_id: int,
    kind: str,
    actor: str,
    *,
    status: str = "",
    said: str = "",
    attachments: int = 0,
    shown: bool = True,
) -> int:
    """One more step of a case; `kind` is one of case.KINDS, `shown` to its person. Gives its id."""
    event_id = new_id()
    unit.insert(
        case_events,
        id=event_id,
        case_id=case_id,
        at=unit.now,
        kind=kind,
        status=str(status),
        actor=actor,
        words=unit.vault.seal(said.encode(), event_aad(event_id)) if said else None,
        attachments=attachments,
        shown=shown,
    )
    return event_id


async def change(unit: Unit, case: Case, **values: Any) -> None:
    """Set columns of a case."""
    await unit.execute(sa.update(cases).where(cases.c.id == case.id).values(updated_at=unit.now, **values))


async def tell_owner(unit: Unit, case: Case) -> None:
    """Let whoever follows a case up know in their chat that its person wrote; not what, and once an hour."""
    text = N_("{code}: the worker has written. It is on the desk.")
    await _tell(unit, case, text, f"case-words:{case.id}:{unit.now:%Y%m%d%H}")


async def tell_reopened(unit: Unit, case: Case) -> None:
    """Let whoever followed a case up know that its person opened it again."""
    text = N_("{code}: the worker has opened it again. It is on the desk.")
    await _tell(unit, case, text, f"case-again:{case.id}:{unit.now:%Y%m%d%H%M}")


async def _tell(unit: Unit, case: Case, text: str, key: str) -> None:
    """To the owner; a case that is nobody's is told to all, with the new ones (see reminding.py)."""
    owner = await owner_of(unit, case.owner)
    if owner is None:
        await change(unit, case, announced_at=None)
        return
    with speaking(await language_of(unit, owner)):
        reply = Reply(_(text).format(code=case.code), (sign_in_option(),))
        await notify(unit, owner, reply, dedupe_key=f"{key}:{owner}")


async def owner_of(unit: Unit, actor: str) -> int | None:
    """The person who follows a case up, where they still work on cases."""
    head, _sep, number = actor.partition(":")
    if head != "staff" or not number.isdecimal():
        return None
    role = await staff.role_of(unit, int(number))
    return int(number) if role is not None and may_open(role, "cases") else None


def sign_in_option() -> Option:
    """The button that sends a link to the desk."""
    return Option(_("Sign in at the desk"), "go:sign_in")
