"""What the dialogues of volunteering share: reading a button's number, and what is said when nothing is behind it."""

from __future__ import annotations

from bot.dialogue import Talk
from bot.i18n import _
from bot.messages import Option

LARGEST_ID = 2**63 - 1


def number_in(talk: Talk, name: str) -> int:
    """The id a button carries; 0, which nothing has, when it carries none."""
    given = talk.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= LARGEST_ID else 0


async def missing(talk: Talk) -> None:
    """There is no such thing, or it is somebody else's."""
    await talk.say(_("I find no such activity."), [Option(_("What there is"), "go:volunteer")])
