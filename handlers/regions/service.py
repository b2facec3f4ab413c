"""Regions and their figures, for every capability: `open_regions(content_dir)` and the class it gives."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property, lru_cache
from pathlib import Path

from handlers.regions.check import check_regions, check_source
from handlers.regions.load import load_regions, read_source
from handlers.regions.model import NATIONAL, Confidence, Entry, Fact, Figure, NoFigure, Region, Source
from handlers.regions.places import Places, ancestors

__all__ = [
    "NATIONAL",
    "Confidence",
    "Entry",
    "Fact",
    "Figure",
    "NoFigure",
    "Region",
    "Regions",
    "Source",
    "check_regions",
    "check_source",
    "open_regions",
    "read_regions",
    "read_source",
]

_REFERENCE = re.compile(r"(\d{6})\.([a-z_]+)\.(\d{4})\.([a-z_]+)")


class Regions:
    """All places and their figures, as content/ has them."""

    def __init__(self, regions: Mapping[str, Region]) -> None:
        self._regions = regions
        self._nearest: dict[str, Region] = {}
        self._above: dict[str, tuple[Region, ...]] = {}
        self._facts: dict[str, Mapping[str, Fact]] = {}

    @cached_property
    def _places(self) -> Places:
        return Places(self._regions)

    @property
    def national(self) -> Region:
        """The nation, whose `rules` hold for everybody."""
        return self._regions[NATIONAL]

    def all(self) -> tuple[Region, ...]:
        """Every known place, by code."""
        return tuple(self._regions[code] for code in sorted(self._regions))

    def region(self, code: str) -> Region:
        """The place with this GB/T 2260 code, its city for an unlisted district; raises `NoFigure` if there is none."""
        if code not in self._nearest:
            found = self._places.nearest(code)
            if found is None:
                raise NoFigure("region", code)
            self._nearest[code] = found
        return self._nearest[code]

    def find(self, text: str) -> list[Region]:
        """The places a text names, best first; empty when it names none."""
        return self._places.find(text)

    def above(self, code: str) -> tuple[Region, ...]:
        """The place and what holds it, nearest first, the nation last."""
        if code not in self._above:
            chain = ancestors(self._regions, self.region(code).code)
            self._above[code] = tuple(self._regions[each] for each in chain)
        return self._above[code]

    def province(self, code: str) -> Region | None:
        """The province a place lies in; None for the nation."""
        return next((region for region in self.above(code) if region.level == "province"), None)

    def facts(self, code: str) -> Mapping[str, Fact]:
        """Every yes or no that is recorded for a place, its own before those of what holds it."""
        known = self.region(code).code
        if known not in self._facts:
            self._facts[known] = {
                name: fact for region in reversed(self.above(known)) for name, fact in region.facts.items()
            }
        return self._facts[known]

    def entries(self, code: str, figure: str) -> list[Entry]:
        """The rows of a figure that hold for a place, oldest first; empty when nothing is known.

        Raises `NoFigure("differs")` when a province's cities differ and the code is the province's own.
        """
        place = self.region(code)
        for region in self.above(place.code):
            rows = [entry for entry in region.entries if entry.figure == figure]
            if rows:
                chosen = _for_place(rows, self._city(place.code))
                if not chosen:
                    raise NoFigure("differs", code, figure)
                return sorted(chosen, key=lambda entry: entry.year)
        return []

    def entry(self, code: str, figure: str, year: int) -> Entry:
        """The confirmed row of one year; raises `NoFigure` with the reason."""
        for entry in self.entries(code, figure):
            if entry.year == year:
                if entry.confirmed:
                    return entry
                raise NoFigure("unconfirmed", code, figure)
        raise NoFigure("figure", code, figure)

    def in_force(self, code: str, figure: str, on: date) -> Entry | None:
        """The newest confirmed row that had begun on that day; None when there is none."""
        begun = [e for e in self.entries(code, figure) if e.confirmed and _begins(e) <= on]
        return begun[-1] if begun else None

    def period(self, on: date) -> int:
        """The number of the stretch of days around this one in which every figure and fact stays as it is."""
        return bisect_right(self._turns, on)

    @cached_property
    def _turns(self) -> list[date]:
        """The first days on which a figure or a fact is another than the day before."""
        entries = [entry for region in self._regions.values() for entry in region.entries]
        facts = [fact.source for region in self._regions.values() for fact in region.facts.values()]
        ends = [source.until + timedelta(days=1) for source in facts if source.until]
        return sorted({*map(_begins, entries), *(source.from_ for source in facts if source.from_), *ends})

    def figure(self, reference: str) -> Figure:
        """The number behind a reference such as `320000.pension_base.2024.floor`; raises KeyError for anything else.

        A province whose cities differ has the number only where all its rows agree (the cap, mostly).
        """
        parts = _REFERENCE.fullmatch(reference)
        if not parts:
            raise NoFigure("figure", reference)
        code, name, year, field = parts[1], parts[2], int(parts[3]), parts[4]
        try:
            entry = self.entry(code, name, year)
        except NoFigure as problem:
            if problem.reason != "differs":
                raise
            entry = self._agreed(code, name, year, field)
        value = entry.values.get(field)
        if value is None:
            raise NoFigure("figure", code, f"{name}.{field}")
        return Figure(value, entry.source, entry.period, entry.source.confidence)

    def _agreed(self, code: str, figure: str, year: int, field: str) -> Entry:
        rows = [e for e in self.region(code).entries if e.figure == figure and e.year == year]
        if len({row.values.get(field) for row in rows}) != 1:
            raise NoFigure("differs" if rows else "figure", code, figure)
        if not all(row.confirmed for row in rows):
            raise NoFigure("unconfirmed", code, figure)
        return rows[0]

    def _city(self, code: str) -> str:
        """The code a province's tiers speak of: the city's, or a county's directly under the province."""
        return next((region.code for region in self.above(code) if region.level == "city"), code)


def _for_place(rows: list[Entry], code: str) -> list[Entry]:
    chosen: dict[int, Entry] = {}
    for year in {row.year for row in rows}:
        of_year = [row for row in rows if row.year == year]
        named = [row for row in of_year if isinstance(row.cities, tuple) and code in row.cities]
        others = [row for row in of_year if row.cities == "others" and not code.endswith("0000")]
        everybody = [row for row in of_year if row.cities is None]
        for row in (named or others or everybody)[:1]:
            chosen[year] = row
    return list(chosen.values())


def _begins(entry: Entry) -> date:
    """The first day of an entry; its year's where no day is known."""
    return entry.source.from_ or date(entry.year, 1, 1)


def read_regions(content: Path) -> Regions:
    """The regions of a content folder as it is now; raises `BrokenContent`."""
    return Regions(load_regions(content))


@lru_cache(maxsize=8)
def open_regions(content: Path) -> Regions:
    """The regions of a content folder, read once a process; raises `BrokenContent`."""
    return read_regions(content)
