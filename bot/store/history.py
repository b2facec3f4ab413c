"""What was said in a chat, oldest first: from the receipts and what was sent unasked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import Reply
from bot.store.outbox import payload_aad
from bot.store.receipts import receipt_aad
from bot.store.tables import outbox, receipts
from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what the person said (None when the bot began) and what was answered."""

    id: int
    at: datetime
    said: dict[str, Any] | None
    replies: tuple[Reply, ...]


async def turns(
    unit: Unit, identity_id: int, *, before: int | None = None, after: int | None = None, most: int = 30
) -> list[Turn]:
    """Up to `most` turns of one identity, oldest first: the newest, those before an id, or those after one."""
    found = [
        *await _asked(unit, identity_id, before, after, most),
        *await _unasked(unit, identity_id, before, after, most),
    ]
    found.sort(key=lambda turn: turn.id)
    return found[:most] if after is not None else found[-most:]


async def _asked(unit: Unit, identity_id: int, before: int | None, after: int | None, most: int) -> list[Turn]:
    statement = sa.select(receipts).where(receipts.c.identity_id == identity_id)
    found: list[Turn] = []
    for row in await unit.rows(_page(statement, receipts.c.id, before, after, most)):
        mac = bytes(row["key_mac"])
        said = unit.vault.open_json(row["said"], receipt_aad(mac, "said")) if row["said"] else None
        answered = unit.vault.open_json(row["replies"], receipt_aad(mac, "replies")) if row["replies"] else []
        found.append(Turn(row["id"], row["received_at"], said, tuple(map(Reply.from_json, answered))))
    return found


async def _unasked(unit: Unit, identity_id: int, before: int | None, after: int | None, most: int) -> list[Turn]:
    statement = sa.select(outbox).where(
        outbox.c.identity_id == identity_id,
        outbox.c.kind.in_(("reply", "notice", "broadcast")),
        outbox.c.state == "sent",
    )
    found: list[Turn] = []
    for row in await unit.rows(_page(statement, outbox.c.id, before, after, most)):
        reply = Reply.from_json(unit.vault.open_json(row["payload"], payload_aad(row["id"])))
        found.append(Turn(row["id"], row["created_at"], None, (reply,)))
    return found


def _page(
    statement: sa.Select[Any], key: sa.Column[int], before: int | None, after: int | None, most: int
) -> sa.Select[Any]:
    if after is not None:
        return statement.where(key > after).order_by(key).limit(most)
    if before is not None:
        statement = statement.where(key < before)
    return statement.order_by(key.desc()).limit(most)
