"""Where a button of a broadcast may lead, and what stands on it unless staff say otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import N_, _
from bot.store.unit import Unit
from handlers.broadcasts.words import Words
from handlers.policy.service import ReadingRoom
from handlers.volunteering.service import NoSuchSlotError, Slot, coming
from handlers.volunteering.service import find as find_slot

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Way:
    """One kind of target: the dialogue and, where it needs one, what it is started with (`takes`: slot, id)."""

    name: str
    label: str
    dialogue: str
    takes: str = ""


WAYS = (
    Way("volunteer", N_("Sign up"), "volunteer"),
    Way("slot", N_("Sign up"), "volunteer", "slot"),
    Way("insurance", N_("Join insurance"), "insurance"),
    Way("complaint", N_("File a complaint"), "complaint"),
    Way("article", N_("Read more"), "article", "id"),
)
NAMES = {
    "volunteer": N_("The list of activities"),
    "slot": N_("One activity"),
    "insurance": N_("Joining social insurance"),
    "complaint": N_("Filing a complaint"),
    "article": N_("A policy article"),
}
BY_NAME = {one.name: one for one in WAYS}


def target(name: str, which: str = "") -> str:
    """What a button carries: name?key=value."""
    way = BY_NAME[name]
    return f"{way.dialogue}?{way.takes}={which}" if way.takes else way.dialogue


def read(value: str) -> tuple[str, str]:
    """The opposite of `target`: (name, which); ("", "") for what is none."""
    head, _sep, query = value.partition("?")
    takes, _sep, which = query.partition("=")
    found = next((one.name for one in WAYS if one.dialogue == head and one.takes == takes), "")
    return found, which


def label(name: str) -> str:
    """What stands on the button in the language in force."""
    return _(BY_NAME[name].label)


async def is_there(unit: Unit, room: ReadingRoom, name: str, which: str) -> bool:
    """False for an activity or an article that does not exist."""
    if name == "slot":
        return await slot(unit, which) is not None
    if name == "article":
        return which in room.answers.library.shelf.by_id
    return name in BY_NAME


async def slot(unit: Unit, which: str) -> Slot | None:
    """The activity with this id, as a button or an address carries it; None when there is none."""
    if not which.isascii() or not which.isdigit() or len(which) > 19 or int(which) > LARGEST_ID:
        return None
    try:
        return await find_slot(unit, int(which))
    except NoSuchSlotError:
        return None


async def called(unit: Unit, words: Words) -> list[Slot]:
    """The activities its buttons lead to, each once."""
    wanted = dict.fromkeys(which for name, which in (read(one.target) for one in words.buttons) if name == "slot")
    found = [await slot(unit, which) for which in wanted]
    return [one for one in found if one is not None]


async def slots(unit: Unit) -> list[tuple[str, str]]:
    """Activities to come, to choose from: (id, title)."""
    return [(str(one.id), one.title) for one in await coming(unit, "", "", most=30)]


def articles(room: ReadingRoom) -> list[tuple[str, str]]:
    """Articles to choose from: (id, title)."""
    return sorted((one.id, one.title) for one in room.answers.library.shelf.by_id.values())
