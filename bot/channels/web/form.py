"""Reading a form with photos, part by part: one photo in memory at a time, never one in the clear on disk.

Starlette's own form reader would spool large parts into temporary files, unencrypted; so the parser is fed here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request

from bot.channels.web.body import Said, capped, good_key, plain
from bot.channels.web.limits import FORM_BYTES, JSON_BYTES, MOST_PHOTOS, PHOTO_BYTES
from bot.channels.web.refusal import Refused
from bot.filetypes import REASONS, NotTaken, judge
from bot.i18n import _
from bot.messages import Media

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartParser

# (content, name, media type, the key if it came before) -> the stored photo; None when it need not be stored
Keep = Callable[[bytes, str, str, str], Awaitable[Media | None]]


@dataclass(slots=True)
class Part:
    """One part of a form while it comes in."""

    headers: dict[str, bytes] = field(default_factory=dict)
    name: str = ""
    file_name: str | None = None
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_photo(self) -> bool:
        """True for what counts as a photo, whether or not it is one."""
        return self.name in {"photo", "file"}

    @property
    def is_nothing(self) -> bool:
        """True for what a form sends when no file was chosen."""
        return self.is_photo and not self.content and not self.file_name

    def begin(self) -> None:
        """Read the headers."""
        from python_multipart.multipart import parse_options_header

        _kind, options = parse_options_header(self.headers.get("content-disposition", b""))
        self.name = options.get(b"name", b"").decode(errors="replace")
        file_name = options.get(b"filename")
        self.file_name = None if file_name is None else file_name.decode(errors="replace")


class FormReader:
    """Feeds a parser and gathers its parts; `finished` holds those not yet dealt with."""

    def __init__(self, boundary: bytes) -> None:
        from python_multipart.multipart import MultipartParser

        self.finished: list[Part] = []
        self.words = 0  # bytes in parts that are no photo
        self.photos = 0  # photos seen, those under way included
        self.is_whole = False
        self._part = Part()
        self._field = self._value = b""
        self.parser: MultipartParser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._close,
            },
        )

    def _begin(self) -> None:
        self._part = Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._part.headers[self._field.decode("latin-1").lower()] = self._value
        self._field = self._value = b""

    def _headers_finished(self) -> None:
        self._part.begin()

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.is_photo:
            if len(part.content) + end - start > PHOTO_BYTES:
                raise Refused(413, "photo too large", _("That photo is over 10 MB. Please choose a smaller one."))
            if not part.content:
                self._count_photo()
        else:
            self.words += end - start
            if self.words > JSON_BYTES:
                raise Refused(413, "too large", _("That is too long. Please send it in parts."))
        part.content += data[start:end]

    def _count_photo(self) -> None:
        self.photos += 1
        if self.photos > MOST_PHOTOS:
            raise Refused(400, "photos", _("At most 9 photos at a time."))

    def _end(self) -> None:
        self.finished.append(self._part)
        self._part = Part()

    def _close(self) -> None:
        self.is_whole = True


class Form:
    """What a form has said so far."""

    def __init__(self, keep: Keep) -> None:
        self.keep = keep
        self.values = {"key": "", "text": ""}
        self.photos: list[Media] = []

    async def read(self, request: Request, boundary: bytes) -> Said:
        """The message. Raises `Refused`; `photos` then holds what was stored before."""
        from python_multipart.exceptions import FormParserError

        reader = _reader(boundary)
        too_large = _("That is too large to send.")
        try:
            async for chunk in capped(request, FORM_BYTES, too_large):
                reader.parser.write(chunk)
                await self._take(reader)
            reader.parser.finalize()
        except FormParserError:
            raise _broken() from None
        if not reader.is_whole:
            raise _broken()
        return self._said(reader.photos)

    async def _take(self, reader: FormReader) -> None:
        for part in reader.finished:
            if part.is_photo and not part.is_nothing:
                await self._take_photo(part)
            elif part.name in self.values:
                self.values[part.name] = _decoded(bytes(part.content))
        reader.finished.clear()

    async def _take_photo(self, part: Part) -> None:
        content, part.content = bytes(part.content), bytearray()
        try:
            _kind, mime = await judge(content)
        except NotTaken as refused:
            raise Refused(400, f"no picture: {refused.reason}", _(REASONS[refused.reason])) from None
        stored = await self.keep(content, (part.file_name or "")[:200], mime, self.values["key"])
        if stored is not None:
            self.photos.append(stored)

    def _said(self, photos: int) -> Said:
        said = Said(good_key(self.values["key"]), plain(self.values["text"]), photos=tuple(self.photos))
        if not said.text and not photos:
            raise Refused(400, "empty", _("There is nothing in it. Please write something."))
        return said


def boundary_of(content_type: str) -> bytes | None:
    """The boundary of a multipart form; None for any other content; b"" when a form names none."""
    from python_multipart.multipart import parse_options_header

    kind, options = parse_options_header(content_type)
    return options.get(b"boundary", b"") if kind == b"multipart/form-data" else None


def _reader(boundary: bytes) -> FormReader:
    from python_multipart.exceptions import FormParserError

    if not boundary:
        raise _broken()
    try:
        return FormReader(boundary)
    except FormParserError:
        raise _broken() from None


def _decoded(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise _broken() from None


def _broken() -> Refused:
    return Refused(400, "form", _("The form did not arrive whole. Please send it again."))
