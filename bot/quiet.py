"""Quiet hours: when nothing is said unasked to somebody, by their own night and their occupation's peaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.peaks import Peaks

MOST_SPANS = 20  # quiet times one after the other: more is a slip in the content
BEFORE = timedelta(minutes=10)  # so long before a quiet time something is still said in its stead


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A stretch of time all of which has the same answer."""

    start: datetime
    until: datetime
    ends: datetime | None


@lru_cache(maxsize=256)
def zone_of(name: str, fallback: str) -> ZoneInfo:
    """A person's zone by its IANA name; one that does not exist counts as the fallback."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(fallback)


class QuietHours:
    """Asked for one person after another: the answer for an occupation, region and zone is kept while it holds, so a
    hundred thousand people cost a hundred thousand look-ups in a dict."""

    def __init__(self, peaks: Peaks, timezone: str = "Asia/Shanghai") -> None:
        self.peaks = peaks
        self.timezone = timezone
        self._kept: dict[tuple[str, str, str], _Stretch] = {}

    def ends(self, at: datetime, occupation: str = "", region: str = "", timezone: str = "") -> datetime | None:
        """None when something may be said at this instant; else when night and peaks, one after the other, are over
        (UTC). An occupation that is not listed has only the night."""
        key = occupation, region, timezone
        kept = self._kept.get(key)
        if kept is None or not kept.start <= at < kept.until:
            kept = self._kept[key] = self._stretch(at, occupation, region, zone_of(timezone, self.timezone))
        return kept.ends

    def free_at(self, at: datetime, occupation: str = "", region: str = "", timezone: str = "") -> datetime:
        """The first instant from `at` on at which something may be said."""
        return self.ends(at, occupation, region, timezone) or at

    def last_chance(self, at: datetime, occupation: str = "", region: str = "", timezone: str = "") -> datetime:
        """The last moment to say something that is due at `at`: ten minutes before its quiet time begins, or `at`."""
        zone = zone_of(timezone, self.timezone)
        for _span in range(MOST_SPANS):
            span = self.peaks.quiet(occupation, at, zone, region)
            if span is None:
                break
            at = span[0] - BEFORE
        return at

    def _stretch(self, at: datetime, occupation: str, region: str, zone: ZoneInfo) -> _Stretch:
        end = at
        for _span in range(MOST_SPANS):
            span = self.peaks.quiet(occupation, end, zone, region)
            if span is None:
                break
            end = span[1]
        if end > at:
            return _Stretch(at, end.astimezone(UTC), end.astimezone(UTC))
        return _Stretch(at, self.peaks.next_quiet(occupation, at, zone, region), None)
