"""What people say beside what the texts say: lay words with their official terms, and words that ask but tell nothing.

The words are data (content/synonyms.yaml). A key is one or more words that must all occur in the question,
by character or by sound; its value is the official terms, separated by spaces, that are then searched for as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.search.index import MOST_CHARACTERS, Clause
from bot.search.normalise import normalise
from bot.search.tokens import BREAK, tokenise, typed

ADDED = 0.5  # what all the terms that one lay word stands for count together, beside what was typed
BY_SOUND = 0.6  # of that, when the lay word was only heard, not read


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the lexicon: the lay words as written and as sounds, and the official terms."""

    words: tuple[str, ...]
    sounds: tuple[str, ...]
    official: str
    weight: float


class Lexicon:
    """Turns a question into clauses for `Index`."""

    def __init__(self, words: Mapping[str, str] | None = None, ignore: Iterable[str] = ()) -> None:
        self._entries = [_entry(key, official) for key, official in (words or {}).items()]
        fillers = sorted({normalise(word) for word in ignore}, key=len, reverse=True)
        self._ignore = re.compile("|".join(map(re.escape, fillers)) or r"(?!)")

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read `{ignore: [...], words: {lay: official}}`; an absent file is an empty lexicon."""
        from yaml import CSafeLoader, load

        if not path.exists():
            return cls()
        data = load(path.read_text("utf-8"), CSafeLoader) or {}
        return cls({str(lay): str(official) for lay, official in data.get("words", {}).items()}, data.get("ignore", []))

    def clauses(self, question: str) -> list[Clause]:
        """What was asked without its fillers at full weight, then the official terms it stands for."""
        text = normalise(question[:MOST_CHARACTERS])
        core = self._ignore.sub(" ", text)
        if not any(token != BREAK for token in tokenise(core)):
            core = text
        return [Clause(core, 1.0), *self._added(text)]

    def _added(self, text: str) -> list[Clause]:
        sounds = f" {' '.join(typed(tokenise(text), ())[1])} "
        added = []
        for entry in self._entries:
            if all(word in text for word in entry.words):
                added.append(Clause(entry.official, entry.weight))
            elif entry.sounds and all(sound in sounds for sound in entry.sounds):
                added.append(Clause(entry.official, entry.weight * BY_SOUND))
        return added


def _entry(key: str, official: str) -> _Entry:
    words = tuple(normalise(key).split())
    sounds = tuple(f" {' '.join(typed(tokenise(word), ())[1])} " for word in words)
    heard = all(len(word) > 1 for word in words)
    return _Entry(words, sounds if heard else (), official, ADDED / len(official.split()) ** 0.5)
