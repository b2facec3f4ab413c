"""Reading a message out of a request: JSON or a form, never more of it in memory than is allowed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request

from bot.channels.web.limits import JSON_BYTES, KEY_CHARACTERS
from bot.channels.web.refusal import Refused
from bot.i18n import _
from bot.messages import Media

UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the page. `key` is the client's own: the same key is the same message."""

    key: str
    text: str = ""
    choice: str = ""
    photos: tuple[Media, ...] = ()


async def read_json(request: Request) -> Said:
    """A message from a JSON body. Raises `Refused`."""
    chunks: list[bytes] = []
    async for chunk in capped(request, JSON_BYTES, _("That is too long. Please send it in parts.")):
        chunks.append(chunk)
    try:
        data = orjson.loads(b"".join(chunks))
    except orjson.JSONDecodeError:
        data = None
    if not isinstance(data, dict):
        raise Refused(400, "json", _('Send a JSON object such as {"key": "1", "text": "hello"}.'))
    return _checked(data)


def _checked(data: dict[str, Any]) -> Said:
    key, text, choice = (data.get(name, "") for name in ("key", "text", "choice"))
    if not (isinstance(key, str) and isinstance(text, str) and isinstance(choice, str)):
        raise Refused(400, "type", _("“key”, “text” and “choice” must be strings."))
    said = Said(good_key(key), plain(text), plain(choice))
    if said.text and said.choice:
        raise Refused(400, "both", _("Send either “text” or “choice”, not both."))
    if not said.text and not said.choice:
        raise Refused(400, "empty", _("There is nothing in it. Please write something."))
    return said


def good_key(key: str) -> str:
    """The key, if it can be one."""
    if not 1 <= len(key) <= KEY_CHARACTERS:
        raise Refused(400, "key", _("“key” must have 1 to {most} characters.").format(most=KEY_CHARACTERS))
    return key


def plain(text: str) -> str:
    """What a person wrote, without the control characters no keyboard makes."""
    return UNPRINTABLE.sub("", text).strip()


async def capped(request: Request, most: int, sentence: str) -> AsyncIterator[bytes]:
    """The body in chunks; refuses with 413 as soon as it is, or says it will be, past `most` bytes. The server reads
    what is still on its way into nothing, so that a client hears the answer and not a reset."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:20]) > most:
        raise Refused(413, "too large", sentence)
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Refused(413, "too large", sentence)
        yield chunk
