"""Looks content/schemes/ and the national rules through for what an operator has to repair."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bot.content import BrokenContent, Finding, line_of, read_yaml
from handlers.insurance.rules import read_rules
from handlers.insurance.schemes import SCHEMES, read_scheme
from handlers.regions.service import NATIONAL, Regions, check_regions, check_source, read_regions


def check_insurance(content: Path, today: date) -> list[Finding]:
    """Every finding in content/regions/ and content/schemes/; the service starts when none is an error."""
    findings = check_regions(content, today)
    try:
        regions = read_regions(content)
    except BrokenContent as problem:
        return findings if problem.finding in findings else [*findings, problem.finding]
    findings += _check_rules(content, regions)
    paths = {path.stem: path for path in sorted((content / "schemes").glob("*.yaml"))}
    for name in sorted(set(SCHEMES) - paths.keys()):
        missing = str(content / "schemes" / f"{name}.yaml")
        findings.append(Finding(missing, 0, "error", "this scheme is missing; put the file back"))
    return [*findings, *(finding for path in paths.values() for finding in _check_scheme(path, regions, today))]


def _check_rules(content: Path, regions: Regions) -> Iterator[Finding]:
    try:
        read_rules(regions.national)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        path = content / "regions" / f"{NATIONAL}.yaml"
        message = f"the rules can't be used ({type(error).__name__}: {error})"
        yield Finding(str(path), line_of(path, ["rules"]), "error", message)


def _check_scheme(path: Path, regions: Regions, today: date) -> Iterator[Finding]:
    try:
        scheme = read_scheme(path, regions)
    except BrokenContent as problem:
        yield problem.finding
        return
    if not scheme.sources:
        yield Finding(str(path), line_of(path, ["sources"]), "error", "the source is missing: name at least one")
    for index, row in enumerate(read_yaml(path)["sources"]):
        for keys, severity, message in check_source(("sources", index), row, today):
            yield Finding(str(path), line_of(path, keys), severity, message)
