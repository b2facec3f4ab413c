"""Reads content/regions/*.yaml and content/divisions.csv."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from bot.content import BrokenContent, Finding, read_yaml
from handlers.regions.model import NATIONAL, Entry, Fact, Region, Source

# What a row of a figure says beside its values.
META: Final = frozenset(
    ["year", "cities", "from", "until", "title", "number", "issuer", "url", "date", "confidence", "note"]
)


def load_regions(content: Path) -> dict[str, Region]:
    """Every known place by its code; raises `BrokenContent` for a file that can't be used."""
    regions = {place.code: place for place in read_divisions(content / "divisions.csv")}
    for path in sorted((content / "regions").glob("*.yaml")):
        region = read_region(path)
        regions[region.code] = region
    if NATIONAL not in regions:
        missing = str(content / "regions" / f"{NATIONAL}.yaml")
        raise BrokenContent(Finding(missing, 0, "error", "the national rules are missing; put the file back"))
    return {code: replace(region, parent=_parent(code, regions)) for code, region in regions.items()}


def read_divisions(path: Path) -> Iterator[Region]:
    """The places of a `code,name,short` file, without figures."""
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield Region(code=row["code"], name=row["name"], short=row["short"], parent=None)


def read_region(path: Path) -> Region:
    """One region's file; raises `BrokenContent` when it does not have the shape 000000.yaml describes."""
    data = read_yaml(path)
    try:
        return _region(data)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        message = f"not a region file ({type(error).__name__}: {error}); see the head of 000000.yaml"
        raise BrokenContent(Finding(str(path), 0, "error", message)) from None


def read_source(data: Mapping[str, Any]) -> Source:
    """The source fields of a row, a fact or a rule."""
    return Source(
        title=data["title"],
        issuer=data["issuer"],
        number=data.get("number"),
        url=data.get("url"),
        from_=_day(data.get("from")),
        until=_day(data.get("until")),
        confidence=data["confidence"],
    )


def _region(data: Mapping[str, Any]) -> Region:
    return Region(
        code=data["code"],
        name=data["name"],
        short=data["short"],
        parent=data["parent"],
        aliases=tuple(data.get("aliases") or ()),
        phone=data.get("phone") or "12333",
        entries=tuple(_entry(figure, row) for figure, rows in (data.get("figures") or {}).items() for row in rows),
        facts={name: Fact(bool(row["value"]), read_source(row)) for name, row in (data.get("facts") or {}).items()},
        rules=data.get("rules") or {},
    )


def _entry(figure: str, row: Mapping[str, Any]) -> Entry:
    cities = row.get("cities")
    return Entry(
        figure=figure,
        year=int(row["year"]),
        values={name: _number(value) for name, value in row.items() if name not in META},
        source=read_source(row),
        cities=tuple(cities) if isinstance(cities, list) else cities,
        note=row.get("note"),
    )


def _number(value: Any) -> Decimal | None:
    # By way of text, so that 4053.6 stays 4053.6.
    return None if value is None else Decimal(str(value))


def _day(value: Any) -> date | None:
    if value is None or type(value) is date:
        return value
    raise ValueError(f"{value!r} is not a day like 2025-07-01")


def _parent(code: str, regions: Mapping[str, Region]) -> str | None:
    above = (code[:4] + "00", code[:2] + "0000", NATIONAL)
    return next((candidate for candidate in above if candidate != code and candidate in regions), None)
