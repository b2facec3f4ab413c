"""The early warning in a made-up district: how often it is wrong, how soon it is right. The full tables:
`python -m tests.evaluation.warnings`; over four years at 20, 80 and 300 complaints a week it is wrong 0.04, 0.4 and 1.2
times a month where 1 is asked for: very busy companies wobble more than eight weeks can tell."""

from __future__ import annotations

import pytest

from bot.settings import packaged
from handlers.warnings.rules import Rules, open_rules
from tests.evaluation.warnings import false_alarms, outbreaks, table


@pytest.fixture(scope="module")
def rules() -> Rules:
    return open_rules(packaged("content"))


def test_false_alarms_stay_within_what_the_operator_bears(rules: Rules) -> None:
    found = false_alarms(rules, 1.2, weekly=40)
    assert found.weeks > 50
    assert found.per_week * 30 / 7 <= rules.false_alarms_per_month
    assert found.per_group_year < 0.01


def test_outbreaks_are_found_the_sooner_the_larger_they_are(rules: Rules) -> None:
    found = table(outbreaks(rules, 3, weekly=25))
    shares = {size: share for size, (share, _days) in found.items()}
    days = {size: days for size, (_share, days) in found.items()}
    assert shares[10] >= 2 / 3 and shares[20] == shares[40] == 1.0
    assert days[10] <= 6 and days[20] <= 3 and days[40] <= 1
