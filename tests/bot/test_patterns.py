"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import re

import pytest

from bot import patterns
from bot.patterns import pattern


def test_it_does_what_a_compiled_one_does() -> None:
    """Searching, replacing, flags, its source."""
    late = pattern(r"(?P<number>[0-9]+) km", re.IGNORECASE)
    assert late.pattern == r"(?P<number>[0-9]+) km"
    found = late.search("about 12 KM")
    assert found is not None
    assert found["number"] == "12"
    assert late.sub("far", "12 km") == "far"
    assert re.search(late.pattern, "12 km")


def test_it_is_compiled_once_and_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not when it is written down; once, however often it is used."""
    seen: list[str] = []
    compile_now = re.compile

    def compiled(source: str, flags: int = 0) -> re.Pattern[str]:
        seen.append(source)
        return compile_now(source, flags)

    monkeypatch.setattr(patterns.re, "compile", compiled)
    late = pattern("a+")
    assert seen == []
    assert [bool(late.match(text)) for text in ("aa", "b")] == [True, False]
    assert late.findall("a aa") == ["a", "aa"]
    assert seen == ["a+"]


def test_a_slip_is_told_when_it_is_used() -> None:
    """As `re` tells it."""
    late = pattern("(")
    with pytest.raises(re.error, match="missing"):
        late.match("x")
