"""Text made fit for the PDF's font: Adobe-GB1 has what GBK has, and nothing outside the basic plane."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.export.clean import printable

MISSING = "〓"  # how a Chinese printer marks a character he has no type for
TAB = "    "
_GONE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Mn", "Me"})  # controls, emoji, joiners, bare accents


def fit(text: str) -> str:
    """The text with nothing in it that the font can't show: other forms of a letter become the plain one, emoji and
    controls go, a letter that is not in the font becomes 〓. Newlines stay."""
    return "".join(char if char == "\n" else _fit(char) for char in printable(text).replace("\t", TAB))


@lru_cache(maxsize=4096)
def _fit(char: str) -> str:
    if _shown(char):
        return char
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if _shown(part))
    if plain:
        return plain
    if unicodedata.category(char) in {"Zs", "Zl", "Zp"}:
        return " "
    return "" if unicodedata.category(char) in _GONE else MISSING


def _shown(char: str) -> bool:
    if " " <= char <= "~":
        return True
    try:
        return len(char.encode("gbk")) == 2
    except UnicodeEncodeError:
        return False
