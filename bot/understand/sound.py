"""How words sound, without tones: for what was typed as pinyin (shebao zenme jiao) or picked wrong (社保怎么叫)."""

from __future__ import annotations

from bot.search.pinyin import read, segment
from bot.search.tables import CJK
from bot.understand.words import normalise

LONGEST = 24  # characters, letters three times as many
SHORTEST = 4  # characters: with fewer, other words sound the same (公会, 工会)
SHORTEST_TYPED = 2  # syllables typed as letters


def sound(text: str) -> str:
    """How words that may be others sound, as syllables one space apart: shebao zenme jiao, and 社保怎么叫; "" for what
    is too short to be told by its sound, too long, or neither characters nor pinyin."""
    words = normalise(text).rstrip("。.!！?？~ ")
    if words.isascii():
        return typed(words)
    return syllables(words) if len(words.replace(" ", "")) >= SHORTEST else ""


def syllables(words: str) -> str:
    """The syllables of characters; "" when there is anything else among them."""
    letters = [letter for letter in words if letter != " "]
    if not SHORTEST_TYPED <= len(letters) <= LONGEST or not all(ord(letter) in CJK for letter in letters):
        return ""
    return " ".join(read(letters))


def typed(words: str) -> str:
    """Typed pinyin as its syllables, one space apart; "" where one of the words is none."""
    parts = words.lower().split()
    if len(words) > 3 * LONGEST or not parts or not all(part.isalpha() for part in parts):
        return ""
    found = [segment(part) for part in parts]
    read_as = [syllable for one in found for syllable in one or ()]
    return " ".join(read_as) if all(found) and len(read_as) >= SHORTEST_TYPED else ""
