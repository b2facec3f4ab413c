"""Whether and how years in the employee and the resident pension can be put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from handlers.insurance.rules import TransferRules
from handlers.regions.service import Source

Way = Literal["resident_to_employee", "employee_to_resident", "not_yet", "already_paid", "nothing"]


@dataclass(frozen=True, slots=True)
class Transfer:
    """`months` count towards the pension after the transfer; `short` is what the employee scheme still lacks."""

    way: Way
    months: int
    short: int
    source: Source


def transfer(
    employee_months: int, resident_months: int, *, of_age: bool, receiving: bool, rules: TransferRules
) -> Transfer:
    """What can be done for somebody with months in both schemes.

    Only at statutory age, never once a pension is paid. From resident to employee the accounts are added and the
    resident years are not; the other way the years are added.
    """
    short = max(0, rules.employee_months - employee_months)
    way = _way(employee_months, resident_months, short, of_age=of_age, receiving=receiving)
    months = employee_months + resident_months if way == "employee_to_resident" else employee_months
    return Transfer(way, months, short, rules.source)


def _way(employee: int, resident: int, short: int, *, of_age: bool, receiving: bool) -> Way:
    if receiving:
        return "already_paid"
    if not employee or not (short or resident):
        return "nothing"
    if not of_age:
        return "not_yet"
    return "employee_to_resident" if short else "resident_to_employee"
