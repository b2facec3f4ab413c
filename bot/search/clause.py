"""A piece of a question; apart from the index, so that a lexicon can be read without numpy."""

from __future__ import annotations

from dataclasses import dataclass

MOST_CHARACTERS = 400  # of a question; what comes after is not read


@dataclass(frozen=True, slots=True)
class Clause:
    """A text and how much it counts; `weight` 1.0 is what the person typed.

    A piece of less weight was added: its words count only as they stand, not by their characters.
    """

    text: str
    weight: float
