"""Links that sign in once: an unguessable token, of which only the keyed hash is kept."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from bot.desk.tables import sign_in_links
from bot.store.ids import new_id
from bot.store.unit import Unit

LIFE = timedelta(minutes=10)
FIRST_LIFE = timedelta(hours=24)  # of the first administrator's
MOST = 5  # links one person may ask for ...
WITHIN = timedelta(minutes=10)  # ... in this time
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes, urlsafe base64


class TooManyLinks(Exception):
    """This person has asked for enough links for now."""


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A link that was good; `person_id` is None for the first administrator's."""

    person_id: int | None


async def make(unit: Unit, person_id: int) -> str:
    """A token for one person of staff, good for ten minutes. Raises `TooManyLinks`."""
    recent = sa.select(sa.func.count()).select_from(sign_in_links)
    recent = recent.where(sign_in_links.c.person_id == person_id, sign_in_links.c.created_at > unit.now - WITHIN)
    if await unit.value(recent) >= MOST:
        raise TooManyLinks
    return _make(unit, person_id, LIFE)


def make_first(unit: Unit) -> str:
    """A token for the first administrator, good for a day."""
    return _make(unit, None, FIRST_LIFE)


def _make(unit: Unit, person_id: int | None, life: timedelta) -> str:
    token = secrets.token_urlsafe(32)
    values = {"person_id": person_id, "created_at": unit.now, "expires_at": unit.now + life}
    unit.insert(sign_in_links, id=new_id(), token_mac=_mac(unit, token), **values)
    return token


async def redeem(unit: Unit, token: str) -> Redeemed | None:
    """Use a token: it serves once, and ends the others of the same person. None when it is no good."""
    good = sa.and_(
        sign_in_links.c.token_mac == _mac(unit, token),
        sign_in_links.c.used_at.is_(None),
        sign_in_links.c.expires_at > unit.now,
    )
    use = sa.update(sign_in_links).where(good).values(used_at=unit.now).returning(sign_in_links.c.person_id)
    row = await unit.first(use)
    if row is None:
        return None
    person_id = row["person_id"]
    same = sign_in_links.c.person_id == person_id if person_id else sign_in_links.c.person_id.is_(None)
    others = sa.update(sign_in_links).where(same, sign_in_links.c.used_at.is_(None))
    await unit.execute(others.values(used_at=unit.now))
    return Redeemed(person_id)


async def forget(unit: Unit, person_id: int) -> None:
    """Remove all links of a person."""
    await unit.execute(sa.delete(sign_in_links).where(sign_in_links.c.person_id == person_id))


def _mac(unit: Unit, token: str) -> bytes:
    return unit.vault.mac(token, "sign-in-link")
