"""How long a pension takes to give back what was paid for it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from bot.i18n import N_
from handlers.insurance.values import BadInput


@dataclass(frozen=True, slots=True)
class BreakEven:
    """`months` of pension until all that was paid is back, and the age in months at which that is. An estimate."""

    months: int
    age_months: int


def break_even(paid: Decimal, monthly_pension: Decimal, age_months: int) -> BreakEven:
    """When somebody who retires at `age_months` has back what he paid (yuan, no interest, no yearly rises)."""
    if paid < 0 or monthly_pension <= 0:
        raise BadInput(N_("Amounts of money can't be negative, and the pension must be more than zero."))
    months = int((paid / monthly_pension).to_integral_value(ROUND_CEILING))
    return BreakEven(months, age_months + months)
