"""Looks content/regions/ and content/divisions.csv through for what an operator has to repair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from bot.content import BrokenContent, Finding, line_of, read_yaml
from handlers.regions.load import META, read_divisions, read_region
from handlers.regions.model import NATIONAL

# Figures that are published anew every year; the others hold until their `until`.
YEARLY: Final = frozenset({"pension_base", "calculation_base", "medical_base", "resident_pension_basic"})
_CONFIDENCES: Final = frozenset({"high", "medium", "unconfirmed"})
Keys = tuple[str | int, ...]
Severity = Literal["error", "warning"]
Problem = tuple[Keys, Severity, str]


def check_regions(content: Path, today: date) -> list[Finding]:
    """Every finding in the region files, errors and warnings, in the order of the files."""
    known = {place.code for place in read_divisions(content / "divisions.csv")} | {NATIONAL}
    paths = sorted((content / "regions").glob("*.yaml"))
    findings = [finding for path in paths for finding in _check_file(path, known, today)]
    expected = {code for code in known if code.endswith("0000")}
    for code in sorted(expected - {path.stem for path in paths}):
        missing = str(content / "regions" / f"{code}.yaml")
        findings.append(
            Finding(missing, 0, "error", "this region has no file; add one, with null where nothing is known")
        )
    return findings


def _check_file(path: Path, known: set[str], today: date) -> Iterator[Finding]:
    try:
        data = read_yaml(path)
        read_region(path)
    except BrokenContent as problem:
        yield problem.finding
        if problem.finding.line:
            return
    if not isinstance(data, Mapping):
        return
    for keys, severity, message in _problems(path.stem, data, known, today):
        yield Finding(str(path), line_of(path, keys), severity, message)


def _problems(stem: str, data: Mapping[str, Any], known: set[str], today: date) -> Iterator[Problem]:
    if data.get("code") != stem:
        yield ("code",), "error", f"the code must be the file's name, {stem}, in quotes"
    if stem not in known:
        yield ("code",), "error", f"there is no region {stem} in divisions.csv"
    for name, row in (data.get("facts") or {}).items():
        yield from check_source(("facts", name), row, today)
    for figure, rows in (data.get("figures") or {}).items():
        yield from _check_figure(("figures", figure), rows or [], known, today)
    for name, rule in (data.get("rules") or {}).items():
        for field in rule if isinstance(rule, Mapping) else ():
            if field.endswith("source"):
                yield from check_source(("rules", name, field), rule[field], today)


def _check_figure(keys: Keys, rows: list[Any], known: set[str], today: date) -> Iterator[Problem]:
    seen: set[tuple[object, str]] = set()
    for index, row in enumerate(rows):
        here = (*keys, index)
        yield from check_source(here, row, today)
        if not isinstance(row, Mapping):
            continue
        yield from _check_values(here, row)
        for place in _places(row):
            if place not in known and place not in {"others", "all"}:
                yield (*here, "cities"), "error", f"there is no region {place} in divisions.csv"
            if (row.get("year"), place) in seen:
                yield here, "error", f"{row.get('year')} stands here twice for {place}"
            seen.add((row.get("year"), place))
    yield from _check_age(keys, rows, today)


def _check_age(keys: Keys, rows: list[Any], today: date) -> Iterator[Problem]:
    confirmed = [row for row in rows if isinstance(row, Mapping) and row.get("confidence") != "unconfirmed"]
    years = [row["year"] for row in confirmed if isinstance(row.get("year"), int)]
    if keys[-1] in YEARLY and years and max(years) < today.year:
        yield keys, "warning", f"{keys[-1]}: the newest confirmed year is {max(years)}; look for {today.year}"


def _places(row: Mapping[str, Any]) -> list[str]:
    cities = row.get("cities") or "all"
    return [cities] if isinstance(cities, str) else cities


def _check_values(keys: Keys, row: Mapping[str, Any]) -> Iterator[Problem]:
    values = {name: value for name, value in row.items() if name not in META}
    unconfirmed = row.get("confidence") == "unconfirmed"
    for name, value in values.items():
        if unconfirmed and value is not None:
            yield (*keys, name), "error", f"{name} is not confirmed, so it must be null"
        if not unconfirmed and (isinstance(value, bool) or not isinstance(value, int | float)):
            yield (*keys, name), "error", f"{name} must be a number; write null and unconfirmed when it is not known"
    floor, cap = values.get("floor"), values.get("cap")
    if isinstance(floor, int | float) and isinstance(cap, int | float) and not 3 * floor < cap < 7 * floor:
        yield (*keys, "cap"), "error", f"a cap of {cap} over a floor of {floor} can't be right; it is about five times"


def check_source(keys: Keys, row: Any, today: date) -> Iterator[Problem]:
    """What is wrong with the source fields of one row, as (keys, severity, message)."""
    if not isinstance(row, Mapping):
        yield keys, "error", "fields like title and issuer belong here"
        return
    unconfirmed = row.get("confidence") == "unconfirmed"
    for field in ("title", "issuer"):
        if not row.get(field) and not unconfirmed:
            yield (*keys, field), "error", f"the source is missing: say its {field}"
    if row.get("confidence") not in _CONFIDENCES:
        yield (*keys, "confidence"), "error", "confidence must be high, medium or unconfirmed"
    url = row.get("url")
    if url is not None and not str(url).startswith(("https://", "http://")):
        yield (*keys, "url"), "error", f"{url} is not an address; write https://... or null"
    for field in ("from", "until"):
        if row.get(field) is not None and type(row[field]) is not date:
            yield (*keys, field), "error", f"{row[field]} is not a day; write it like 2025-07-01, or null"
    until = row.get("until")
    if type(until) is date and until < today:
        yield (*keys, "until"), "warning", f"this ended on {until}; look for what holds now"
