"""A receipt without a digit, typed with spaces, was answered with how to be spoken to in English."""

from __future__ import annotations

from itertools import product

from bot.dialogue.leading import _is_english
from bot.store import codes


def test_a_code_of_letters_is_no_sentence() -> None:
    body = next(one for one in map("".join, product("ABC", repeat=7)) if codes.check_character(one).isalpha())
    code = codes.parse_code(body + codes.check_character(body))
    assert code.replace("-", "").isalpha()
    assert not _is_english(code.replace("-", " "))
    assert _is_english("where is my complaint")
    assert not _is_english("美团 扣 我 钱")
