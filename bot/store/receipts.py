"""Receipts: a message's natural key, unique, with the replies it got. The same key again gets them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.messages import Incoming, Reply
from bot.people import Person
from bot.store.ids import new_id
from bot.store.tables import receipts
from bot.store.unit import Unit


def key_mac(unit: Unit, key: str) -> bytes:
    """The stored form of a natural key: it may hold an account's name, so it is not kept as it is."""
    return unit.vault.mac(key, "receipt")


def receipt_aad(mac: bytes, part: str) -> bytes:
    """The associated data the words of a receipt are sealed with."""
    return b"receipt:" + mac + part.encode()


async def receive(unit: Unit, batch: Sequence[Incoming]) -> dict[str, bytes]:
    """Insert receipts for what is new; key -> mac of the new ones. Sorted, so two replicas can't block each other."""
    macs = {key_mac(unit, one.key): one for one in batch}
    rows = [
        {"key_mac": mac, "id": new_id(), "identity_id": 0, "received_at": unit.now, "status": "open"}
        for mac in sorted(macs)
    ]
    fresh = await unit.insert_new(receipts, rows, receipts.c.key_mac)
    return {macs[bytes(mac)].key: bytes(mac) for mac in fresh}


async def stored(unit: Unit, keys: Sequence[str]) -> dict[str, tuple[Reply, ...]]:
    """The replies that keys seen before got."""
    macs = {key_mac(unit, key): key for key in keys}
    found: dict[str, tuple[Reply, ...]] = {}
    for row in await unit.rows(sa.select(receipts).where(receipts.c.key_mac.in_(list(macs)))):
        mac = bytes(row["key_mac"])
        data = unit.vault.open_json(row["replies"], receipt_aad(mac, "replies")) if row["replies"] else []
        found[macs[mac]] = tuple(Reply.from_json(reply) for reply in data)
    return found


def closing(unit: Unit, mac: bytes, person: Person, said: dict[str, Any], replies: Sequence[Reply]) -> dict[str, Any]:
    """The values that close a receipt."""
    return {
        "of": mac,
        "who": person.id,
        "through": person.identity_id,
        "words": unit.vault.seal_json(said, receipt_aad(mac, "said")),
        "answer": unit.vault.seal_json([reply.as_json() for reply in replies], receipt_aad(mac, "replies")),
    }


async def close(unit: Unit, rows: Sequence[dict[str, Any]]) -> None:
    """Write what was said and answered into the receipts, in one statement."""
    if not rows:
        return
    statement = (
        sa.update(receipts)
        .where(receipts.c.key_mac == sa.bindparam("of"))
        .values(
            person_id=sa.bindparam("who"),
            identity_id=sa.bindparam("through"),
            said=sa.bindparam("words"),
            replies=sa.bindparam("answer"),
            status="done",
        )
    )
    await unit.execute(statement, list(rows))
