"""The views of a text: its characters (with Latin words and numbers whole), and the sounds of those."""

from __future__ import annotations

from collections.abc import Callable, Collection

from bot.patterns import pattern
from bot.search.pinyin import read, segment

BREAK = "\0"  # stands where punctuation was: no pair reaches over it
OTHER = pattern(r"(?:[^\w\s.]|_|\.(?!\d))+")
TOKEN = pattern(r"[㐀-鿿]|[^\W\d_㐀-鿿]+|\d+(?:\.\d+)?|\0")

Tokens = list[str]
View = Callable[[Tokens], Tokens]


def tokenise(text: str) -> Tokens:
    """A normalised text as characters, Latin words, numbers and breaks."""
    return TOKEN.findall(OTHER.sub(BREAK, text))


def as_written(tokens: Tokens) -> Tokens:
    """The character view is the tokens themselves."""
    return tokens


VIEWS: dict[str, View] = {"characters": as_written, "sounds": read}


def typed(tokens: Tokens, known: Collection[str]) -> tuple[Tokens, Tokens]:
    """A question's tokens in both views: (as written, as it sounds).

    A Latin word that falls into syllables may be typed pinyin: it sounds as its syllables, and has no characters
    unless the corpus knows the word itself (`known`).
    """
    written: Tokens = []
    spelled: Tokens = []
    for token in tokens:
        sounds = segment(token) if token.isascii() and token.isalpha() else None
        written.append(BREAK if sounds and token not in known else token)
        spelled.extend(sounds or [token])
    return written, read(spelled)
