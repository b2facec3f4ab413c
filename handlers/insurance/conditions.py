"""Small declarative conditions: what content/schemes/*.yaml may ask about a person, compiled to plain functions.

{fact: value}, {fact: {at_least | below | one_of | known: ...}}, {all: [...]}, {any: [...]}, {not: ...}; several keys
in one mapping must all hold. A fact that is not known (None) fails every comparison except `known: false`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, Final

Facts = Mapping[str, Any]
Test = Callable[[Facts], object]  # what counts is whether it is true

# What may be asked about a person; regions add `region.<name>` and schemes what they use.
FACTS: Final = frozenset(
    {"age", "age_months", "sex", "track", "occupation", "relation", "paid_months", "income", "of_age", "paid_enough"}
    | {"reachable", "months_left", "retirement", "required", "lacking", "short_by", "same_region", "region", "home"}
    | {"income_reaches_floor", "date"}
)


def compile_condition(data: Any, known_facts: frozenset[str]) -> Test:
    """The function a condition means; raises ValueError for a shape or a fact that does not exist."""
    if not isinstance(data, Mapping) or not data:
        raise ValueError(f"{data!r} is not a condition")
    tests = tuple(_part(str(key), value, known_facts) for key, value in data.items())
    return tests[0] if len(tests) == 1 else _all(tests)


def _part(key: str, value: Any, known_facts: frozenset[str]) -> Test:
    if key == "not":
        inner = compile_condition(value, known_facts)
        return lambda facts: not inner(facts)
    if key in {"all", "any"}:
        tests = tuple(compile_condition(each, known_facts) for each in value)
        return _all(tests) if key == "all" else _any(tests)
    if key not in known_facts:
        raise ValueError(f"there is no fact called {key!r}")
    return _comparison(key, value)


def _all(tests: tuple[Test, ...]) -> Test:
    return reduce(lambda first, second: lambda facts: first(facts) and second(facts), tests)


def _any(tests: tuple[Test, ...]) -> Test:
    return reduce(lambda first, second: lambda facts: first(facts) or second(facts), tests)


def _comparison(fact: str, wanted: Any) -> Test:
    if not isinstance(wanted, Mapping):
        return lambda facts: facts.get(fact) == wanted
    (word, value), *others = wanted.items()
    if others:
        raise ValueError(f"{fact}: one comparison at a time")
    if word == "known":
        return lambda facts: (facts.get(fact) is not None) is value
    if word == "one_of":
        allowed = frozenset(value)
        return lambda facts: facts.get(fact) in allowed
    if word == "at_least":
        return _at_least(fact, _number(value))
    if word == "below":
        return _below(fact, _number(value))
    raise ValueError(f"{fact}: there is no comparison called {word!r}")


def _at_least(fact: str, limit: Any) -> Test:
    return lambda facts: (value := facts.get(fact)) is not None and value >= limit


def _below(fact: str, limit: Any) -> Test:
    return lambda facts: (value := facts.get(fact)) is not None and value < limit


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value
