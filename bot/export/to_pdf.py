"""Printable PDF with Chinese text, from a handful of plain blocks.

The font is STSong-Light of Adobe's GB1 collection: it is named, not embedded, so a file stays small and no font file
has to be carried along. Readers put their own Chinese font in its place (looked at in Chromium's viewer).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above a part; level 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs; a newline begins the next. `small` for notes."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A table of two columns: what it is, and what it says."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a heading that comes again on every page; `widths` are shares of the line, equal when empty."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG or PNG, as wide as the line at most; one that can't be read leaves a line that says so."""

    data: bytes
    caption: str = ""
    most_mm: float = 110  # in height


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with its caption below."""

    content: str
    caption: str = ""
    size_mm: float = 32


Block = Heading | Text | Facts | Table | Picture | Code


def make_pdf(title: str, blocks: Sequence[Block], *, footer: str) -> bytes:
    """An A4 file: the title, the blocks, and on every page the footer with "Page 1 of 3" in the language in force.

    No text makes it fail: what the font does not have is cleaned (see `pdf_text`). The same input gives the same bytes;
    nothing in it names a machine, a user or a time. Takes about 20 ms a page: call it in a thread.
    """
    from bot.export.pdf_parts import build

    return build(title, blocks, footer)
