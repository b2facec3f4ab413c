"""Finding the places a text speaks of, and the known place a code stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from handlers.regions.model import NATIONAL, Region


class Places:
    """Looks names up in text: full, short and other names; a district's short name only alone or beside its city."""

    def __init__(self, regions: Mapping[str, Region]) -> None:
        self._regions = regions
        self._names: dict[str, list[str]] = {}
        for region in regions.values():
            if region.code != NATIONAL:
                for name in {region.name, region.short, *region.aliases}:
                    self._names.setdefault(name, []).append(region.code)
        # Longest first, so that 吉林市 is not taken for 吉林.
        self._pattern = re.compile("|".join(re.escape(name) for name in sorted(self._names, key=len, reverse=True)))

    def find(self, text: str) -> list[Region]:
        """The places named in the text, best first: those that other places of the text agree with, then the larger."""
        stripped = text.strip()
        named = {code: name for name in self._pattern.findall(stripped) for code in self._names[name]}
        spoken = {code: name for code, name in named.items() if self._counts(code, name, stripped)}
        spoken |= {code: name for code, name in named.items() if self._above(code) & spoken.keys()}
        support = {code: self._support(code, spoken) for code in spoken}
        implied = {above for code, supporters in support.items() for above in supporters}
        order = sorted(spoken.keys() - implied, key=lambda code: (-len(support[code]), self._size(code), code))
        return [self._regions[code] for code in order]

    def nearest(self, code: str) -> Region | None:
        """The known place that holds this code: itself, or the city of an unlisted district; None if no such place."""
        if code in self._regions:
            return self._regions[code]
        if len(code) != 6 or not code.isdecimal():
            return None
        listed = any(known.startswith(code[:4]) and not known.endswith("00") for known in self._regions)
        if code.endswith("00") and listed:  # 110100, 429000: a heading for the places below, not a place of its own
            return self._regions.get(code[:2] + "0000")
        return None if listed else self._regions.get(code[:4] + "00")

    def _counts(self, code: str, name: str, text: str) -> bool:
        region = self._regions[code]
        return region.level != "district" or name in (region.name, text)

    def _support(self, code: str, spoken: Mapping[str, str]) -> set[str]:
        # 吉林 is both a province and its city: one word does not support itself.
        return {above for above in self._above(code) & spoken.keys() if spoken[above] != spoken[code]}

    def _above(self, code: str) -> set[str]:
        return set(ancestors(self._regions, code)) - {code, NATIONAL}

    def _size(self, code: str) -> int:
        # A bare 吉林 or 海南 is the province; with 市 or 区 the longer name has won already.
        return ("province", "city", "district").index(self._regions[code].level)


def ancestors(regions: Mapping[str, Region], code: str) -> Iterable[str]:
    """The code itself and everything above it, nearest first."""
    current: str | None = code
    while current is not None:
        yield current
        current = regions[current].parent
