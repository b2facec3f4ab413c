"""The national rules of content/regions/000000.yaml, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from handlers.insurance.values import parse_month
from handlers.regions.service import Region, Source, read_source


@dataclass(frozen=True, slots=True)
class Track:
    """One way to retire: ages in months; from `first_birth` on, every `band` months one month more, up to `cap`."""

    age: int
    first_birth: int
    band: int
    cap: int


@dataclass(frozen=True, slots=True)
class RetirementRules:
    """The gradual rules (NPC Standing Committee, 2024-09-13) and the years that must be paid."""

    tracks: Mapping[str, Track]
    early: int
    late: int
    required_before: int
    required: Mapping[int, int]
    required_after: int
    source: Source
    flexible_source: Source
    required_source: Source


@dataclass(frozen=True, slots=True)
class ContributionRules:
    """Rates of the flexibly employed, as shares of the base, and the levels they may choose."""

    rate: Decimal
    pooled: Decimal
    personal: Decimal
    lowest: Decimal
    highest: Decimal
    source: Source


@dataclass(frozen=True, slots=True)
class PensionRules:
    """Divisors by whole year of age and the share paid for each year of contributions."""

    per_year: Decimal
    divisors: Mapping[int, int]
    source: Source
    divisor_source: Source


@dataclass(frozen=True, slots=True)
class InjuryRules:
    """Benefits of occupational injury protection: months and percentages by grade, and after a death."""

    lump_months: Mapping[int, int]
    monthly_percent: Mapping[int, int]
    leaving_months: Mapping[int, int]
    death: Mapping[str, int]
    source: Source


@dataclass(frozen=True, slots=True)
class WaitingRules:
    """Months to wait in the resident medical scheme after a break."""

    fixed: int
    per_broken_year: int
    repair_per_paid_year: int
    long_break_years: int
    long_break_least: int
    source: Source


@dataclass(frozen=True, slots=True)
class TransferRules:
    """Months in the employee scheme that decide the way of a transfer."""

    employee_months: int
    source: Source


@dataclass(frozen=True, slots=True)
class WorkInjuryRules:
    """How long there is to apply for a finding of work injury: the employer in days, oneself in months."""

    employer_days: int
    own_months: int
    source: Source


@dataclass(frozen=True, slots=True)
class Rules:
    """All national rules."""

    retirement: RetirementRules
    contribution: ContributionRules
    pension: PensionRules
    injury: InjuryRules
    waiting: WaitingRules
    transfer: TransferRules
    work_injury: WorkInjuryRules


def read_rules(national: Region) -> Rules:
    """The rules of the nation's file; raises KeyError, TypeError or ValueError when one is missing or misshapen."""
    rules = national.rules
    return Rules(
        retirement=_retirement(rules["retirement"], rules["required_months"]),
        contribution=_contribution(rules["contribution"]),
        pension=_pension(rules["pension"]),
        injury=InjuryRules(**_sourced(rules["injury"])),
        waiting=WaitingRules(**_sourced(rules["medical_waiting"])),
        transfer=TransferRules(**_sourced(rules["transfer"])),
        work_injury=WorkInjuryRules(**_sourced(rules["work_injury"])),
    )


def _sourced(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "source": read_source(data["source"])}


def _retirement(data: Mapping[str, Any], required: Mapping[str, Any]) -> RetirementRules:
    tracks = {
        name: Track(**{**track, "first_birth": parse_month(track["first_birth"])})
        for name, track in data["tracks"].items()
    }
    return RetirementRules(
        tracks=tracks,
        early=data["flexible"]["early"],
        late=data["flexible"]["late"],
        required_before=required["before"],
        required=required["years"],
        required_after=required["after"],
        source=read_source(data["source"]),
        flexible_source=read_source(data["flexible_source"]),
        required_source=read_source(required["source"]),
    )


def _contribution(data: Mapping[str, Any]) -> ContributionRules:
    shares = {name: Decimal(str(data[name])) for name in ("rate", "pooled", "personal", "lowest", "highest")}
    return ContributionRules(**shares, source=read_source(data["source"]))


def _pension(data: Mapping[str, Any]) -> PensionRules:
    return PensionRules(
        per_year=Decimal(str(data["per_year"])),
        divisors=data["divisors"],
        source=read_source(data["source"]),
        divisor_source=read_source(data["divisor_source"]),
    )
