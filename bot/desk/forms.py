"""Reading what a form of the desk sends: small, URL-encoded, every field a plain string."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from bot.channels.web.body import capped, plain
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


async def read_with_photo(request: Request) -> tuple[dict[str, str], bytes]:
    """(the fields, the content of the part `photo`, empty when none was chosen) of a form that may hold one picture,
    up to 10 MB. Raises `Refused`."""
    from bot.channels.web.form import FormReader, boundary_of
    from bot.channels.web.limits import FORM_BYTES
    from bot.channels.web.refusal import Refused as RefusedThere

    boundary = boundary_of(request.headers.get("content-type", ""))
    if boundary is None:
        return await read(request), b""
    try:
        reader = FormReader(boundary)
        async for chunk in capped(request, FORM_BYTES, _("That is too large to send.")):
            reader.parser.write(chunk)
        reader.parser.finalize()
        fields = {one.name: bytes(one.content).decode() for one in reader.finished if not one.is_photo}
    except RefusedThere as refusal:
        raise Refused(refusal.status, refusal.sentence) from None
    except ValueError:  # a form that can't be read, or words that are no UTF-8
        raise Refused(400, _("That form did not arrive whole.")) from None
    if not reader.is_whole or len(fields) > MOST_FIELDS:
        raise Refused(400, _("That form did not arrive whole."))
    photo = next((bytes(one.content) for one in reader.finished if one.is_photo), b"")
    return {name: plain(value).replace("\r\n", "\n") for name, value in fields.items()}, photo


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
