"""Words by their sound: typed pinyin, and characters picked wrong; what is neither has none."""

from __future__ import annotations

import pytest

from bot.understand.sound import sound, syllables


@pytest.mark.parametrize(
    "said", ["社保怎么交", "社保怎么叫", "shebao zenme jiao", "She bao zen me jiao?", "shebaozenmejiao"]
)
def test_sounds_the_same(said: str) -> None:
    assert sound(said) == "she bao zen me jiao"


@pytest.mark.parametrize(
    "said",
    ["公会", "hello there", "how are you", "i want to complain", "a", "", "美团200", "YZ-7K3M-92QD", "社保" * 20],
)
def test_can_not_be_told_by_its_sound(said: str) -> None:
    assert sound(said) == ""


def test_two_characters_have_syllables_for_what_is_typed() -> None:
    assert syllables("投诉") == sound("tousu") == "tou su"
    assert syllables("投x") == syllables("投") == ""
