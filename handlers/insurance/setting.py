"""All that depends only on where and when: looked up once for a region and a day, not once a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from handlers.insurance.contribution import FIGURE, Contribution, at_level
from handlers.insurance.rules import ContributionRules
from handlers.insurance.schemes import Scheme
from handlers.insurance.values import yuan
from handlers.regions.service import Entry, NoFigure, Region, Regions

# The levels whose cost is shown beside each other.
LEVELS: Final = (Decimal("0.6"), Decimal("1.0"), Decimal("3.0"))


@dataclass(frozen=True, slots=True)
class Setting:
    """A place while nothing changes there: its base in force (None: not confirmed, or its cities differ), and more.

    `facts` holds `region.<name>` and what the schemes use of the region's figures; `levels` are the contributions at
    LEVELS, `limits` the monthly limits by scheme, `sources` and `priced` the lines to print without and with a cost.
    """

    work: Region
    province: Region | None
    base: Entry | None
    differs: bool
    facts: Mapping[str, Any]
    levels: tuple[Contribution, ...]
    limits: Mapping[str, Decimal | None]
    sources: Mapping[str, tuple[str, ...]]
    priced: Mapping[str, tuple[str, ...]]


def look_around(
    code: str, day: date, regions: Regions, rules: ContributionRules, schemes: tuple[Scheme, ...]
) -> Setting:
    """The setting of a region's code on a day; raises `NoFigure("region")` when there is no such place."""
    work = regions.region(code)
    base, differs = None, False
    try:
        base = regions.in_force(code, FIGURE, day)
    except NoFigure:
        differs = True
    sources = {scheme.id: tuple(dict.fromkeys(_sources(scheme, code, day, regions))) for scheme in schemes}
    cost = (base.cited,) if base else ()
    return Setting(
        work=work,
        province=regions.province(code),
        base=base,
        differs=differs,
        facts=dict(_facts(code, day, regions, schemes)),
        levels=tuple(at_level(base, level, rules) for level in LEVELS) if base else (),
        limits={s.id: _limit(s, code, day, regions) for s in schemes if s.cost.kind == "limit"},
        sources=sources,
        priced={scheme.id: sources[scheme.id] + cost for scheme in schemes if scheme.cost.kind == "base"},
    )


def _facts(code: str, day: date, regions: Regions, schemes: tuple[Scheme, ...]) -> Iterator[tuple[str, Any]]:
    for name, fact in regions.facts(code).items():
        yield f"region.{name}", fact.holds(day)
    for scheme in schemes:
        for name, (figure, field) in scheme.uses.items():
            entry = regions.in_force(code, figure, day)
            yield name, entry.values[field] if entry else None


def _limit(scheme: Scheme, code: str, day: date, regions: Regions) -> Decimal | None:
    entry = regions.in_force(code, str(scheme.cost.figure), day)
    yearly = entry.values[str(scheme.cost.field)] if entry else None
    return None if yearly is None else yuan(yearly / 12)


def _sources(scheme: Scheme, code: str, day: date, regions: Regions) -> Iterator[str]:
    yield from (source.label for source in scheme.sources)
    yield from (regions.facts(code)[name].source.label for name in scheme.cite if name in regions.facts(code))
    for figure, _field in scheme.uses.values():
        entry = regions.in_force(code, figure, day)
        if entry:
            yield entry.cited
