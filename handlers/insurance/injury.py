"""Benefits of occupational injury protection by grade of disability, and after a death."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.i18n import N_
from handlers.insurance.rules import InjuryRules
from handlers.insurance.values import BadInput, yuan
from handlers.regions.service import Source


@dataclass(frozen=True, slots=True)
class InjuryBenefits:
    """Months of the region's calculation base; the amounts in yuan are None when that base is not known.

    `lump_*` is paid once; `monthly_*` every month (grades 1 to 4); `leaving_*` once (grades 5 and 6).
    """

    grade: int
    lump_months: int
    lump: Decimal | None
    monthly_percent: int | None
    monthly: Decimal | None
    leaving_months: int | None
    leaving: Decimal | None
    source: Source


@dataclass(frozen=True, slots=True)
class DeathBenefits:
    """Yuan, paid once: for the funeral and to the family; `*_percent` are the dependants' monthly shares."""

    funeral: Decimal
    lump: Decimal
    spouse_percent: int
    relative_percent: int
    alone_percent: int
    source: Source


def injury_benefits(grade: int, base: Decimal | None, rules: InjuryRules) -> InjuryBenefits:
    """What grade 1 (worst) to 10 brings; `base` is the insured region's monthly calculation base, if known."""
    if grade not in rules.lump_months:
        raise BadInput(N_("Grades go from 1 to 10."))
    if base is not None and base <= 0:
        raise BadInput(N_("The calculation base must be more than zero."))
    percent, leaving = rules.monthly_percent.get(grade), rules.leaving_months.get(grade)
    return InjuryBenefits(
        grade=grade,
        lump_months=rules.lump_months[grade],
        lump=_times(base, Decimal(rules.lump_months[grade])),
        monthly_percent=percent,
        monthly=_times(base, Decimal(percent) / 100) if percent else None,
        leaving_months=leaving,
        leaving=_times(base, Decimal(leaving)) if leaving else None,
        source=rules.source,
    )


def death_benefits(monthly_wage: Decimal, yearly_income: Decimal, rules: InjuryRules) -> DeathBenefits:
    """`monthly_wage`: of private urban units in the region; `yearly_income`: urban disposable, nation, last year."""
    if monthly_wage <= 0 or yearly_income <= 0:
        raise BadInput(N_("Wage and income must be more than zero."))
    death = rules.death
    return DeathBenefits(
        funeral=yuan(monthly_wage * death["funeral_percent"] * death["funeral_months"] / 100),
        lump=yuan(yearly_income * death["income_years"]),
        spouse_percent=death["spouse_percent"],
        relative_percent=death["relative_percent"],
        alone_percent=death["alone_percent"],
        source=rules.source,
    )


def _times(base: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if base is None else yuan(base * factor)
