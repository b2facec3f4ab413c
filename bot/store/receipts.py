"""Receipts: a message's natural key, unique, with the replies it got. The same key again gets them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.messages import Reply
from bot.people import Person
from bot.store.ids import new_id
from bot.store.tables import receipts
from bot.store.unit import Unit

if TYPE_CHECKING:
    from bot.store.store import Store


def key_mac(unit: Unit | Store, key: str) -> bytes:
    """The stored form of a natural key: it may hold an account's name, so it is not kept as it is."""
    return unit.vault.mac(key, "receipt")


def receipt_aad(mac: bytes, part: str) -> bytes:
    """The associated data the words of a receipt are sealed with."""
    return b"receipt:" + mac + part.encode()


_STORED = sa.select(receipts.c.key_mac, receipts.c.replies).where(
    receipts.c.key_mac.in_(sa.bindparam("macs", expanding=True))
)


async def stored(unit: Unit, macs: Mapping[bytes, str]) -> dict[str, tuple[Reply, ...]]:
    """The replies that keys seen before got; `macs` is mac -> key."""
    if not macs:
        return {}
    found: dict[str, tuple[Reply, ...]] = {}
    for row in await unit.rows(_STORED, {"macs": list(macs)}):
        mac = bytes(row["key_mac"])
        data = unit.vault.open_json(row["replies"], receipt_aad(mac, "replies")) if row["replies"] else []
        found[macs[mac]] = tuple(Reply.from_json(reply) for reply in data)
    return found


def write(unit: Unit, mac: bytes, person: Person, said: dict[str, Any], replies: Sequence[Reply]) -> None:
    """Write the receipt of one message: gathered, so a batch writes its receipts in one statement."""
    unit.insert(
        receipts,
        key_mac=mac,
        id=new_id(),
        person_id=person.id,
        identity_id=person.identity_id,
        received_at=unit.now,
        said=unit.vault.seal_json(said, receipt_aad(mac, "said")),
        replies=unit.vault.seal_json([reply.as_json() for reply in replies], receipt_aad(mac, "replies")),
    )


_TAKE = (
    sa.update(receipts)
    .where(receipts.c.key_mac == sa.bindparam("mac"), receipts.c.replies.is_not(None))
    .values(replies=None)
)


async def take(unit: Unit, mac: bytes) -> bool:
    """Take the replies out of a receipt, because they go another way from now on; False when they did already."""
    return (await unit.execute(_TAKE, {"mac": mac})).rowcount > 0
