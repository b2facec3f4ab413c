"""Keys of other systems to our interfaces: shown once, kept as a hash, with the scopes they open."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.store import audit
from bot.store.ids import new_id
from bot.store.tables import api_tokens
from bot.store.unit import Unit

PREFIX = "yz_"
# what a key may open; the capability behind a scope says what that is
SCOPES = frozenset({"open311", "cases", "originals"})
NOTED_EVERY = timedelta(days=1)


class UnknownScopeError(ValueError):
    """There is no such scope."""


@dataclass(frozen=True, slots=True)
class Token:
    """A key as the operator sees it."""

    id: int
    name: str
    scopes: frozenset[str]
    made_at: datetime
    used_at: datetime | None
    ended_at: datetime | None

    @property
    def actor(self) -> str:
        """As it stands in the audit log and beside what it made."""
        return f"token:{self.id}"


async def make(unit: Unit, name: str, scopes: set[str], actor: str = "operator") -> str:
    """A new key (256 random bits, so a plain hash hides it); it is given this once. Raises `UnknownScopeError`."""
    unknown = sorted(scopes - SCOPES)
    if unknown or not scopes:
        raise UnknownScopeError(f"scope must be of {', '.join(sorted(SCOPES))}, not {', '.join(unknown) or 'none'}")
    secret, row_id = PREFIX + secrets.token_urlsafe(32), new_id()
    kept = {"name": name[:60], "digest": _digest(secret), "scopes": ",".join(sorted(scopes)), "made_by": actor}
    unit.insert(api_tokens, id=row_id, made_at=unit.now, **kept)
    await audit.write(unit, actor, "token.make", f"token:{row_id}", kept["scopes"])
    return secret


async def find(unit: Unit, secret: str, scope: str) -> Token | None:
    """The key that was shown, when it is one of ours, still good, and opens this scope."""
    if not secret.startswith(PREFIX):
        return None
    row = await unit.first(sa.select(api_tokens).where(api_tokens.c.digest == _digest(secret)))
    if row is None or row["ended_at"] is not None:
        return None
    token = _open(row)
    return token if scope in token.scopes else None


async def note_used(unit: Unit, token: Token) -> None:
    """Keep that it was used, to the day."""
    if token.used_at is None or unit.now - token.used_at >= NOTED_EVERY:
        await unit.execute(sa.update(api_tokens).where(api_tokens.c.id == token.id).values(used_at=unit.now))


async def everything(unit: Unit) -> list[Token]:
    """All keys, the oldest first."""
    return [_open(row) for row in await unit.rows(sa.select(api_tokens).order_by(api_tokens.c.id))]


async def end(unit: Unit, token_id: int, actor: str = "operator") -> bool:
    """Let a key open nothing any more; False when there is none such, or it has ended."""
    ended = sa.update(api_tokens).where(api_tokens.c.id == token_id, api_tokens.c.ended_at.is_(None))
    if (await unit.execute(ended.values(ended_at=unit.now))).rowcount != 1:
        return False
    await audit.write(unit, actor, "token.end", f"token:{token_id}")
    return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _open(row: sa.RowMapping) -> Token:
    scopes = frozenset(row["scopes"].split(","))
    return Token(row["id"], row["name"], scopes, row["made_at"], row["used_at"], row["ended_at"])
