"""How long resident medical insurance pays nothing after a break or a late start."""

from __future__ import annotations

from dataclasses import dataclass

from bot.i18n import N_
from handlers.insurance.rules import WaitingRules
from handlers.insurance.values import BadInput
from handlers.regions.service import Source


@dataclass(frozen=True, slots=True)
class Waiting:
    """Months: `fixed` for everybody late, `variable` for the years broken, less what later years repaired."""

    fixed: int
    variable: int
    source: Source

    @property
    def months(self) -> int:
        """The whole wait."""
        return self.fixed + self.variable


def medical_waiting(broken_years: int, repaired_years: int, rules: WaitingRules) -> Waiting:
    """The wait after `broken_years` (0: only late for the year), `repaired_years` having been paid in addition."""
    if broken_years < 0 or repaired_years < 0:
        raise BadInput(N_("Years can't be negative."))
    variable = broken_years * rules.per_broken_year
    repaired = max(0, variable - repaired_years * rules.repair_per_paid_year)
    if broken_years >= rules.long_break_years:
        repaired = max(repaired, rules.long_break_least - rules.fixed)
    return Waiting(rules.fixed, repaired, rules.source)
