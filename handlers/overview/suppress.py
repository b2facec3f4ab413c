"""Small numbers in public tables: hidden, and not to be worked out from what is shown.

The rule, for one table with its total:
1. A count below FEW is hidden, zero too: it reads “fewer than 5”.
2. An exact total would betray the sum of what is hidden, and with one hidden count the count itself. So the total is a
   range: from the sum of what is shown to that and 4 more for each hidden count. Whatever the hidden counts are, the
   page is the same to the letter, so nothing can be got from it.
   (Hiding some larger counts too, the usual second step, was tried and refused: which ones have to be hidden depends on
   the small counts, and whoever knows the rule reads that backwards.)
Tables are of whole quarters that are over, and quarters do not overlap: no table tells anything by another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FEW = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """A public table: a count, or None where it is too small to show; the total lies from `least` to `most`."""

    counts: Mapping[str, int | None]
    least: int
    most: int


def public(counts: Mapping[str, int]) -> Shown:
    """The table as everybody may see it."""
    shown = {name: count if count >= FEW else None for name, count in counts.items()}
    least = sum(count for count in shown.values() if count is not None)
    hidden = sum(count is None for count in shown.values())
    return Shown(shown, least, least + hidden * (FEW - 1))
