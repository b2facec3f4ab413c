"""The person a guide is for, and the facts conditions may ask about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from handlers.insurance.retirement import retire
from handlers.insurance.rules import RetirementRules
from handlers.insurance.setting import Setting
from handlers.insurance.values import format_month
from handlers.regions.service import Regions

OCCUPATIONS: Final = frozenset({"rider", "driver", "trucker", "streamer", "other"})
# Three kinds of working relation (document no. 56 of 2021) and not knowing.
RELATIONS: Final = frozenset({"employee", "agreement", "independent", "unknown"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: `birth` a running month, regions by code, income in yuan a month; None where it was not said."""

    birth: int
    sex: str
    track: str
    work_region: str
    as_of: date
    household_region: str | None = None
    occupation: str = "other"
    relation: str = "unknown"
    paid_months: int | None = None
    monthly_income: Decimal | None = None


def facts_of(person: Person, setting: Setting, regions: Regions, rules: RetirementRules) -> dict[str, Any]:
    """The facts of conditions.FACTS about a person, and those of where he works."""
    floor = setting.base.values["floor"] if setting.base else None
    home = regions.region(person.household_region) if person.household_region else None
    month = person.as_of.year * 12 + person.as_of.month - 1
    way = retire(person.birth, person.track, rules)
    left = max(0, way.month - month)
    paid = person.paid_months or 0
    age = month - person.birth
    income = person.monthly_income
    return {
        **setting.facts,
        "age": age // 12,
        "age_months": age,
        "sex": person.sex,
        "track": person.track,
        "occupation": person.occupation,
        "relation": person.relation,
        "paid_months": paid,
        "income": income,
        "of_age": left == 0,
        "paid_enough": paid >= way.required_months,
        "reachable": paid + left >= way.required_months,
        "months_left": left,
        "retirement": format_month(way.month),
        "required": way.required_months,
        "lacking": max(0, way.required_months - paid),
        "short_by": max(0, way.required_months - paid - left),
        "same_region": None if home is None else regions.province(home.code) is setting.province,
        "region": setting.work.short,
        "home": home.short if home else setting.work.short,
        "income_reaches_floor": None if income is None or floor is None else income >= floor,
        "date": person.as_of.isoformat(),
    }
