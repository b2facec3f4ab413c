"""Sessions of the desk: a random token in a cookie, its keyed hash in the store; idle and absolute expiry."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.desk.tables import desk_sessions
from bot.store.ids import new_id
from bot.store.unit import Unit
from bot.store.vault import Vault

COOKIE = "yizhan_desk"
IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
CODE_LIFE = timedelta(minutes=10)  # of a sign-in that still lacks its second factor
NOTED_EVERY = timedelta(minutes=1)  # being there is written down no more often than this


@dataclass(frozen=True, slots=True)
class Session:
    """One browser signed in."""

    id: int
    person_id: int
    token: str
    seen_at: datetime


async def start(unit: Unit, person_id: int, *, whole: bool = True) -> str:
    """Sign a person in: gives the token for the cookie. What has expired is swept away on the way. Not `whole`: the
    second factor is awaited, and the token opens nothing but its page."""
    old = sa.or_(desk_sessions.c.seen_at <= unit.now - IDLE, desk_sessions.c.started_at <= unit.now - LONGEST)
    await unit.execute(sa.delete(desk_sessions).where(old))
    token = secrets.token_urlsafe(32)
    times = {"started_at": unit.now, "seen_at": unit.now}
    unit.insert(
        desk_sessions, id=new_id(), token_mac=_mac(unit.vault, token), person_id=person_id, whole=whole, **times
    )
    return token


async def find(unit: Unit, token: str, *, whole: bool = True) -> Session | None:
    """The session of a cookie; None when there is none, it has expired, or is not as `whole` as asked."""
    row = await unit.first(sa.select(desk_sessions).where(desk_sessions.c.token_mac == _mac(unit.vault, token)))
    if row is None:
        return None
    if row["whole"] != whole:
        return None
    if not whole and row["started_at"] <= unit.now - CODE_LIFE:
        return None
    if row["seen_at"] <= unit.now - IDLE:
        return None
    if row["started_at"] <= unit.now - LONGEST:
        return None
    return Session(row["id"], row["person_id"], token, row["seen_at"])


async def note_seen(unit: Unit, session: Session) -> None:
    """Push the idle expiry back."""
    await unit.execute(sa.update(desk_sessions).where(desk_sessions.c.id == session.id).values(seen_at=unit.now))


async def end(unit: Unit, session: Session) -> None:
    """Sign out."""
    await unit.execute(sa.delete(desk_sessions).where(desk_sessions.c.id == session.id))


async def end_all(unit: Unit, person_id: int) -> None:
    """Sign a person out everywhere."""
    await unit.execute(sa.delete(desk_sessions).where(desk_sessions.c.person_id == person_id))


def csrf_of(vault: Vault, token: str) -> str:
    """What every form of a session carries: made from its token, so nothing need be stored."""
    return vault.mac(token, "desk-csrf").hex()


def is_csrf(vault: Vault, token: str, given: str) -> bool:
    """True when a form came from our own page, in this session."""
    return hmac.compare_digest(csrf_of(vault, token), given if given.isascii() else "")


def _mac(vault: Vault, token: str) -> bytes:
    return vault.mac(token, "desk-session")
