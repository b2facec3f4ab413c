"""What goes out unasked about proposals: to staff, to the proposer, to who supports one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bot import notices
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.store.unit import Unit
from handlers.council.tables import proposal_supports
from handlers.staff import service as staff

if TYPE_CHECKING:
    from handlers.council.service import Proposal

TOPIC = "council"
EXCERPT = 40  # characters


async def tell_staff(unit: Unit, proposal_id: int) -> None:
    """A new one waits: to community staff, to the administrators where there are none."""

    def made() -> Reply:
        text = _("A new proposal waits at the desk under “Council”, to be looked through and published.")
        return Reply(text, (Option(_("Sign in at the desk"), "go:sign_in"),))

    members = await staff.members(unit)
    found = [one.person_id for one in members if one.role == "community"]
    for person_id in sorted(found or [one.person_id for one in members if one.role == "admin"]):
        await _tell(unit, person_id, made, f"council:new:{proposal_id}:{person_id}", TOPIC)


async def tell_proposer(unit: Unit, one: Proposal, what: str, reason: str = "") -> None:
    """Published, or why not: a matter of their own, so it always comes."""
    if one.person_id is None:
        return

    def made() -> Reply:
        texts = {
            "published": _("Your proposal “{words}” is public now; others can support it."),
            "kept_back": _("Your proposal “{words}” was not published. Why: {reason}"),
        }
        said = texts[what].format(words=excerpt(one.words), reason=reason)
        return Reply(said, (Option(_("Look at it"), f"go:council?proposal={one.id}"),))

    await _tell(unit, one.person_id, made, f"council:{what}:{one.id}", "")


async def tell_answer(unit: Unit, one: Proposal, state: str, name: str, words: str) -> None:
    """Staff's answer: to the proposer always, to who supports it unless they want none of it."""

    def made() -> Reply:
        text = _("Council, “{proposal}”: {state}. {words}")
        said = text.format(proposal=excerpt(one.shown), state=_(name), words=words)
        return Reply(said, (Option(_("Look at it"), f"go:council?proposal={one.id}"),))

    supporting = sa.select(proposal_supports.c.person_id).where(proposal_supports.c.proposal_id == one.id)
    everybody = sorted((await unit.execute(supporting)).scalars())
    stamp = f"{unit.now:%m%d%H%M%S}"
    if one.person_id is not None:
        await _tell(unit, one.person_id, made, f"council:{state}:{one.id}:{stamp}", "")
    for person_id in everybody:
        await _tell(unit, person_id, made, f"council:{state}:{one.id}:{person_id}:{stamp}", TOPIC)


def excerpt(words: str) -> str:
    """The beginning, on one line."""
    flat = " ".join(words.split())
    return flat if len(flat) <= EXCERPT else f"{flat[:EXCERPT]}…"


async def _tell(unit: Unit, person_id: int, made: Callable[[], Reply], dedupe: str, topic: str) -> None:
    with speaking(await notices.language_of(unit, person_id)):
        await notices.notify(unit, person_id, made(), topic=topic, dedupe_key=dedupe)
