"""What phones do to a question: homophones, traditional characters, pinyin, a character lost. The same every run."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable
from functools import cache

from bot.search.tables import syllables

Noise = Callable[[str], str]


def _dice(question: str, name: str) -> random.Random:
    return random.Random(zlib.crc32(f"{name}:{question}".encode()))


@cache
def _homophones() -> dict[str, str]:
    """Every common character's common homophones (GB 2312's first level: what an input method offers first)."""
    common = [
        one for one in syllables() if len(code := one.encode("gb2312", "ignore")) == 2 and 0xB0 <= code[0] <= 0xD7
    ]
    by_sound: dict[str, list[str]] = {}
    for one in common:
        by_sound.setdefault(syllables()[one], []).append(one)
    return {one: "".join(other for other in by_sound[syllables()[one]] if other != one) for one in common}


def slips(count: int) -> Noise:
    """Replace `count` characters by others of the same sound."""

    def noise(question: str) -> str:
        dice, letters = _dice(question, f"slips{count}"), list(question)
        places = [at for at, one in enumerate(letters) if _homophones().get(one)]
        for at in dice.sample(places, min(count, len(places))):
            letters[at] = dice.choice(_homophones()[letters[at]])
        return "".join(letters)

    return noise


@cache
def _to_traditional() -> Noise:
    from opencc import OpenCC

    converter: Noise = OpenCC("s2t").convert
    return converter


def traditional(question: str) -> str:
    """As a keyboard in Hong Kong or Taiwan writes it."""
    return _to_traditional()(question)


def pinyin(question: str) -> str:
    """Typed without choosing characters: two syllables a word."""
    from pypinyin import lazy_pinyin

    sounds = lazy_pinyin(question)
    return " ".join("".join(sounds[at : at + 2]) for at in range(0, len(sounds), 2))


def dropped(question: str) -> str:
    """One character lost."""
    at = _dice(question, "dropped").randrange(max(len(question), 1))
    return question[:at] + question[at + 1 :]


NOISES: dict[str, Noise] = {
    "as asked": str,
    "1 homophone": slips(1),
    "2 homophones": slips(2),
    "traditional": traditional,
    "pinyin": pinyin,
    "1 dropped": dropped,
}
