"""What is known of a region: its names, and figures that always come with a source, a period and a confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

Confidence = Literal["high", "medium", "unconfirmed"]
Reason = Literal["region", "figure", "unconfirmed", "differs"]
NATIONAL = "000000"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a number comes from. `number` is the document's, `from_` and `until` the days it is in force."""

    title: str
    issuer: str
    number: str | None = None
    url: str | None = None
    from_: date | None = None
    until: date | None = None
    confidence: Confidence = "high"

    @property
    def name(self) -> str:
        """The document's number where there is one, else issuer and title."""
        return self.number or f"{self.issuer}《{self.title}》"

    @property
    def label(self) -> str:
        """One line to print behind a statement: the document and since when."""
        return f"{self.name}，{self.from_} 起" if self.from_ else self.name


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a figure: the values of one notice for one year, for the whole region or for some of its cities.

    `cities` is None for everybody, a tuple of codes, or "others" for the cities no other row of the year names.
    """

    figure: str
    year: int
    values: Mapping[str, Decimal | None]
    source: Source
    cities: tuple[str, ...] | Literal["others"] | None = None
    note: str | None = None

    @property
    def confirmed(self) -> bool:
        """True when the figure may be said at all."""
        return self.source.confidence != "unconfirmed" and None not in self.values.values()

    @property
    def cited(self) -> str:
        """The source and the period in one line, to print behind a number of this row."""
        return f"{self.source.name}（{self.period}）"

    @property
    def period(self) -> str:
        """The year as the notice labels it, with the days it is in force where they are known."""
        begin = f" {self.source.from_} 起" if self.source.from_ else ""
        end = f" 至 {self.source.until}" if self.source.until else ""
        return f"{self.year} 年度{begin}{end}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number ready to be said: `value` in the unit of its figure, with what has to stand behind it."""

    value: Decimal
    source: Source
    period: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Fact:
    """A yes or no about a region, in force between the days of its source."""

    value: bool
    source: Source

    def holds(self, on: date) -> bool:
        """True when the fact is in force on that day."""
        begun = self.source.from_ is None or self.source.from_ <= on
        return self.value and begun and (self.source.until is None or on <= self.source.until)


@dataclass(frozen=True, slots=True)
class Region:
    """A place: the nation, a province, a city or a district. `entries` and `facts` are its own, not its parent's."""

    code: str
    name: str
    short: str
    parent: str | None
    aliases: tuple[str, ...] = ()
    phone: str = "12333"
    entries: tuple[Entry, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    rules: Mapping[str, Any] = field(default_factory=dict)

    @property
    def level(self) -> Literal["nation", "province", "city", "district"]:
        """How big the place is, by its code."""
        if self.code == NATIONAL:
            return "nation"
        if self.code.endswith("0000"):
            return "province"
        return "city" if self.code.endswith("00") else "district"


class NoFigure(KeyError):
    """There is no such number to give. `reason` says why, `code` and `figure` of what."""

    def __init__(self, reason: Reason, code: str, figure: str = "") -> None:
        super().__init__(f"{code} {figure}: {reason}".replace("  ", " "))
        self.reason, self.code, self.figure = reason, code, figure
