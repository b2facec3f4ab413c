"""A broadcast as staff work with it, and the gate to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.desk.members import Member, may_open
from bot.store import audit
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.broadcasts.segments import Segment
from handlers.broadcasts.tables import broadcasts, words_aad
from handlers.broadcasts.words import Words

AREA = "broadcasts"
GOING = ("sending", "paused")  # recipients are being reached
ENDED = ("done", "stopped")
GONE = Words("")  # what was kept long enough


class NotYourAreaError(PermissionError):
    """This role sends no broadcasts."""


class NoSuchBroadcastError(LookupError):
    """There is no such broadcast."""


class NotNowError(Exception):
    """Its state does not allow that (any more)."""


class SamePersonError(PermissionError):
    """Nobody approves what they wrote."""


class NobodyError(Exception):
    """Nobody would get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What staff write. `picture` is a row of `media`, or None."""

    title: str
    words: Words
    topic: str
    segment: Segment
    picture: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast(Plan):
    """A row. `counted`: recipients when it was handed in; `reason`: why it was sent back."""

    id: int
    author: str
    state: str
    scheduled_at: datetime | None
    approved_by: str
    reason: str
    counted: int
    batch_id: int | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


_PLAIN = tuple(name for name in Broadcast.__dataclass_fields__ if name not in {"words", "segment"})


def opened(vault: Vault, row: sa.RowMapping) -> Broadcast:
    """A row of `broadcasts`, readable."""
    plain: dict[str, Any] = {name: row[name] for name in _PLAIN}
    sealed = row["words"]
    words = Words.from_json(vault.open_json(sealed, words_aad(row["id"]))) if sealed else GONE
    return Broadcast(**plain, words=words, segment=Segment.from_json(row["segment"]))


def values_of(vault: Vault, broadcast_id: int, plan: Plan) -> dict[str, Any]:
    """The columns a plan fills."""
    return {
        "title": plan.title,
        "words": vault.seal_json(plan.words.as_json(), words_aad(broadcast_id)),
        "picture": plan.picture,
        "topic": plan.topic,
        "segment": plan.segment.as_json(),
    }


def require(member: Member | None) -> Member:
    """The gate to all of it: community staff and administrators. Raises `NotYourAreaError`."""
    if member is None or not may_open(member.role, AREA):
        raise NotYourAreaError
    return member


async def access(unit: Unit, member: Member | None, broadcast_id: int, action: str) -> Broadcast:
    """The gate to one broadcast, which it locks; writes the audit log. Raises `NotYourAreaError`,
    `NoSuchBroadcastError`."""
    actor = require(member).actor
    row = await unit.first(unit.locking(sa.select(broadcasts).where(broadcasts.c.id == broadcast_id)))
    if row is None:
        raise NoSuchBroadcastError
    await audit.write(unit, actor, f"broadcast.{action}", f"broadcast:{broadcast_id}")
    return opened(unit.vault, row)


async def newest(unit: Unit, member: Member | None, most: int = 50, before: int | None = None) -> list[Broadcast]:
    """The newest first; those before an id. Raises `NotYourAreaError`."""
    require(member)
    wanted = sa.select(broadcasts).order_by(broadcasts.c.id.desc()).limit(most)
    if before:
        wanted = wanted.where(broadcasts.c.id < before)
    return [opened(unit.vault, row) for row in await unit.rows(wanted)]
