"""Replies as Telegram messages: plain text (never parsed as markup), options as an inline keyboard, in few messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from unicodedata import east_asian_width
from urllib.parse import urlsplit

from bot.channels.base import Payload
from bot.channels.split import split
from bot.channels.telegram.limits import (
    BUTTONS,
    CALLBACK_BYTES,
    CAPTION_UNITS,
    HALF_ROW,
    TEXT_UNITS,
    WHOLE_ROW,
    utf16_units,
)
from bot.messages import Option, Reply, shortened

LABEL = 40  # characters of a button that a phone shows
Row = list[dict[str, str]]


def messages(replies: Sequence[Reply]) -> list[Payload]:
    """The messages of one turn: texts joined, split at the limit; the keyboard hangs on the last one. A label no phone
    shows whole stands in the text, under the number that can be typed for it."""
    made: list[Payload] = []
    texts: list[str] = []
    buttons: list[Row] = []
    number = 0
    for reply in replies:
        said = reply.text
        if reply.kind == "image":
            fits = utf16_units(said) <= CAPTION_UNITS
            made += [*_texts(texts), {"method": "photo", "url": reply.url, "text": said if fits else ""}]
            texts, said = [], "" if fits else said
        elif reply.url and _tappable(reply.url):
            buttons.append([{"text": said.rstrip(" :：")[:LABEL] or reply.url[:LABEL], "url": reply.url}])
            said = said if len(said) > LABEL else ""
        elif reply.url:
            said = f"{said}\n{reply.url}".strip()
        options, lines = _told(reply.options, number)
        number += sum(one.numbered for one in reply.options)
        texts += [part] if (part := "\n".join([said, *lines] if said else lines)) else []
        buttons += rows(options)
    made += _texts(texts)
    if buttons:
        if not made:
            made = _texts([buttons[0][0]["text"]]) or [{"method": "text", "text": "…"}]
        made[-1]["buttons"] = _at_most(buttons)
    return made


def _texts(texts: Sequence[str]) -> list[Payload]:
    whole = "\n\n".join(texts)
    return [{"method": "text", "text": piece} for piece in split(whole, TEXT_UNITS, utf16_units) if piece]


def _tappable(url: str) -> bool:
    """True for what Telegram takes as a button's address: it refuses the whole message for `localhost`."""
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and "." in (parts.hostname or "")


def rows(options: Sequence[Option]) -> list[Row]:
    """Buttons in rows: two short ones side by side, a long one alone."""
    found: list[Row] = []
    room = False  # the last row has one short button
    for option in options:
        button = {"text": option.label, "data": shortened(option.value, CALLBACK_BYTES)}
        short = _columns(option.label) <= HALF_ROW
        if room and short:
            found[-1].append(button)
        else:
            found.append([button])
        room = short and len(found[-1]) == 1
    return found


def _told(options: Sequence[Option], before: int) -> tuple[list[Option], list[str]]:
    """Options with labels that fit, and lines for those whose own do not. `before`: the last number given."""
    fitting: list[Option] = []
    lines: list[str] = []
    for option in options:
        before += option.numbered
        if _columns(option.label) <= WHOLE_ROW or not option.numbered:
            fitting.append(option)
            continue
        line = f"{before} {option.label}"
        lines.append(line)
        fitting.append(replace(option, label=_cut(line)))
    return fitting, lines


def _cut(line: str) -> str:
    kept = line
    while _columns(kept) > WHOLE_ROW - 1:
        kept = kept[:-1]
    return f"{kept.rstrip(' ·，、')}…"


def _columns(label: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in label)


def _at_most(buttons: Sequence[Row]) -> list[Row]:
    """As many rows as one message may have; the other options can be typed."""
    kept: list[Row] = []
    for row in buttons:
        if sum(map(len, kept)) + len(row) > BUTTONS:
            break
        kept.append(row)
    return kept
