"""What the dialogues of volunteering share: consent, reading a button's number, where somebody is, what is said when
nothing is behind a button."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dialogue import Talk
from bot.i18n import _
from bot.messages import Option
from bot.settings import Settings
from handlers.profile.service import ensure_consent
from handlers.volunteering.spots import Degrees

LARGEST_ID = 2**63 - 1
HERE_FOR = timedelta(hours=2)  # so long a location somebody sent is gone by


async def agreed(talk: Talk) -> None:
    """Consent, before the first thing about a person is noted here; goes no further when it is refused."""
    short = _(
        "Before I sign you up: community staff see only a number and your trade, not your name or account. "
        "It is stored encrypted, and “Erase me” deletes it. Agree?"
    )
    whole = _(
        "What we keep: which activities you sign up for, when you were there, your points.\n"
        "What for: to run the activities and to certify your hours.\n"
        "Who sees it: community staff see a number and your trade. Your platform sees nothing.\n"
        "How: encrypted. Hours stay until you erase them, so that they can be certified.\n"
        "Your rights: “My data” shows it, “Erase me” deletes it."
    )
    await ensure_consent(talk, short, whole)


def number_in(talk: Talk, name: str) -> int:
    """The id a button carries; 0, which nothing has, when it carries none."""
    given = talk.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= LARGEST_ID else 0


def remember_here(talk: Talk, here: Degrees) -> None:
    """Keep where the person is, to about a hundred metres, for two hours."""
    talk.memory["volunteering.here"] = [round(here[0], 3), round(here[1], 3), int(talk.now.timestamp())]


def here_still(talk: Talk) -> Degrees | None:
    """Where the person said to be a while ago; None when that is too long ago, and then it is forgotten."""
    kept = talk.memory.get("volunteering.here")
    if not kept:
        return None
    if talk.now - datetime.fromtimestamp(kept[2], talk.now.tzinfo) > HERE_FOR:
        talk.memory.pop("volunteering.here")
        return None
    return kept[0], kept[1]


def link(talk: Talk, path: str) -> str:
    """The address of one of our pages as this channel needs it; "" where none can be given."""
    if talk.person.channel == "web":
        return path
    base = talk.use(Settings).public_url
    return f"{base}{path}" if base else ""


async def missing(talk: Talk) -> None:
    """There is no such thing, or it is somebody else's."""
    await talk.say(_("I find no such activity."), [Option(_("What there is"), "go:volunteer")])
