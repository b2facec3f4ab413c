"""What the employee pension costs somebody who pays for himself, by region, year and level."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.i18n import N_
from handlers.insurance.rules import ContributionRules
from handlers.insurance.values import BadInput, yuan
from handlers.regions.service import Confidence, Entry, NoFigure, Regions, Source

FIGURE = "pension_base"
_PROBLEMS = {
    "region": N_("There is no region {code}."),
    "figure": N_("No contribution base of {name} for {year} is known; call {phone}."),
    "unconfirmed": N_("The {year} contribution base of {name} is not confirmed; call {phone}."),
    "differs": N_("The floor differs between the cities of {name}; give the code of the city."),
}


@dataclass(frozen=True, slots=True)
class Contribution:
    """A month's contribution in yuan; `cited` is source and period in one line, `estimated` a base we worked out."""

    level: Decimal
    base: Decimal
    monthly: Decimal
    pooled: Decimal
    personal: Decimal
    source: Source
    period: str
    cited: str
    confidence: Confidence
    estimated: bool


def contribution(regions: Regions, rules: ContributionRules, code: str, year: int, level: Decimal) -> Contribution:
    """The contribution at `level` (0.6 to 3.0) of the base the region published for `year`."""
    if not rules.lowest <= level <= rules.highest:
        raise BadInput(N_("The level goes from {lowest} to {highest}."), lowest=rules.lowest, highest=rules.highest)
    try:
        entry = regions.entry(code, FIGURE, year)
    except NoFigure as problem:
        raise explain(problem, regions, code, year) from None
    return at_level(entry, level, rules)


def at_level(entry: Entry, level: Decimal, rules: ContributionRules) -> Contribution:
    """The contribution at a level of one published floor and cap."""
    floor, cap = entry.values["floor"], entry.values["cap"]
    assert floor is not None and cap is not None, "only confirmed rows come here"
    base, estimated = base_at(floor, cap, level, rules)
    monthly, personal = yuan(base * rules.rate), yuan(base * rules.personal)
    return Contribution(
        level=level,
        base=base,
        monthly=monthly,
        # The rest of what is paid, so that the two parts always add up to the cent.
        pooled=monthly - personal,
        personal=personal,
        source=entry.source,
        period=entry.period,
        cited=entry.cited,
        confidence="medium" if estimated else entry.source.confidence,
        estimated=estimated,
    )


def base_at(floor: Decimal, cap: Decimal, level: Decimal, rules: ContributionRules) -> tuple[Decimal, bool]:
    """The base at a level, to the cent, and whether it is our estimate.

    The published floor and cap are the bases at the lowest and the highest level. Between them a level is that share
    of the average wage, which the cap is three times of. A floor that is not 0.6 of the same wage (Zhejiang's is of
    the year before, tiers have lowered ones) moves nothing above it; only, no notice prints the wage there.
    """
    if level in (rules.lowest, rules.highest):
        return (floor if level == rules.lowest else cap), False
    wage = cap / rules.highest
    one_wage = abs(wage * rules.lowest - floor) < 1
    return min(max(yuan(wage * level), floor), cap), not one_wage


def explain(problem: NoFigure, regions: Regions, code: str, year: int) -> BadInput:
    """Why there is no base, in one sentence that says whom to ask."""
    if problem.reason == "region":
        return BadInput(_PROBLEMS["region"], code=code)
    place = regions.region(code)
    return BadInput(_PROBLEMS[problem.reason], name=place.name, year=year, phone=place.phone)
