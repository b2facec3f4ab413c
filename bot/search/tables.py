"""The character tables the search reads instead of importing whole libraries at start.

`simplified.txt` holds two lines, traditional characters and their simplified twins (made with OpenCC);
`syllables.txt` holds one line a syllable: the toneless pinyin, a space, the characters read so (made with pypinyin);
`words.txt` holds one line a two-character word that is not read as its characters are by themselves: 银行 yin hang.
`python -m bot.search.tables` writes all three anew; a test holds them to the libraries.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("characters")
CJK = range(0x3400, 0xA000)
# Everyday words that pypinyin's phrases leave out.
MORE_WORDS = {"还款": "huan kuan", "还钱": "huan qian", "还债": "huan zhai", "还贷": "huan dai", "还清": "huan qing"}


@cache
def simplified() -> dict[int, str]:
    """Traditional to simplified, for `str.translate`."""
    traditional, simple = (FOLDER / "simplified.txt").read_text("utf-8").splitlines()
    return str.maketrans(traditional, simple)  # type: ignore[return-value]


class Readings(Mapping[str, str]):
    """Characters and their syllables, {"工": "gong", ...}, at two bytes a character: as a dict they take 4 MB."""

    def __init__(self, lines: Iterable[tuple[str, str]]) -> None:
        """lines: a syllable, and the characters read so."""
        self._names = [""]
        self._numbers = array("H", bytes(2 * len(CJK)))
        for syllable, characters in lines:
            for character in characters:
                self._numbers[ord(character) - CJK.start] = len(self._names)
            self._names.append(syllable)

    def __getitem__(self, character: str) -> str:
        at = ord(character) - CJK.start if len(character) == 1 else -1
        if not 0 <= at < len(CJK) or not self._numbers[at]:
            raise KeyError(character)
        return self._names[self._numbers[at]]

    def __iter__(self) -> Iterator[str]:
        return (chr(CJK.start + at) for at, number in enumerate(self._numbers) if number)

    def __len__(self) -> int:
        return sum(map(bool, self._numbers))


@cache
def syllables() -> Readings:
    """A character's most usual reading without its tone."""
    lines = (line.split(" ") for line in (FOLDER / "syllables.txt").read_text("utf-8").splitlines())
    return Readings((syllable, characters) for syllable, characters in lines)


@cache
def words() -> dict[tuple[str, str], tuple[str, str]]:
    """Readings of pairs: {("银", "行"): ("yin", "hang"), ...}."""
    lines = (line.split(" ") for line in (FOLDER / "words.txt").read_text("utf-8").splitlines())
    return {(word[0], word[1]): (first, second) for word, first, second in lines}


def make_simplified() -> str:
    """The text of `simplified.txt`, from OpenCC's character by character conversion."""
    from opencc import OpenCC

    convert = OpenCC("t2s").convert
    pairs = [(chr(code), convert(chr(code))) for code in CJK]
    changed = [(old, new) for old, new in pairs if old != new and len(new) == 1]
    return "".join(old for old, _ in changed) + "\n" + "".join(new for _, new in changed) + "\n"


def make_syllables() -> str:
    """The text of `syllables.txt`, from pypinyin's most usual reading of each character."""
    from pypinyin import lazy_pinyin

    readings: dict[str, list[str]] = {}
    for character in map(chr, CJK):
        syllable = lazy_pinyin(character)[0].replace("ü", "v")
        if syllable.isascii() and syllable.isalpha():
            readings.setdefault(syllable, []).append(character)
    return "".join(f"{syllable} {''.join(characters)}\n" for syllable, characters in sorted(readings.items()))


def make_words() -> str:
    """The text of `words.txt`: pypinyin's two-character phrases of common characters that their characters misread."""
    from pypinyin import lazy_pinyin
    from pypinyin.phrases_dict import phrases_dict

    single = syllables()
    common = [word for word in phrases_dict if len(word) == 2 and len(word.encode("gb2312", "ignore")) == 4]
    readings = {word: " ".join(lazy_pinyin(word)).replace("ü", "v") for word in common} | MORE_WORDS
    odd = [(word, read) for word, read in readings.items() if read.split() != [single.get(one, "") for one in word]]
    return "".join(f"{word} {read}\n" for word, read in sorted(odd))


def main() -> None:
    """Write the tables; the words last, as they are what the syllables misread."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "simplified.txt").write_text(make_simplified(), "utf-8")
    (FOLDER / "syllables.txt").write_text(make_syllables(), "utf-8")
    syllables.cache_clear()
    (FOLDER / "words.txt").write_text(make_words(), "utf-8")


if __name__ == "__main__":
    main()
