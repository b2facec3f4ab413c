"""What stands before an answer, in the same message where it can."""

from __future__ import annotations

import re
from collections.abc import Awaitable
from dataclasses import replace

from bot.dialogue.talk import Talk
from bot.i18n import DEFAULT, language
from bot.messages import Reply
from bot.store.codes import BadCode, parse_code
from bot.understand.sound import typed

_ENGLISH = re.compile(r"[a-z']+(?:[ ,.;]+[a-z0-9']+){2,}\W*", re.I)  # a sentence
LONGEST = 200  # characters looked at
FOR_ENGLISH = "For English, reply “English”."


async def led(talk: Talk, lead: str, step: Awaitable[None]) -> None:
    """One message, not two: the lead, and below it what the step says first."""
    before = len(talk.replies)
    await step
    if len(talk.replies) > before:
        first = talk.replies[before]
        talk.replies[before] = replace(first, text=f"{lead}\n{first.text}")
    else:
        await talk.say(lead)


def mention_english(talk: Talk) -> None:
    """Once: who writes English to us is told how to be answered in it."""
    if language() == DEFAULT and "english" not in talk.memory and _is_english(talk.said.text.strip()[:LONGEST]):
        talk.memory["english"] = True
        talk.replies.insert(0, Reply(FOR_ENGLISH))


def _is_english(said: str) -> bool:
    """A sentence of it; pinyin, and a receipt that happens to have no digit, typed with spaces, are none."""
    if not said.isascii() or _ENGLISH.fullmatch(said) is None or typed(said):
        return False
    try:
        parse_code(said)
    except BadCode:
        return True
    return False
