"""Replies as WeChat texts: options as tappable links with numbers beside them, split at 2047 bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.channels.base import Held, Payload
from bot.channels.numbered import numbered
from bot.channels.split import split, utf8_bytes
from bot.channels.wechat.limits import TEXT_BYTES
from bot.messages import Option, Reply

_TAG = re.compile(r"<(?=\s*/?\s*a\b)", re.IGNORECASE)  # begins or ends a link
# Characters that would end a link or its address. Their full-width forms mean the same to bot/understand.
_SPECIAL = str.maketrans({sign: chr(ord(sign) + 0xFEE0) for sign in '"<>&#%+?='})


def link(number: int, option: Option) -> str:
    """An option as a link that sends its label (W10: undocumented, ids come back as 0, so the label decides)."""
    return _link(number, option.label)


@lru_cache(maxsize=512)  # most people are shown the same few: the menu's, a form's
def _link(number: int, label: str) -> str:
    label = " ".join(label.split())
    sent, shown = label.translate(_SPECIAL), label.replace("<", "＜").replace(">", "＞")
    mark = number or "·"
    return f'{mark} <a href="weixin://bizmsgmenu?msgmenucontent={sent}&msgmenuid={number}">{shown}</a>'


def harmless(reply: Reply) -> Reply:
    """The reply without links in its words: what one says, tapped, is said in the name of who reads it."""
    return replace(reply, text=_TAG.sub("＜", reply.text)) if "<" in reply.text else reply


def texts(replies: Sequence[Reply]) -> list[str]:
    """All replies of a turn in as few texts as can be: with links, or with numbers only where that saves a text."""
    replies = [harmless(one) for one in replies]
    linked = "\n\n".join(numbered(replies, link))
    if utf8_bytes(linked) > TEXT_BYTES:
        bare = "\n\n".join(numbered(replies))
        if utf8_bytes(bare) <= TEXT_BYTES:
            return [bare]
    return [piece for piece in split(linked, TEXT_BYTES) if piece]


def waiting(payload: Payload) -> list[str]:
    """The texts of an outbox row: one of our own, or what is the same for every channel."""
    return texts([Reply.from_json(payload["reply"])]) if "reply" in payload else [str(payload["text"])]


@dataclass(frozen=True, slots=True)
class Turn:
    """The text of the passive reply, what follows it, and the held rows that are told by this."""

    first: str = ""
    rest: tuple[str, ...] = ()
    told: tuple[int, ...] = ()


def turn(replies: Sequence[Reply], held: Sequence[Held]) -> Turn:
    """What waited for the person comes before the answer, oldest first, while there is room for both in one text.

    The oldest is told in any case, and the answer after it: an account without customer-service messages has no other
    way, and what is too long to share a text would wait for ever.
    """
    answer = texts(replies)
    if not answer:
        return Turn()
    told: list[int] = []
    lead: list[str] = []
    for one in held:
        more = [*lead, *waiting(one.payload)]
        if lead and utf8_bytes("\n\n".join([*more, answer[0]])) > TEXT_BYTES:
            break
        lead, told = more, [*told, one.id]
    whole = "\n\n".join([*lead, answer[0]])
    pieces = [whole, *answer[1:]] if utf8_bytes(whole) <= TEXT_BYTES else [*lead, *answer]
    return Turn(pieces[0], tuple(pieces[1:]), tuple(told))
