"""Codes of this room, in the receipts' alphabet with its check character: DH for a redemption, BT for an allowance,
ZY for the number that stands for a person on lists."""

from __future__ import annotations

import re

from bot.store import codes
from bot.store.unit import Unit

REDEMPTION, ALLOWANCE, NUMBER = "DH", "BT", "ZY"
_JOINTS = re.compile(r"[\s\-_.·~—–]+")


def new(prefix: str) -> str:
    """A fresh code: DH-7K3M-92QD."""
    return prefix + codes.new_code().removeprefix(codes.PREFIX)


def read(text: str, *prefixes: str) -> str | None:
    """The code a person typed, with its prefix, in its one spelling; None when it is none with one of these."""
    body = _JOINTS.sub("", text.strip().upper())
    prefix = next((one for one in prefixes if body.startswith(one)), "")
    if not prefix:
        return None
    try:
        return prefix + codes.parse_code(body.removeprefix(prefix)).removeprefix(codes.PREFIX)
    except codes.BadCode:
        return None


def number_of(unit: Unit, person_id: int) -> str:
    """What stands for a person on the lists of allowances: always the same, and nobody can count back to them."""
    mac = unit.vault.mac(str(person_id), "volunteer-number")
    body = "".join(codes.ALPHABET[byte % len(codes.ALPHABET)] for byte in mac[: codes.LENGTH - 1])
    body += codes.check_character(body)
    return f"{NUMBER}-{body[:4]}-{body[4:]}"
