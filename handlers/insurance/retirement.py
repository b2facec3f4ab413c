"""When a person may retire under the gradual rules, in calendar months."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import N_
from handlers.insurance.rules import RetirementRules
from handlers.insurance.values import BadInput
from handlers.regions.service import Source


@dataclass(frozen=True, slots=True)
class Retirement:
    """Months are running numbers (values.parse_month); ages and contributions are counted in months.

    `earliest` and `latest` are the ends of the flexible range, `required_months` what must be paid by `month`.
    """

    delay_months: int
    age_months: int
    month: int
    earliest: int
    latest: int
    required_months: int
    sources: tuple[Source, ...]


def retire(birth: int, track: str, rules: RetirementRules) -> Retirement:
    """The statutory month of somebody born in `birth`, and the range around it."""
    if track not in rules.tracks:
        raise BadInput(N_("The track must be one of {tracks}."), tracks="、".join(rules.tracks))
    way = rules.tracks[track]
    since = birth - way.first_birth
    delay = 0 if since < 0 else min(since // way.band + 1, way.cap)
    month = birth + way.age + delay
    return Retirement(
        delay_months=delay,
        age_months=way.age + delay,
        month=month,
        earliest=max(birth + way.age, month - rules.early),
        latest=month + rules.late,
        required_months=required_months(month // 12, rules),
        sources=(rules.source, rules.flexible_source, rules.required_source),
    )


def required_months(year: int, rules: RetirementRules) -> int:
    """Months of contributions a person who retires in `year` needs for a monthly pension."""
    if year < min(rules.required):
        return rules.required_before
    return rules.required.get(year, rules.required_after)
