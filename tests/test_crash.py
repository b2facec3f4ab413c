"""The crash test in short: load from both platforms, kills, and nothing lost or done twice. In full: `make crash`."""

from pathlib import Path

import pytest

from tests.crash.run import Plan, Run

SHORT = Plan(messages=120, kills=3, people=20, hangs=0.0, pace=0.05, hurry=True, patience=60.0)


@pytest.mark.timeout(240)
async def test_killed_under_load_nothing_is_lost_and_nothing_done_twice(database_url: str, tmp_path: Path) -> None:
    report = await Run(SHORT, database_url, tmp_path).whole()
    assert report.wrong == []
    assert report.table["kills"] == SHORT.kills
    assert report.table["cases"] > 0
    assert report.table["acknowledged"] >= SHORT.messages * 0.9
