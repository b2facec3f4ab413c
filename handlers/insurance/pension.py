"""Estimates of the monthly employee pension: the basic part and the account part.

The transitional part (for years before personal accounts existed) follows provincial formulas and is not computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.i18n import N_
from handlers.insurance.rules import PensionRules
from handlers.insurance.values import BadInput, yuan
from handlers.regions.service import Source

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Pension:
    """Yuan a month, an estimate; `divisor` in months."""

    basic: Decimal
    account_pension: Decimal
    total: Decimal
    divisor: Decimal
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where somebody stands and how he means to go on.

    `base` is the region's calculation base and `wage` the contribution base at level 1 (yuan a month); `index` and
    `account` are what `months` paid so far have brought; `to_go` more months are paid at `level`.
    """

    base: Decimal
    wage: Decimal
    index: Decimal
    months: int
    account: Decimal
    to_go: int
    level: Decimal
    age_months: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan leads to: what is still paid in all, and the pension, at today's figures and without interest."""

    plan: Plan
    months: int
    index: Decimal
    account: Decimal
    paid: Decimal
    pension: Pension


def pension(
    rules: PensionRules, *, base: Decimal, index: Decimal, months: int, account: Decimal, age_months: int
) -> Pension:
    """Basic part base x (1 + index) / 2 x years x 1 %, account part account / divisor (State Council 2005 no. 38).

    Months count as exact twelfths of a year; some provinces cut the years to two decimals, which is cents a month.
    """
    by_month = divisor(age_months, rules)
    basic = yuan(base * (1 + index) * months * rules.per_year / 24)
    from_account = yuan(account / by_month)
    return Pension(basic, from_account, basic + from_account, by_month, (rules.source, rules.divisor_source))


def divisor(age_months: int, rules: PensionRules) -> Decimal:
    """Months the account is divided by at this age: between two birthdays a straight line, rounded to one decimal."""
    year, month = divmod(age_months, 12)
    youngest, oldest = min(rules.divisors), max(rules.divisors)
    if not youngest * 12 <= age_months <= oldest * 12:
        raise BadInput(N_("Ages go from {youngest} to {oldest} years."), youngest=youngest, oldest=oldest)
    here = rules.divisors[year]
    after = rules.divisors[year + 1] if month else here
    return ((Decimal(12 * here) - (here - after) * month) / 12).quantize(TENTH, ROUND_HALF_UP)


def project(plan: Plan, personal: Decimal, rate: Decimal, rules: PensionRules) -> Outcome:
    """Where a plan leads; `personal` and `rate` are the shares of the base that go to the account and that are paid."""
    months = plan.months + plan.to_go
    weighed = plan.index * plan.months + plan.level * plan.to_go
    index = weighed / months if months else plan.level
    month_base = plan.wage * plan.level
    account = plan.account + month_base * personal * plan.to_go
    return Outcome(
        plan=plan,
        months=months,
        index=index,
        account=yuan(account),
        paid=yuan(month_base * rate * plan.to_go),
        pension=pension(rules, base=plan.base, index=index, months=months, account=account, age_months=plan.age_months),
    )
