"""Sounds: how written tokens are read, and how typed pinyin falls into syllables."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from bot.search.tables import syllables, words

SPELLINGS = {"lue": "lve", "nue": "nve"}  # as typed: as the tables write it
LONGEST = 6  # letters of the longest syllables: zhuang, chuang, shuang


def read(tokens: list[str]) -> list[str]:
    """Each character's syllable, with 银行 read as a word; anything that is no character stays as it is."""
    single, pairs = syllables(), words()
    sounds = list(map(single.get, tokens, tokens))
    for at, pair in enumerate(pairwise(tokens)):
        if pair in pairs:
            sounds[at : at + 2] = pairs[pair]
    return sounds


@cache
def known_syllables() -> frozenset[str]:
    """Every syllable a person may type, with lue and nue for lüe and nüe too."""
    own = {syllable for syllable in syllables().values() if len(syllable) > 1 or syllable in "aeo"}
    return frozenset(own | SPELLINGS.keys())


def segment(letters: str) -> list[str] | None:
    """Typed pinyin as its fewest syllables, the longer one first where two readings tie; None when it is no pinyin."""
    known = known_syllables()
    best: list[list[str] | None] = [None] * len(letters) + [[]]
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(start + LONGEST, len(letters)), start, -1):
            rest = best[end]
            if rest is None or letters[start:end] not in known:
                continue
            found = best[start]
            if found is None or len(rest) + 1 < len(found):
                best[start] = [SPELLINGS.get(letters[start:end], letters[start:end]), *rest]
    return best[0] if letters else None
