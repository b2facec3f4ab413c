"""The small language of conditions."""

from typing import Any

import pytest

from handlers.insurance.conditions import compile_condition

KNOWN = frozenset({"age", "sex", "paid", "region.open"})


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ({"sex": "male"}, {"sex": "male"}, True),
        ({"sex": "male"}, {"sex": "female"}, False),
        ({"sex": "male"}, {}, False),
        ({"age": {"at_least": 16}}, {"age": 16}, True),
        ({"age": {"at_least": 16}}, {"age": 15}, False),
        ({"age": {"at_least": 16}}, {"age": None}, False),
        ({"age": {"below": 16}}, {"age": 15}, True),
        ({"age": {"below": 16}}, {"age": 16}, False),
        ({"age": {"below": 16}}, {"age": None}, False),
        ({"age": {"at_least": 1.5}}, {"age": 2}, True),
        ({"sex": {"one_of": ["male", "female"]}}, {"sex": "female"}, True),
        ({"sex": {"one_of": ["male"]}}, {"sex": "female"}, False),
        ({"paid": {"known": True}}, {"paid": 0}, True),
        ({"paid": {"known": True}}, {"paid": None}, False),
        ({"paid": {"known": False}}, {}, True),
        ({"sex": "male", "age": {"at_least": 16}}, {"sex": "male", "age": 20}, True),
        ({"sex": "male", "age": {"at_least": 16}}, {"sex": "male", "age": 2}, False),
        ({"any": [{"sex": "male"}, {"age": {"below": 3}}]}, {"sex": "female", "age": 2}, True),
        ({"any": [{"sex": "male"}, {"age": {"below": 3}}]}, {"sex": "female", "age": 5}, False),
        ({"all": [{"sex": "male"}, {"age": {"below": 3}}]}, {"sex": "male", "age": 2}, True),
        ({"all": [{"sex": "male"}, {"age": {"below": 3}}]}, {"sex": "female", "age": 2}, False),
        ({"not": {"sex": "male"}}, {"sex": "female"}, True),
        ({"not": {"sex": "male", "age": 2}}, {"sex": "male", "age": 2}, False),
        ({"region.open": True}, {"region.open": True}, True),
    ],
)
def test_conditions(condition: Any, facts: dict[str, Any], holds: bool) -> None:
    assert bool(compile_condition(condition, KNOWN)(facts)) is holds


@pytest.mark.parametrize(
    "condition",
    [
        {},
        [],
        "male",
        None,
        {"height": 3},
        {"age": {"near": 3}},
        {"age": {"below": 3, "at_least": 1}},
        {True: {"below": 3}},
    ],
)
def test_what_is_not_a_condition_is_refused(condition: Any) -> None:
    with pytest.raises(ValueError, match=r"condition|fact|comparison"):
        compile_condition(condition, KNOWN)
