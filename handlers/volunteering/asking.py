"""What the dialogues of volunteering share: reading a button's number, and what is said when nothing is behind it."""

from __future__ import annotations

from bot.dialogue import Talk
from bot.i18n import _
from bot.messages import Option
from bot.settings import Settings

LARGEST_ID = 2**63 - 1


def number_in(talk: Talk, name: str) -> int:
    """The id a button carries; 0, which nothing has, when it carries none."""
    given = talk.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= LARGEST_ID else 0


def link(talk: Talk, path: str) -> str:
    """The address of one of our pages as this channel needs it; "" where none can be given."""
    if talk.person.channel == "web":
        return path
    base = talk.use(Settings).public_url
    return f"{base}{path}" if base else ""


async def missing(talk: Talk) -> None:
    """There is no such thing, or it is somebody else's."""
    await talk.say(_("I find no such activity."), [Option(_("What there is"), "go:volunteer")])
