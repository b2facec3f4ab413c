"""Months and money as the rules count them, and the one error all calculators raise."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.i18n import N_, _

CENT: Final = Decimal("0.01")
LONGEST: Final = 60  # characters of what was written that an answer repeats
_MONTH: Final = re.compile(r"(\d{4})-(\d{2})")


class BadInput(ValueError):
    """Something a person or a batch line gave that can't be used; its text is one sentence in the language in force."""

    def __init__(self, msgid: str, **values: object) -> None:
        super().__init__(msgid)
        self.msgid, self.values = msgid, values

    def __str__(self) -> str:
        return _(self.msgid).format(**{name: _short(value) for name, value in self.values.items()})


def _short(value: object) -> str:
    """What somebody wrote, on one line and no longer than a sentence bears."""
    text = "".join(letter if letter.isprintable() else " " for letter in str(value)[: LONGEST + 1])
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def parse_month(text: object) -> int:
    """A calendar month "YYYY-MM" as its running number (year x 12 + month - 1), so that months add like numbers."""
    parts = _MONTH.fullmatch(text) if isinstance(text, str) else None
    if parts is None:
        raise BadInput(N_('"{text}" is not a month; write it like 1972-09.'), text=text)
    year, month = int(parts[1]), int(parts[2])
    if not 1 <= month <= 12:
        raise BadInput(N_('"{text}": a year has months 01 to 12.'), text=text)
    return year * 12 + month - 1


def format_month(month: int) -> str:
    """The running number of a month as "YYYY-MM"."""
    year, rest = divmod(month, 12)
    return f"{year:04d}-{rest + 1:02d}"


def yuan(amount: Decimal) -> Decimal:
    """Money rounded half up to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)
