"""Splitting a long text for a channel's limit: at paragraph, sentence, then character borders, never inside a link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

_CLOSERS = "”’」』）》】)\"'"
_NEWLINES = (re.compile(r"\n\n+"), re.compile(r"\n"))
_MARKS = (re.compile(r"[。！？；!?;…]+|\.(?=\s)"), re.compile(r"[，、, ]"))
_WHOLE = re.compile(r"<a [^<>]*>[^<>]*</a>|https?://[!#-;=?-~]+")
_ZERO_WIDTH_JOINER = "\u200d"


def utf8_bytes(text: str) -> int:
    """The size of a text where a platform counts bytes."""
    return len(text.encode())


def split(text: str, most: int, size: Callable[[str], int] = utf8_bytes) -> list[str]:
    """The text in pieces of at most `most` each; joined they hold every character but white space at the cuts.

    A link is cut only where it does not fit into a piece of its own.
    """
    pieces: list[str] = []
    rest = text.strip()
    while size(rest) > most:
        cut = _cut(rest, most, size)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest or not pieces else pieces


def _cut(text: str, most: int, size: Callable[[str], int]) -> int:
    """The last good border inside the limit; one in the first third is not worth it."""
    fits = _fitting(text, most, size)
    whole = [match.span() for match in _WHOLE.finditer(text) if match.start() < fits]
    if whole and 0 < whole[-1][0] < fits < whole[-1][1]:
        fits = whole[-1][0]
    for border in (*_NEWLINES, *_MARKS):
        for end in _ends(border, text, fits):
            if end <= fits // 3:
                break
            if not any(start < end < stop for start, stop in whole):
                return end
    return _between_characters(text, fits)


def _ends(border: re.Pattern[str], text: str, fits: int) -> Iterator[int]:
    """Where a piece may end, the last place first: before line breaks, after marks and the quotes they close."""
    if border in _NEWLINES:
        starts = [match.start() for match in border.finditer(text, 0, fits + 2)]
        yield from (start for start in reversed(starts) if start <= fits)
        return
    for match in reversed(list(border.finditer(text, 0, fits))):
        end = match.end()
        while end < len(text) and text[end] in _CLOSERS:
            end += 1
        if end <= fits:
            yield end


def _fitting(text: str, most: int, size: Callable[[str], int]) -> int:
    """The number of characters that fit, by halving."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low


def _between_characters(text: str, cut: int) -> int:
    """Not between a letter and its accents, nor inside a joined emoji, where that can be helped."""
    for place in range(cut, max(cut - 16, 0), -1):
        if not _clings(text[place]) and text[place - 1] != _ZERO_WIDTH_JOINER:
            return place
    return cut


def _clings(letter: str) -> bool:
    """True for what belongs to the character before it: accents, variation selectors, joiners, skin tones."""
    return (
        unicodedata.combining(letter) != 0
        or unicodedata.category(letter) in {"Mn", "Me"}
        or letter == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= letter <= "\U0001f3ff"
    )
