"""Reads our own PDF files back: the text of each page, from the content streams."""

from __future__ import annotations

import base64
import re
import zlib

_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_SHOWN = re.compile(rb"\(((?:\\.|[^\\()])*)\) Tj", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page, a line for each piece that is drawn."""
    drawn = [_inflated(stream) for stream in _STREAM.findall(data)]
    return ["\n".join(_text(piece) for piece in _SHOWN.findall(page)) for page in drawn if b" Tf" in page]


def pdf_text(data: bytes) -> str:
    """All of it, without line ends: where a line breaks is the layout's business."""
    return "".join(pdf_pages(data)).replace("\n", "")


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(base64.a85decode(stream.strip().removesuffix(b"~>")))
    except (ValueError, zlib.error):  # a picture
        return b""


def _text(piece: bytes) -> str:
    raw = _ESCAPE.sub(lambda found: _byte(found[1]), piece)
    return raw.decode("utf-16-be", "replace")


def _byte(escaped: bytes) -> bytes:
    return bytes([int(escaped, 8)]) if len(escaped) == 3 else _PLAIN.get(escaped, escaped)
