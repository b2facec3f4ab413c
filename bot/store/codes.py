"""Receipt codes: YZ-XXXX-XXXX, eight characters of Crockford's base32, the last a Luhn mod 32 check character.

Alphabet and reading of i, l, o: https://www.crockford.com/base32.html. The check catches every single wrong
character and every swap of neighbours but 0 with Z; no code is made with these two side by side, so all are caught.
"""

import re
import secrets
import unicodedata
from typing import Literal

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PREFIX = "YZ"
LENGTH = 8
_BASE = len(ALPHABET)
_VALUE = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
# What people put between the parts: spaces, any dash, dots, underscores. What they put around: quotes, full stops.
_JOINT = r"[\s\-_.‐-―−~·]"
_AROUND = " \t\r\n。.,，、!;:：；\"'“”‘’()（）[]【】<>《》#"
_CHAR = "[0-9A-Z]"
_WRITTEN = re.compile(
    rf"(?:(?<!{_CHAR}){PREFIX}{_JOINT}{{0,3}}{_CHAR}{{4}}{_JOINT}{{0,3}}{_CHAR}{{4}}"
    rf"|(?<![0-9A-Z-]){_CHAR}{{4}}-{_CHAR}{{4}})(?!{_CHAR})"
)


class BadCode(ValueError):
    """Not a receipt code. `reason`: "length", "alphabet" (a character no code has) or "check" (a slip somewhere)."""

    def __init__(self, reason: Literal["length", "alphabet", "check"]) -> None:
        super().__init__(reason)
        self.reason = reason


def new_code() -> str:
    """A fresh code: 35 random bits. Unique by chance only, so the table's unique key has the last word."""
    while True:
        body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        body += check_character(body)
        if "0Z" not in body and "Z0" not in body:
            return _written(body)


def check_character(body: str) -> str:
    """The Luhn mod 32 check character of characters of ALPHABET."""
    return ALPHABET[-_luhn_sum(body, first_weight=2) % _BASE]


def parse_code(text: str) -> str:
    """The code a person typed: any case, i/l for 1, o for 0, dashes, spaces or prefix left out, full width.

    Returns the canonical YZ-XXXX-XXXX. Raises BadCode.
    """
    body = re.sub(_JOINT, "", _plain(text).strip(_AROUND))
    if len(body) == len(PREFIX) + LENGTH and body.startswith(PREFIX):
        body = body[len(PREFIX) :]
    if len(body) != LENGTH:
        raise BadCode("length")
    body = body.translate(_READ_AS)
    if not all(letter in _VALUE for letter in body):
        raise BadCode("alphabet")
    if _luhn_sum(body, first_weight=1) % _BASE:
        raise BadCode("check")
    return _written(body)


def find_code(text: str) -> str | None:
    """The first valid code inside free text, written with its prefix or as XXXX-XXXX with a letter in it."""
    for match in _WRITTEN.finditer(_plain(text)):
        if match[0].replace("-", "").isdigit():
            continue
        try:
            return parse_code(match[0])
        except BadCode:
            continue
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper()


def _written(body: str) -> str:
    return f"{PREFIX}-{body[:4]}-{body[4:]}"


def _luhn_sum(body: str, *, first_weight: int) -> int:
    """From the right, every second value doubled; of a doubled value the two base-32 digits are added."""
    total = 0
    weight = first_weight
    for letter in reversed(body):
        total += sum(divmod(_VALUE[letter] * weight, _BASE))
        weight = 3 - weight
    return total
