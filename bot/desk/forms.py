"""Reading what a form of the desk sends: small, URL-encoded, every field a plain string."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.channels.web.body import plain
from bot.desk.refusal import Refused
from bot.i18n import _

MOST_BYTES = 64 * 1024
MOST_FIELDS = 100


async def read(request: Request) -> dict[str, str]:
    """The fields of a form; of one that comes twice, the last. Raises `Refused`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/x-www-form-urlencoded":
        raise Refused(415, _("That is not a form of this desk."))
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise Refused(413, _("That is too long. Please shorten it."))
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise Refused(400, _("That form did not arrive whole.")) from None
    return {name: plain(value).replace("\r\n", "\n") for name, value in pairs}


def needed(form: Mapping[str, str], name: str, longest: int) -> str:
    """The words of a field that must not be empty. Raises `Refused`."""
    words = form.get(name, "").strip()
    if not words:
        raise Refused(400, _("Please write something first."))
    return limited(words, longest)


def optional(form: Mapping[str, str], name: str, longest: int) -> str:
    """The words of a field that may be empty. Raises `Refused` when they are too long."""
    return limited(form.get(name, "").strip(), longest)


def limited(words: str, longest: int) -> str:
    """The words, when they fit. Raises `Refused`."""
    if len(words) > longest:
        raise Refused(400, _("That is too long: at most {longest} characters.").format(longest=longest))
    return words
