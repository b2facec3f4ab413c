"""When each occupation is at its busiest: content/occupations.yaml, the operator's own defaults.

Used to plan around the peaks and to say nothing unasked in them; nobody is bound by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.content import read_model

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Span = tuple[datetime, datetime]


class Hours(BaseModel):
    """From one clock time to another; past midnight where `to` comes first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: time = Field(alias="from")
    end: time = Field(alias="to")


class Peak(Hours):
    """A busy time on some days."""

    days: Literal["every", "workdays", "restdays"] | tuple[Weekday, ...] = "every"

    @model_validator(mode="after")
    def _one_day(self) -> Peak:
        if self.start >= self.end:
            raise ValueError("a peak ends after it begins, on the same day")
        return self

    def on(self, day: date) -> bool:
        """True when the day has this peak; working days are China's, make-up days (调休) among them."""
        if self.days == "every":
            return True
        if isinstance(self.days, tuple):
            return get_args(Weekday)[day.weekday()] in self.days
        from bot.workdays import is_workday

        return is_workday(day) == (self.days == "workdays")


ByOccupation = dict[str, tuple[Peak, ...]]


class Peaks(BaseModel):
    """All peaks. `regions`: GB/T 2260 code -> the occupations that are otherwise there."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    basis: Literal["operator_default", "agreed"] = "operator_default"
    night: Hours
    occupations: ByOccupation
    regions: dict[str, ByOccupation] = Field(default_factory=dict)

    def on(self, occupation: str, day: date, region: str = "") -> list[tuple[time, time]]:
        """The peaks of an occupation on a day, earliest first; none for one that is not listed."""
        return sorted((one.start, one.end) for one in self._of(occupation, region) if one.on(day))

    def _of(self, occupation: str, region: str) -> tuple[Peak, ...]:
        for code in (region, region[:4] + "00", region[:2] + "0000"):
            if occupation in self.regions.get(code, {}):
                return self.regions[code][occupation]
        return self.occupations.get(occupation, ())

    def within(
        self, occupations: Iterable[str], start: datetime, end: datetime, zone: ZoneInfo, region: str = ""
    ) -> list[Span]:
        """The peaks of any of these occupations that a time touches, earliest first."""
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
        spans = {
            (datetime.combine(day, begins, zone), datetime.combine(day, ends, zone))
            for occupation in occupations
            for day in days
            for begins, ends in self.on(occupation, day, region)
        }
        return sorted(span for span in spans if span[0] < end and start < span[1])

    def quiet(self, occupation: str, at: datetime, zone: ZoneInfo, region: str = "") -> Span | None:
        """The peak or the night an instant lies in, when nothing is said unasked; None when there is none."""
        around = self.within([occupation], at, at + timedelta(microseconds=1), zone, region)
        nights = [self._night(at.astimezone(zone).date() + timedelta(days=shift), zone) for shift in (-1, 0)]
        return next((span for span in [*around, *nights] if span[0] <= at < span[1]), None)

    def next_quiet(self, occupation: str, at: datetime, zone: ZoneInfo, region: str = "") -> datetime:
        """When the next peak or night begins after an instant; a day later at most."""
        limit = at + timedelta(days=1)
        today = at.astimezone(zone).date()
        nights = [self._night(today + timedelta(days=shift), zone) for shift in (0, 1)]
        spans = [*self.within([occupation], at, limit, zone, region), *nights]
        return min([limit, *(start for start, _end in spans if start > at)])

    def _night(self, day: date, zone: ZoneInfo) -> Span:
        over = timedelta(days=1) if self.night.end <= self.night.start else timedelta()
        return datetime.combine(day, self.night.start, zone), datetime.combine(day + over, self.night.end, zone)

    def next_free(
        self, occupations: Sequence[str], start: datetime, length: timedelta, zone: ZoneInfo, region: str = ""
    ) -> datetime | None:
        """When something of this length can begin next, at `start` or later within a week, in daytime and outside all
        peaks; None when there is no such time."""
        at = start
        limit = start + timedelta(days=7)
        while at < limit:
            busy = self.within(occupations, at, at + length, zone, region)
            night = self._night_within(at, at + length, zone)
            ends = [span[1] for span in (*busy, *night)]
            if not ends:
                return at
            at = max(ends)
        return None

    def _night_within(self, start: datetime, end: datetime, zone: ZoneInfo) -> list[Span]:
        days = [start.astimezone(zone).date() + timedelta(days=shift) for shift in (-1, 0)]
        nights = [self._night(day, zone) for day in days]
        return [span for span in nights if span[0] < end and start < span[1]]


def load_peaks(content_dir: Path) -> Peaks:
    """Read content/occupations.yaml; raises `BrokenContent` with the line."""
    return read_model(content_dir / "occupations.yaml", Peaks)
