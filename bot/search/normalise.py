"""One spelling for what is the same to a reader: width, case, 繁 and 简, number words."""

from __future__ import annotations

import re
import unicodedata

from bot.search.numbers import digits
from bot.search.tables import simplified

# Marks that people and keyboards leave inside words: zero-width characters, variation selectors, the soft hyphen.
INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]")


def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, digits for number words."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).lower()
    return digits(text.translate(simplified()))
