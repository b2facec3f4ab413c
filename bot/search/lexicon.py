"""What people say beside what the texts say: lay words with their official terms, and words that ask but tell nothing.

The words are data (content/synonyms.yaml). A key is one or more words that must all occur in the question,
by character or by sound; its value is the official terms, separated by spaces, that are then searched for as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.search.clause import MOST_CHARACTERS, Clause
from bot.search.normalise import normalise
from bot.search.tokens import BREAK, Tokens, tokenise, typed

ADDED = 0.5  # what all the terms that one lay word stands for count together, beside what was typed
ALIKE = 0.3  # the same for the other words of a line of `alike`
ENGLISH = 0.8  # the same for what an English word stands for
BY_SOUND = 0.6  # of that, when the lay word was only heard, not read


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the lexicon: the lay words as written and as sounds, and the official terms.

    A word of one character has too many homophones to be known `by_ear`.
    """

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    by_ear: bool
    official: str
    weight: float


class Lexicon:
    """Turns a question into clauses for `Index`."""

    def __init__(
        self,
        words: Mapping[str, str] | None = None,
        ignore: Iterable[str] = (),
        alike: Iterable[str] = (),
        english: Mapping[str, str] | None = None,
        added: float = ADDED,
    ) -> None:
        """`added` is the weight of official terms: high for texts in official words, low for plain ones."""
        entries = [_entry(key, official, added) for key, official in (words or {}).items()]
        entries += [_entry(key, meant, ENGLISH) for key, meant in (english or {}).items()]
        entries += [entry for line in alike for entry in _group(line.split())]
        self._entries: dict[tuple[str, ...], list[_Entry]] = {}
        for entry in entries:
            self._entries.setdefault(tuple(entry.sounds[0].split()[:2]), []).append(entry)
        fillers = sorted({normalise(word) for word in ignore}, key=len, reverse=True)
        self._ignore = re.compile("|".join(map(re.escape, fillers)) or r"(?!)")

    @classmethod
    def load(cls, path: Path, added: float = ADDED) -> Lexicon:
        """Read `{ignore: [...], alike: [...], words: {lay: official}}`; an absent file is an empty lexicon."""
        from yaml import CSafeLoader, load

        if not path.exists():
            return cls(added=added)
        return cls.of(load(path.read_text("utf-8"), CSafeLoader) or {}, added)

    @classmethod
    def of(cls, data: Mapping[str, Any], added: float = ADDED) -> Lexicon:
        """A lexicon from the file's data."""
        words, english = (
            {str(lay): str(official) for lay, official in (data.get(part) or {}).items()}
            for part in ("words", "english")
        )
        return cls(words, data.get("ignore") or (), data.get("alike") or (), english, added)

    def clauses(self, question: str) -> list[Clause]:
        """What was asked without its fillers at full weight, then the official terms it stands for."""
        text = normalise(question[:MOST_CHARACTERS])
        core = self._ignore.sub(" ", text)
        if not any(token != BREAK for token in tokenise(core)):
            core = text
        return [Clause(core, 1.0), *self._added(text)]

    def _added(self, text: str) -> list[Clause]:
        tokens = tokenise(text)
        heard = typed(tokens, ())[1]
        written, sounds = {token for token in tokens if token.isascii()}, f" {' '.join(heard)} "
        added = []
        for entry in self._near(heard):
            if all(word in (written if word.isascii() else text) for word in entry.words):
                added.append(Clause(entry.official, entry.weight))
            elif entry.by_ear and all(sound in sounds for sound in entry.sounds):
                added.append(Clause(entry.official, entry.weight * BY_SOUND))
        return added

    def _near(self, heard: Tokens) -> Iterator[_Entry]:
        """The entries whose first word begins with sounds that stand together in the question."""
        starts = {(sound,) for sound in heard} | set(pairwise(heard))
        for start in sorted(starts & self._entries.keys()):
            yield from self._entries[start]


def _entry(key: str, official: str, added: float) -> _Entry:
    words = tuple(normalise(key).split())
    sounds = tuple(f" {' '.join(typed(tokenise(word), ())[1])} " for word in words)
    by_ear = all(len(word) > 1 for word in words)
    terms = official.split()
    return _Entry(words, sounds, by_ear, "，".join(terms), added / len(terms) ** 0.5)


def _group(words: Sequence[str]) -> Iterator[_Entry]:
    """Each word of a line with all the others; one character alone is too common to stand for a word."""
    for word in words:
        if len(word) > 1 and len(words) > 1:
            yield _entry(word, " ".join(other for other in words if other != word), ALIKE)
