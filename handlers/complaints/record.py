"""Writing to a case: what happened to it, its columns, the pictures that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints.case import Case
from handlers.complaints.tables import case_events, case_media, cases, event_aad

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
) -> None:
    """One more step of a case; `kind` is one of case.KINDS, `shown` to its person."""
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


async def change(unit: Unit, case: Case, **values: Any) -> None:
    """Set columns of a case."""
    await unit.execute(sa.update(cases).where(cases.c.id == case.id).values(updated_at=unit.now, **values))


async def tell_owner(unit: Unit, case: Case) -> None:
    """Let whoever follows a case up know in their chat that its person wrote; not what."""
    head, _sep, number = case.owner.partition(":")
    if head != "staff" or not number.isdecimal():
        return
    with speaking(await language_of(unit, int(number))):
        text = _("{code}: the worker has written. It is on the desk.").format(code=case.code)
        await notify(unit, int(number), Reply(text, (Option(_("Sign in at the desk"), "go:sign_in"),)))
