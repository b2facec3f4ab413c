"""What a button carries to the dialogue it opens."""

from __future__ import annotations

from bot.dialogue.talk import Talk

LARGEST_ID = 2**63 - 1


def id_in(talk: Talk, name: str) -> int:
    """The id under this name; 0, which nothing has, when there is none."""
    given = talk.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= LARGEST_ID else 0
