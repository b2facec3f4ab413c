"""What words tell of somebody that is not for everybody to read: phone and identity numbers."""

from __future__ import annotations

import re

from bot.understand.phone import mask_all

_IDENTITY = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])")  # GB 11643


def masked(text: str) -> str:
    """The text with such numbers masked."""
    return mask_all(_IDENTITY.sub("[身份证号]", text))


def tells_numbers(text: str) -> bool:
    """True when there are such numbers in it."""
    return masked(text) != text
