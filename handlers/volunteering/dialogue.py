"""做志愿: what there is to know. Sign-up is not built yet, so nothing is promised."""

from __future__ import annotations

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option


@dialogue("volunteer", title=N_("Volunteer"), words=["做志愿", "志愿", "志愿活动", "volunteer"], after="offer")
async def volunteer(talk: Talk) -> None:
    """The rules, and people to ask."""
    options = [Option(_("Rules and points"), "go:ask?topic=volunteer"), Option(_("Ask staff"), "go:handover")]
    await talk.say(_("Sign-up is not open here yet. You can read the rules first, or ask our staff."), options)


DIALOGUES = (volunteer,)
