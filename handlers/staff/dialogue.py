"""Becoming staff: the invitation code is sent in any chat."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from handlers.staff import service


def _is_code(text: str) -> float:
    return 1.0 if service.find_code(text) else 0.0


@dialogue("join_staff", title=N_("Join as staff"), hears=_is_code)
async def join_staff(talk: Talk) -> None:
    """Use an invitation code."""
    code = service.find_code(talk.opening) or ""
    role = await service.join(talk.store, talk.person.id, code)
    if role is None:
        await talk.say(_("This code does not work: used, too old, or mistyped. Ask for a new one."))
        return
    await talk.say(_("Welcome. You are now here as: {role}.").format(role=_(service.ROLES[role])))


DIALOGUES = (join_staff,)
