"""Quiet hours: by each person's own night and peaks, chained, and cheap for many."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.peaks import load_peaks
from bot.quiet import QuietHours

CHINA = ZoneInfo("Asia/Shanghai")
OWN = """
night: {from: "22:00", to: "08:00"}
occupations:
  rider:
    - {days: every, from: "10:30", to: "13:30"}
    - {days: every, from: "16:30", to: "20:00"}
  driver:
    - {days: every, from: "07:00", to: "09:30"}
  trucker:
    - {days: [mon], from: "20:00", to: "22:00"}
regions:
  "320400":
    rider: [{from: "11:00", to: "12:00"}]
"""


@pytest.fixture
def quiet(tmp_path: Path) -> QuietHours:
    (tmp_path / "occupations.yaml").write_text(OWN)
    return QuietHours(load_peaks(tmp_path))


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{text}").replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("when", "occupation", "region", "ends"),
    [
        ("16 09:00", "rider", "", None),
        ("16 10:30", "rider", "", "16 13:30"),
        ("16 13:29", "rider", "", "16 13:30"),
        ("16 13:30", "rider", "", None),
        ("16 10:30", "rider", "320402", None),
        ("16 11:30", "rider", "320402", "16 12:00"),
        ("16 11:30", "", "", None),
        ("16 11:30", "nobody knows", "", None),
        ("16 23:00", "", "", "17 08:00"),
        ("17 03:00", "driver", "", "17 09:30"),  # the night goes over into the morning's peak
        ("16 20:00", "trucker", "", "17 08:00"),  # the peak goes over into the night
        ("17 20:00", "trucker", "", None),
    ],
)
def test_when_it_may_be_said(quiet: QuietHours, when: str, occupation: str, region: str, ends: str | None) -> None:
    found = quiet.ends(at(when), occupation, region, "Asia/Shanghai")
    assert found == (at(ends) if ends else None)
    assert found is None or found.tzinfo is UTC
    assert quiet.free_at(at(when), occupation, region, "Asia/Shanghai") == at(ends or when)


def test_each_by_their_own_zone(quiet: QuietHours) -> None:
    night_in_china = at("16 23:00")
    assert quiet.ends(night_in_china, "", "", "Asia/Shanghai") == at("17 08:00")
    assert quiet.ends(night_in_china, "", "", "Asia/Urumqi") is None  # 21:00 there
    assert quiet.ends(night_in_china, "", "", "Not/AZone") == at("17 08:00")
    assert quiet.ends(night_in_china) == at("17 08:00")


def test_the_last_moment_before_it_is_quiet(quiet: QuietHours) -> None:
    assert quiet.last_chance(at("16 12:00"), "rider") == at("16 10:20")
    assert quiet.last_chance(at("16 14:00"), "rider") == at("16 14:00")
    assert quiet.last_chance(at("16 23:00"), "trucker") == at("16 19:50")


def test_what_is_kept_is_what_would_be_found(quiet: QuietHours) -> None:
    fresh = QuietHours(quiet.peaks)
    for occupation in ("rider", "driver", "trucker", ""):
        for minutes in range(0, 3 * 24 * 60, 7):
            moment = at("15 00:00") + timedelta(minutes=minutes)
            fresh._kept.clear()
            assert quiet.ends(moment, occupation) == fresh.ends(moment, occupation), moment
    assert quiet.ends(at("15 12:00"), "rider") == at("15 13:30"), "the clock may go back"


def test_many_people_cost_little(quiet: QuietHours, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = 0
    real = type(quiet.peaks).quiet

    def counted(*args: object, **more: object) -> object:
        nonlocal asked
        asked += 1
        return real(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(type(quiet.peaks), "quiet", counted)
    for number in range(10_000):
        quiet.ends(at("16 09:00") + timedelta(milliseconds=number), "rider", "", "Asia/Shanghai")
    assert asked == 1
