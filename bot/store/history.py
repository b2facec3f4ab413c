"""What was said in a chat, oldest first: from the receipts and what was sent unasked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import Reply
from bot.store.batches import HAS_WORDS as BATCH_HAS_WORDS
from bot.store.batches import reply_in
from bot.store.outbox import HAS_WORDS, payload_aad
from bot.store.receipts import receipt_aad
from bot.store.tables import batches, media, outbox, people, receipts
from bot.store.unit import Unit

Mark = tuple[datetime, int]  # where a turn stands in a chat


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what the person said (None when the bot began) and what was answered.

    `at` is when it came to the person: a notice that waited for the morning stands where it arrived. `name` never
    changes and can be told from the message's key alone.
    """

    id: int
    name: str
    at: datetime
    said: dict[str, Any] | None
    replies: tuple[Reply, ...]

    @property
    def mark(self) -> Mark:
        """Its place among the turns."""
        return self.at, self.id


async def turns(unit: Unit, identity_id: int, *, before: Mark | None = None, most: int = 30) -> list[Turn]:
    """Up to `most` turns of one identity, oldest first: the newest, or those before a mark."""
    found = [*await _asked(unit, identity_id, before, most), *await _unasked(unit, identity_id, before, most)]
    return sorted(found, key=lambda turn: turn.mark)[-most:]


async def turn_of(unit: Unit, key_mac: bytes) -> Turn | None:
    """The turn a message made, by the stored form of its natural key."""
    row = await unit.first(sa.select(receipts).where(receipts.c.key_mac == key_mac))
    return _opened(unit, row) if row is not None else None


async def kept_media(unit: Unit, person_id: int, wanted: Collection[int]) -> dict[int, str]:
    """Which of these files were kept as this person's, and the kind of each."""
    if not wanted:
        return {}
    own = sa.and_(media.c.person_id == person_id, media.c.status == "kept")
    found = await unit.rows(sa.select(media.c.id, media.c.kind).where(own, media.c.id.in_(wanted)))
    return {row["id"]: row["kind"] for row in found}


async def _asked(unit: Unit, identity_id: int, before: Mark | None, most: int) -> list[Turn]:
    statement = sa.select(receipts).where(receipts.c.identity_id == identity_id, receipts.c.said.is_not(None))
    page = _page(statement, receipts.c.received_at, receipts.c.id, before, most)
    return [_opened(unit, row) for row in await unit.rows(page)]


def _opened(unit: Unit, row: sa.RowMapping) -> Turn:
    mac = bytes(row["key_mac"])
    said = unit.vault.open_json(row["said"], receipt_aad(mac, "said")) if row["said"] else None
    answered = unit.vault.open_json(row["replies"], receipt_aad(mac, "replies")) if row["replies"] else []
    return Turn(row["id"], mac.hex(), row["received_at"], said, tuple(map(Reply.from_json, answered)))


_WORDS_OF_BATCH = batches.c.payload.label("words")
_UNASKED = (
    sa.select(outbox, _WORDS_OF_BATCH, people.c.language)
    .outerjoin(batches, batches.c.id == outbox.c.batch_id)
    .outerjoin(people, people.c.id == outbox.c.person_id)
)


async def _unasked(unit: Unit, identity_id: int, before: Mark | None, most: int) -> list[Turn]:
    statement = _UNASKED.where(
        outbox.c.identity_id == identity_id,
        outbox.c.kind.in_(("reply", "notice", "broadcast")),
        outbox.c.state == "sent",
        sa.or_(HAS_WORDS, BATCH_HAS_WORDS),
    )
    found: list[Turn] = []
    for row in await unit.rows(_page(statement, outbox.c.done_at, outbox.c.id, before, most)):
        found.append(Turn(row["id"], str(row["id"]), row["done_at"], None, (_said_unasked(unit, row),)))
    return found


def _said_unasked(unit: Unit, row: sa.RowMapping) -> Reply:
    if row["batch_id"] is not None and (
        reply := reply_in(unit.vault, row["batch_id"], row["words"], row["language"] or "")
    ):
        return reply
    payload = unit.vault.open_json(row["payload"], payload_aad(row["id"]))
    return Reply.from_json(payload.get("reply", payload))  # a notice names its reply, a queued reply is one


def _page(
    statement: sa.Select[Any], at: sa.Column[Any], key: sa.Column[int], before: Mark | None, most: int
) -> sa.Select[Any]:
    if before is not None:
        moment, row_id = before
        statement = statement.where(sa.or_(at < moment, sa.and_(at == moment, key < row_id)))
    return statement.order_by(at.desc(), key.desc()).limit(most)
