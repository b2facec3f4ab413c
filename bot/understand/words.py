"""One spelling for what a person means to be the same: width, case, traditional characters, spaces."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from bot.search.tables import simplified
from bot.understand.outcome import Found

T = TypeVar("T")

SHORT = 12  # characters of labels and words of command, which come again and again; what is longer is not kept

# Zero-width characters, variation selectors, the keycap of 2️⃣, the soft hyphen, byte order marks.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u20e3\u2060\ufe00-\ufe0f\ufeff]")
_EDGES = " \t\n。.,，、;；:：!！?？~～…“”\"'‘’()（）[]【】「」『』《》"


def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters; runs of white space become one space, none at the ends."""
    return _known(text) if len(text) <= SHORT else _normalised(text)


def _normalised(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).casefold().translate(simplified())
    return " ".join(plain.split())


_known = lru_cache(maxsize=1024)(_normalised)


def bare(text: str) -> str:
    """Normalised, without the punctuation around it: 「“好的！”」 is 好的."""
    return normalise(text).strip(_EDGES)


@dataclass(frozen=True, slots=True)
class Folded:
    """A text normalised character by character, and where each character came from."""

    text: str
    origin: tuple[int, ...]

    def found(self, value: T, start: int, end: int) -> Found[T]:
        """A find in the folded text, placed in the text as it was given. end > start."""
        return Found(value, self.origin[start], self.origin[end - 1] + 1)


def fold(text: str) -> Folded:
    """Like `normalise`, but white space is kept, so that what is found can be placed in the given text."""
    if text.isascii():
        return Folded(text.lower(), tuple(range(len(text))))
    parts: list[str] = []
    origin: list[int] = []
    table = simplified()
    for place, letter in enumerate(text):
        plain = "" if _INVISIBLE.match(letter) else unicodedata.normalize("NFKC", letter).casefold().translate(table)
        parts.append(plain)
        origin.extend([place] * len(plain))
    return Folded("".join(parts), tuple(origin))
