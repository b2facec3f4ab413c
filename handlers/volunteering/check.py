"""Looks content/occupations.yaml through for names that nothing knows; what can't be read at all stops the start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.content import Finding, line_of
from bot.peaks import load_peaks
from handlers.profile.service import OCCUPATIONS


def check_volunteering(content: Path) -> list[Finding]:
    """A finding for each occupation that people can't choose: its peaks would never count. Raises `BrokenContent`."""
    path = content / "occupations.yaml"
    return [
        Finding(str(path), line_of(path, keys), "error", f"{keys[-1]}: must be one of {', '.join(OCCUPATIONS)}")
        for keys in _named(content)
        if keys[-1] not in OCCUPATIONS
    ]


def _named(content: Path) -> Iterator[list[str]]:
    peaks = load_peaks(content)
    yield from (["occupations", name] for name in peaks.occupations)
    yield from (["regions", code, name] for code, own in peaks.regions.items() for name in own)
