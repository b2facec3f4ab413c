"""Replies as Telegram messages: plain text (never parsed as markup), options as an inline keyboard, in few messages."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.base import Payload
from bot.channels.split import split
from bot.channels.telegram.limits import BUTTON_ROW, CALLBACK_BYTES, TEXT_UNITS, utf16_units
from bot.messages import Option, Reply, shortened


def messages(replies: Sequence[Reply]) -> list[Payload]:
    """The messages of one turn: texts joined, split at the limit; the keyboard hangs on the last one."""
    made: list[Payload] = []
    texts: list[str] = []
    buttons: list[list[dict[str, str]]] = []
    for reply in replies:
        if reply.kind == "image":
            made += [*_texts(texts), {"method": "photo", "url": reply.url, "text": reply.text}]
            texts = []
        elif reply.text:
            texts.append(reply.text)
        if reply.url and reply.kind in {"link", "file"}:
            buttons.append([{"text": reply.text[:40] or reply.url, "url": reply.url}])
        buttons += rows(reply.options)
    made += _texts(texts)
    if buttons and made:
        made[-1]["buttons"] = buttons
    return made


def _texts(texts: Sequence[str]) -> list[Payload]:
    whole = "\n\n".join(texts)
    return [{"method": "text", "text": piece} for piece in split(whole, TEXT_UNITS, utf16_units) if piece]


def rows(options: Sequence[Option]) -> list[list[dict[str, str]]]:
    """Buttons in rows: two short ones side by side, a long one alone."""
    found: list[list[dict[str, str]]] = []
    for option in options:
        button = {"text": option.label, "data": shortened(option.value, CALLBACK_BYTES)}
        last = found[-1] if found else None
        if last is not None and len(last) == 1 and len(last[0]["text"]) + len(option.label) <= BUTTON_ROW:
            last.append(button)
        else:
            found.append([button])
    return found
