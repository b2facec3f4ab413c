"""Insurance for everybody else: `open_insurance(content_dir)` and what the class it gives can compute."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.content import BrokenContent, Finding
from handlers.insurance import breakeven, injury, transfer, waiting
from handlers.insurance.contribution import FIGURE, Contribution, contribution, explain
from handlers.insurance.guide import Guide, Option, guide
from handlers.insurance.pension import Outcome, Pension, Plan, pension, project
from handlers.insurance.person import OCCUPATIONS, RELATIONS, Person, facts_of
from handlers.insurance.retirement import Retirement, required_months, retire
from handlers.insurance.rules import Rules, read_rules
from handlers.insurance.schemes import Scheme, load_schemes
from handlers.insurance.setting import LEVELS, Setting, look_around
from handlers.insurance.values import BadInput, format_month, parse_month
from handlers.regions.service import NATIONAL, NoFigure, Regions, open_regions

__all__ = [
    "FIGURE",
    "LEVELS",
    "OCCUPATIONS",
    "RELATIONS",
    "BadInput",
    "Contribution",
    "Guide",
    "Insurance",
    "Option",
    "Outcome",
    "Pension",
    "Person",
    "Plan",
    "Retirement",
    "format_month",
    "open_insurance",
    "parse_month",
]

FIVE_YEARS = 60
MOST_KEPT = 4096


class Insurance:
    """The rules of one content folder. Every result carries its source and period; bad input raises `BadInput`."""

    def __init__(self, regions: Regions, rules: Rules, schemes: tuple[Scheme, ...]) -> None:
        self.regions, self.rules, self.schemes = regions, rules, schemes
        self._contributions: dict[tuple[str, int, Decimal], Contribution] = {}
        self._settings: dict[tuple[str, int], Setting] = {}

    def retirement(self, birth: int, track: str) -> Retirement:
        """When somebody born in the running month `birth` retires on a track: male60, female55 or female50."""
        return retire(birth, track, self.rules.retirement)

    def required_months(self, year: int) -> int:
        """Months of contributions needed by somebody who retires in `year`."""
        return required_months(year, self.rules.retirement)

    def contribution(self, code: str, year: int, level: Decimal) -> Contribution:
        """What a month costs in a region at a level from 0.6 to 3.0 of the year's base."""
        key = (code, year, level)
        if key not in self._contributions:
            _make_room(self._contributions)
            self._contributions[key] = contribution(self.regions, self.rules.contribution, code, year, level)
        return self._contributions[key]

    def pension(self, base: Decimal, index: Decimal, months: int, account: Decimal, age_months: int) -> Pension:
        """The monthly pension: basic and account part, an estimate (transitional parts are not computed)."""
        return pension(
            self.rules.pension, base=base, index=index, months=months, account=account, age_months=age_months
        )

    def outcomes(self, plan: Plan) -> dict[str, Outcome]:
        """A plan beside two others: `as_is`, five years more (`longer`), and at the 100 % level (`higher`)."""
        plans = {
            "as_is": plan,
            "longer": replace(plan, to_go=plan.to_go + FIVE_YEARS),
            "higher": replace(plan, level=Decimal(1)),
        }
        rates = self.rules.contribution
        return {name: project(each, rates.personal, rates.rate, self.rules.pension) for name, each in plans.items()}

    def break_even(self, paid: Decimal, monthly_pension: Decimal, age_months: int) -> breakeven.BreakEven:
        """How many months of pension give back what was paid."""
        return breakeven.break_even(paid, monthly_pension, age_months)

    def injury_benefits(self, grade: int, base: Decimal | None = None) -> injury.InjuryBenefits:
        """Benefits of occupational injury protection for a grade; in yuan when the calculation base is given."""
        return injury.injury_benefits(grade, base, self.rules.injury)

    def death_benefits(self, monthly_wage: Decimal, yearly_income: Decimal) -> injury.DeathBenefits:
        """Benefits to the family after a death at work for a platform."""
        return injury.death_benefits(monthly_wage, yearly_income, self.rules.injury)

    def medical_waiting(self, broken_years: int, repaired_years: int = 0) -> waiting.Waiting:
        """Months the resident medical scheme pays nothing after a break."""
        return waiting.medical_waiting(broken_years, repaired_years, self.rules.waiting)

    def transfer(
        self, employee_months: int, resident_months: int, *, of_age: bool, receiving: bool = False
    ) -> transfer.Transfer:
        """Whether and how years in the two pension schemes can be put together."""
        return transfer.transfer(
            employee_months, resident_months, of_age=of_age, receiving=receiving, rules=self.rules.transfer
        )

    def guide(self, person: Person) -> Guide:
        """Which schemes are open to a person, why and why not, ranked."""
        try:
            setting = self.setting(person.work_region, person.as_of)
            facts = facts_of(person, setting, self.regions, self.rules.retirement)
        except NoFigure as problem:
            raise explain(problem, self.regions, problem.code, person.as_of.year) from None
        return guide(person, setting, facts, self.schemes)

    def setting(self, code: str, day: date) -> Setting:
        """What holds in a region on a day; raises `NoFigure("region")`."""
        key = (code, self.regions.period(day))
        if key not in self._settings:
            _make_room(self._settings)
            self._settings[key] = look_around(code, day, self.regions, self.rules.contribution, self.schemes)
        return self._settings[key]

    def scheme(self, name: str) -> Scheme:
        """One scheme by its id, for its name and what to know of it; raises KeyError."""
        return next(scheme for scheme in self.schemes if scheme.id == name)


def _make_room(kept: dict[Any, Any]) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()


@lru_cache(maxsize=8)
def open_insurance(content: Path) -> Insurance:
    """The insurance rules of a content folder, read once a process; raises `BrokenContent`."""
    regions = open_regions(content)
    try:
        rules = read_rules(regions.national)
    except (KeyError, TypeError, ValueError) as error:
        path = str(content / "regions" / f"{NATIONAL}.yaml")
        message = f"rules: {type(error).__name__}: {error}; see the same place in the file that came with the program"
        raise BrokenContent(Finding(path, 0, "error", message)) from None
    return Insurance(regions, rules, load_schemes(content, regions))
