"""The schemes of content/schemes/*.yaml: who may join, why and why not, what they cost and what to know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bot.content import BrokenContent, Finding, read_yaml
from handlers.insurance.conditions import FACTS, Facts, Test, compile_condition
from handlers.regions.service import Regions, Source, read_source

SCHEMES: Final = (
    "employee_pension",
    "resident_pension",
    "employee_medical",
    "resident_medical",
    "occupational_injury",
    "unemployment",
    "personal_pension",
    "social_insurance_subsidy",
    "platform_pension_subsidy",
)
_REFERENCE: Final = re.compile(r"\{\{([^{}]+)\}\}")
_ABOUT: Final = ("brings", "excludes", "papers", "where", "deadline")


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in the languages of the bot; {words} are filled from the facts."""

    zh: str
    en: str
    fills: bool

    def say(self, language: str, facts: Facts) -> str:
        """The sentence in a language, English for all but Chinese."""
        text = self.zh if language == "zh_CN" else self.en
        return text.format_map(facts) if self.fills else text


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence that is said when its test holds."""

    test: Test
    text: Text


@dataclass(frozen=True, slots=True)
class Cost:
    """What a month costs: by the region's `base`, nothing (`free`), from nothing to a yearly `limit`, or `local`."""

    kind: Literal["base", "free", "limit", "local"]
    figure: str | None = None
    field: str | None = None
    share: str | None = None
    share_employee: str | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme. `needs` are tests with the sentence said when they fail; `about` what a person wants to know of it.

    `cite` names regional facts, `uses` regional figures ("figure.field") that are put among the facts by a name.
    """

    id: str
    name: Text
    rank: int
    rank_when: tuple[Test, int] | None
    cost: Cost
    needs: tuple[Clause, ...]
    why: tuple[Clause, ...]
    notes: tuple[Clause, ...]
    about: Mapping[str, Text]
    cite: tuple[str, ...]
    uses: Mapping[str, tuple[str, str]]
    sources: tuple[Source, ...]

    def place(self, facts: Facts) -> int:
        """Its place in the ranking for this person, smaller first."""
        if self.rank_when and self.rank_when[0](facts):
            return self.rank_when[1]
        return self.rank


def load_schemes(content: Path, regions: Regions) -> tuple[Scheme, ...]:
    """All schemes; raises `BrokenContent` for a file that can't be used or one that is missing."""
    found = {path.stem: read_scheme(path, regions) for path in sorted((content / "schemes").glob("*.yaml"))}
    for missing in sorted(set(SCHEMES) - found.keys()):
        path = str(content / "schemes" / f"{missing}.yaml")
        raise BrokenContent(Finding(path, 0, "error", "this scheme is missing; put the file back"))
    return tuple(found[name] for name in SCHEMES)


def read_scheme(path: Path, regions: Regions) -> Scheme:
    """One scheme's file; raises `BrokenContent` when it does not have the shape employee_pension.yaml describes."""
    data = read_yaml(path)
    try:
        if data["id"] != path.stem or path.stem not in SCHEMES:
            raise ValueError(f"id {data['id']!r} must be the file's name and one of the {len(SCHEMES)} schemes")
        return _scheme(data, regions)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"not a scheme file ({type(error).__name__}: {error}); see the head of employee_pension.yaml"
        raise BrokenContent(Finding(str(path), 0, "error", message)) from None


def _scheme(data: Mapping[str, Any], regions: Regions) -> Scheme:
    uses = {name: _pair(figure) for name, figure in (data.get("uses") or {}).items()}
    facts = fact_names(regions) | uses.keys()
    when = data.get("rank_when")
    return Scheme(
        id=data["id"],
        name=_text(data["name"], regions, facts),
        rank=data["rank"],
        rank_when=(compile_condition(when["if"], facts), when["rank"]) if when else None,
        cost=Cost(**data["cost"]),
        needs=tuple(_clause(row, "else", regions, facts) for row in data["when"]),
        why=tuple(_clause(row, "say", regions, facts) for row in data["why"]),
        notes=tuple(_clause(row, "say", regions, facts) for row in data["notes"]),
        about={name: _text(data[name], regions, facts) for name in _ABOUT},
        cite=tuple(data.get("cite") or ()),
        uses=uses,
        sources=tuple(read_source(row) for row in data["sources"]),
    )


def fact_names(regions: Regions) -> frozenset[str]:
    """Every fact a condition may name: a person's, and `region.<name>` for the facts of any region."""
    return FACTS | {f"region.{name}" for region in regions.all() for name in region.facts}


def _clause(row: Mapping[str, Any], said: str, regions: Regions, facts: frozenset[str]) -> Clause:
    test = compile_condition(row["if"], facts) if "if" in row else _always
    return Clause(test, _text(row[said], regions, facts))


def _always(facts: Facts) -> bool:
    return True


def _text(data: Mapping[str, str], regions: Regions, facts: frozenset[str]) -> Text:
    def fill(sentence: str) -> str:
        filled = _REFERENCE.sub(lambda match: str(regions.figure(match[1].strip()).value), sentence)
        filled.format_map(dict.fromkeys(facts, ""))  # an unknown {word} must show when the file is read
        return filled

    zh, en = fill(data["zh"]), fill(data["en"])
    return Text(zh, en, fills="{" in zh + en)


def _pair(figure: str) -> tuple[str, str]:
    name, field = figure.split(".")
    return name, field
