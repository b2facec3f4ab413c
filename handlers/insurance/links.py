"""Links to a person's card and calendar: sealed, so nobody can make one, and good for thirty days."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from bot.store.vault import CannotOpen, Vault
from handlers.insurance.person import Person

LIFE = timedelta(days=30)
_AAD = b"insurance-card"


def card_link(vault: Vault, person: Person, language: str, now: datetime) -> str:
    """The path of a card. What it shows is in the link itself; nothing is stored."""
    plain = orjson.dumps([asdict(person), language, int((now + LIFE).timestamp())], default=str)
    return "/cards/" + base64.urlsafe_b64encode(vault.seal(plain, _AAD)).decode().rstrip("=")


def open_link(vault: Vault, token: str, now: datetime) -> tuple[Person, str] | None:
    """Whose card a link shows, and in which language; None when it is no link of ours, or too old."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        data, language, until = orjson.loads(vault.open(sealed, _AAD))
    except (CannotOpen, binascii.Error, ValueError):
        return None
    return (_person(data), str(language)) if now.timestamp() < until else None


def _person(data: dict[str, Any]) -> Person:
    income = data.pop("monthly_income")
    as_of = date.fromisoformat(data.pop("as_of"))
    return Person(**data, as_of=as_of, monthly_income=None if income is None else Decimal(income))
