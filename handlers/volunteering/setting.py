"""What volunteering goes by: the rules of content/volunteering.yaml, the occupations' peaks, the zone of the place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from bot.content import read_model
from bot.peaks import Peaks, load_peaks
from bot.quiet import QuietHours
from bot.site import Site


class Rules(BaseModel):
    """The operator's rules; the file says what each is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    points_per_hour: int = Field(ge=0)
    least_share: float = Field(ge=0, le=1)
    offer_minutes: int = Field(ge=5)
    check_in_before_minutes: int = Field(ge=0)
    check_in_metres: int = Field(default=300, ge=0)
    check_out_after_minutes: int = Field(ge=0)
    wrong_codes: int = Field(ge=1)
    wrong_codes_pause_minutes: int = Field(ge=1)
    no_shows: int = Field(ge=1)
    no_shows_within_days: int = Field(ge=1)
    no_shows_pause_days: int = Field(ge=0)
    evening_reminder: time


@dataclass(frozen=True, slots=True)
class Setting:
    """Rules, peaks and zone, together as every service function takes them."""

    rules: Rules
    peaks: Peaks
    zone: ZoneInfo

    @property
    def quiet(self) -> QuietHours:
        """When nothing is said unasked, by the zone of the place."""
        return QuietHours(self.peaks, self.zone.key)

    def quiet_end(self, occupation: str, region: str, at: datetime) -> datetime:
        """The first instant from `at` on that is neither in the person's peak nor at night."""
        return self.quiet.free_at(at, occupation, region)

    def quiet_start(self, occupation: str, region: str, at: datetime) -> datetime:
        """The last moment before `at` to say something, when `at` itself lies in a peak or at night; else `at`."""
        return self.quiet.last_chance(at, occupation, region)


def open_setting(content_dir: Path, site: Site) -> Setting:
    """Read both files; raises `BrokenContent` with the line of a slip."""
    rules = read_model(content_dir / "volunteering.yaml", Rules)
    return Setting(rules, load_peaks(content_dir), ZoneInfo(site.timezone))
