"""Peaks from content: by occupation, weekday, working day and region; free gaps; a slip is named with its line."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.content import BrokenContent
from bot.peaks import Peaks, load_peaks
from bot.settings import packaged

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY, SATURDAY = date(2026, 11, 16), date(2026, 11, 21)
OWN = """
night: {from: "22:00", to: "08:00"}
occupations:
  rider:
    - {days: workdays, from: "11:00", to: "13:00"}
    - {days: restdays, from: "12:00", to: "14:00"}
    - {days: [fri], from: "17:00", to: "20:00"}
regions:
  "320400":
    rider: [{from: "10:00", to: "11:00"}]
  "110000":
    driver: [{from: "07:00", to: "08:00"}]
"""


@pytest.fixture
def own(tmp_path: Path) -> Peaks:
    (tmp_path / "occupations.yaml").write_text(OWN)
    return load_peaks(tmp_path)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def test_the_defaults_are_marked_as_the_operators_own() -> None:
    peaks = load_peaks(packaged("content"))
    assert peaks.basis == "operator_default"
    for day in (MONDAY, SATURDAY):
        assert peaks.on("rider", day) == [(time(10, 30), time(13, 30)), (time(16, 30), time(20, 0))]
        assert peaks.on("driver", day) == [(time(7, 0), time(9, 30)), (time(17, 0), time(19, 30))]
    assert peaks.on("streamer", MONDAY) == []


def test_days_are_chinas_working_days_with_make_up_days(own: Peaks) -> None:
    noon = [(time(11, 0), time(13, 0))]
    assert own.on("rider", MONDAY) == noon
    assert own.on("rider", SATURDAY) == [(time(12, 0), time(14, 0))]
    assert own.on("rider", date(2025, 10, 1)) == [(time(12, 0), time(14, 0))], "a Wednesday, National Day"
    assert own.on("rider", date(2025, 9, 28)) == noon, "a Sunday that is worked for it"
    assert own.on("rider", date(2026, 11, 20)) == [*noon, (time(17, 0), time(20, 0))]


def test_a_region_has_its_own_for_the_occupations_it_names(own: Peaks) -> None:
    ten = [(time(10, 0), time(11, 0))]
    assert own.on("rider", MONDAY, "320402") == own.on("rider", MONDAY, "320400") == ten
    assert own.on("rider", MONDAY, "320500") == [(time(11, 0), time(13, 0))]
    assert own.on("driver", MONDAY, "110105") == [(time(7, 0), time(8, 0))]
    assert own.on("driver", MONDAY, "320402") == []


def test_what_touches_a_peak_and_what_only_borders_on_it(own: Peaks) -> None:
    assert own.within(["rider"], at("2026-11-16 12:59"), at("2026-11-16 14:00"), ZONE)
    assert not own.within(["rider"], at("2026-11-16 13:00"), at("2026-11-16 14:00"), ZONE)
    assert not own.within(["rider"], at("2026-11-16 10:00"), at("2026-11-16 11:00"), ZONE)


def test_the_next_free_gap_is_outside_every_peak_and_the_night(own: Peaks) -> None:
    hour = timedelta(hours=1)
    assert own.next_free(["rider"], at("2026-11-16 12:00"), hour, ZONE) == at("2026-11-16 13:00")
    assert own.next_free(["rider"], at("2026-11-16 21:30"), hour, ZONE) == at("2026-11-17 08:00")
    assert own.next_free(["rider"], at("2026-11-16 14:00"), hour, ZONE) == at("2026-11-16 14:00")
    assert own.next_free(["rider"], at("2026-11-16 12:00"), timedelta(hours=15), ZONE) is None


def test_quiet_is_the_peak_or_the_night(own: Peaks) -> None:
    assert own.quiet("rider", at("2026-11-16 12:00"), ZONE) == (at("2026-11-16 11:00"), at("2026-11-16 13:00"))
    assert own.quiet("rider", at("2026-11-17 03:00"), ZONE) == (at("2026-11-16 22:00"), at("2026-11-17 08:00"))
    assert own.quiet("rider", at("2026-11-16 13:00"), ZONE) is None


@pytest.mark.parametrize(
    ("slip", "line", "said"),
    [
        ('to: "13:00"}', 5, "a peak ends after it begins"),
        ("days: workdays", 5, "days"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, slip: str, line: int, said: str) -> None:
    wrong = {'to: "13:00"}': 'to: "10:00"}', "days: workdays": "days: someday"}[slip]
    (tmp_path / "occupations.yaml").write_text(OWN.replace(slip, wrong))
    with pytest.raises(BrokenContent) as found:
        load_peaks(tmp_path)
    assert found.value.finding.line == line
    assert said in found.value.finding.message
