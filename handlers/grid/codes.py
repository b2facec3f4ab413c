"""Codes of reports, in the receipts' alphabet with its check character: WG-7K3M-92QD."""

from __future__ import annotations

import re

from bot.store import codes

PREFIX = "WG"
_JOINTS = re.compile(r"[\s\-_.·~—–]+")


def new_code() -> str:
    """A fresh one."""
    return PREFIX + codes.new_code().removeprefix(codes.PREFIX)


def read(text: str) -> str | None:
    """The code somebody typed, in its one spelling; None when it is none."""
    body = _JOINTS.sub("", text.strip().upper())
    try:
        return PREFIX + codes.parse_code(body.removeprefix(PREFIX)).removeprefix(codes.PREFIX)
    except codes.BadCode:
        return None
