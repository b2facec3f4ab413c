"""Webhooks: what happens here, told to other systems. An event is a row of the outbox for each system that wants it,
written in the transaction it tells of; the courier sends it, again and again till it is taken.

Signed as Standard Webhooks has it (standardwebhooks.com, version 1): `webhook-id` is the event's, the same for every
try, so that the other side can tell a repetition; `webhook-signature` is HMAC-SHA256 over id, timestamp and body.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import sqlalchemy as sa

from bot.store import audit
from bot.store.ids import new_id
from bot.store.outbox import payload_aad
from bot.store.tables import outbox, webhook_aad, webhooks
from bot.store.unit import Unit

CHANNEL = "webhook"
KINDS = ("case.created", "case.status_changed")
PREFIX = "whsec_"
LONGEST_URL = 500
HOME = ("localhost", "127.0.0.1", "::1")  # the only places that may be written to without TLS


class BadWebhookError(ValueError):
    """An address or a kind of event that can't be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A system that wants to hear. `waiting` and `failed` count events that have not been taken."""

    id: int
    url: str
    kinds: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None
    waiting: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Where an event goes, and what it is signed with."""

    url: str
    secret: bytes


async def add(unit: Unit, url: str, kinds: Sequence[str], actor: str = "operator") -> str:
    """A new webhook; gives its secret, this once. Raises `BadWebhookError`."""
    _check(url, kinds)
    row_id, secret = new_id(), secrets.token_bytes(32)
    sealed = {
        "url": unit.vault.seal(url.encode(), webhook_aad(row_id, "url")),
        "secret": unit.vault.seal(secret, webhook_aad(row_id, "secret")),
    }
    unit.insert(webhooks, id=row_id, kinds=",".join(sorted(set(kinds))), made_at=unit.now, **sealed)
    await audit.write(unit, actor, "webhook.add", f"webhook:{row_id}", ",".join(sorted(set(kinds))))
    return PREFIX + base64.b64encode(secret).decode()


def _check(url: str, kinds: Sequence[str]) -> None:
    parts = _parts(url)
    if len(url) > LONGEST_URL or parts is None or parts.username or not url.isprintable() or " " in url:
        raise BadWebhookError("the address must be a plain URL, like https://union.example/hooks/yizhan")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in HOME):
        raise BadWebhookError("the address must begin with https://")
    unknown = sorted(set(kinds) - set(KINDS))
    if unknown or not kinds:
        raise BadWebhookError(f"events must be of {', '.join(KINDS)}, not {', '.join(unknown) or 'none'}")


def _parts(url: str) -> SplitResult | None:
    """The parts of an address with a host and a port that can be; None for any other."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


async def end(unit: Unit, webhook_id: int, actor: str = "operator") -> bool:
    """Tell it nothing any more, what waits included; False when there is none such, or it has ended."""
    live = sa.and_(webhooks.c.id == webhook_id, webhooks.c.ended_at.is_(None))
    if (await unit.execute(sa.update(webhooks).where(live).values(ended_at=unit.now))).rowcount != 1:
        return False
    await audit.write(unit, actor, "webhook.end", f"webhook:{webhook_id}")
    return True


async def everything(unit: Unit) -> list[Webhook]:
    """All of them, the oldest first."""
    counted = (
        sa.select(outbox.c.topic, outbox.c.state, sa.func.count().label("many"))
        .where(outbox.c.channel == CHANNEL, outbox.c.state.in_(("waiting", "failed")))
        .group_by(outbox.c.topic, outbox.c.state)
    )
    many = {(row["topic"], row["state"]): row["many"] for row in await unit.rows(counted)}
    rows = await unit.rows(sa.select(webhooks).order_by(webhooks.c.id))
    return [_opened(unit, row, many) for row in rows]


def _opened(unit: Unit, row: sa.RowMapping, many: Mapping[tuple[str, str], int]) -> Webhook:
    url = unit.vault.open(row["url"], webhook_aad(row["id"], "url")).decode()
    counts = [many.get((topic_of(row["id"]), state), 0) for state in ("waiting", "failed")]
    return Webhook(row["id"], url, tuple(row["kinds"].split(",")), row["made_at"], row["ended_at"], *counts)


async def emit(unit: Unit, kind: str, data: Mapping[str, Any]) -> None:
    """Promise an event to all who want its kind, in this transaction. data: JSON, and nothing of a person's words."""
    live = sa.select(webhooks.c.id, webhooks.c.kinds).where(webhooks.c.ended_at.is_(None))
    wanted = [row["id"] for row in await unit.rows(live) if kind in row["kinds"].split(",")]
    event = {"type": kind, "timestamp": unit.now.isoformat(), "data": dict(data)}
    for webhook_id in wanted:
        row_id = new_id()
        payload = {"webhook": webhook_id, "event": f"evt_{row_id}", "body": event}
        unit.insert(
            outbox,
            id=row_id,
            channel=CHANNEL,
            kind="call",
            topic=topic_of(webhook_id),
            payload=unit.vault.seal_json(payload, payload_aad(row_id)),
            due_at=unit.now,
            created_at=unit.now,
            state="waiting",
        )
        unit.news = True


async def target(unit: Unit, webhook_id: int) -> Target | None:
    """Where to send; None for one that has ended."""
    row = await unit.first(sa.select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.ended_at.is_(None)))
    if row is None:
        return None
    url = unit.vault.open(row["url"], webhook_aad(webhook_id, "url")).decode()
    return Target(url, unit.vault.open(row["secret"], webhook_aad(webhook_id, "secret")))


def signature(secret: bytes, event: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of one request; timestamp: Unix seconds."""
    signed = f"{event}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def topic_of(webhook_id: int) -> str:
    """What its rows in the outbox are counted by."""
    return f"hook{webhook_id:x}"
