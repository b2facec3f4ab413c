"""Splitting a long text for a channel's limit: at paragraph, sentence, then character borders, never inside one."""

from __future__ import annotations

import re
from collections.abc import Callable

_BORDERS = (re.compile(r"\n\n+"), re.compile(r"\n"), re.compile(r"(?<=[。！？；!?;])"), re.compile(r"(?<=[，、, ])"))


def utf8_bytes(text: str) -> int:
    """The size of a text where a platform counts bytes."""
    return len(text.encode())


def split(text: str, most: int, size: Callable[[str], int] = utf8_bytes) -> list[str]:
    """The text in pieces of at most `most` each; joined they hold every character but white space at the cuts."""
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
    for border in _BORDERS:
        ends = [match.start() or match.end() for match in border.finditer(text, 0, fits)]
        if ends and ends[-1] > fits // 3:
            return ends[-1]
    return _whole_link(text, fits)


def _fitting(text: str, most: int, size: Callable[[str], int]) -> int:
    """The number of characters that fit, by halving."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= most else (low, middle - 1)
    return low


def _whole_link(text: str, cut: int) -> int:
    """Not inside a tag."""
    start = text.rfind("<a ", 0, cut)
    return start if start > 0 and text.find("</a>", start) >= cut else cut
