"""A batch whose senders are killed, in short. In full: `python -m tests.crash.batch`."""

from pathlib import Path

import pytest

from tests.crash.batch import Plan, Run


@pytest.mark.timeout(240)
async def test_killed_on_the_way_nobody_is_lost_and_only_who_was_in_flight_is_told_twice(
    database_url: str, tmp_path: Path
) -> None:
    report = await Run(Plan(recipients=2000, kills=3), database_url, tmp_path).whole()
    assert report.wrong == []
    assert report.table["rows by state"] == {"sent": 2000}
