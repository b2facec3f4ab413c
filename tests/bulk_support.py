"""What the tests of batches are written with: people of all kinds, a batch for them, and processes that send it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.bulk import Bulk
from bot.courier import Courier
from bot.dispatcher import Dispatcher
from bot.messages import Reply
from bot.store import batches
from bot.store.batches import Recipient
from bot.store.ids import new_id
from bot.store.people import address_mac, identity_aad
from bot.store.store import Store
from bot.store.tables import identities, opt_outs, outbox, people
from bot.store.unit import Unit

WORDS = {"zh_CN": Reply("今天下午有空吗"), "en": Reply("Free this afternoon?")}


def meet(unit: Unit, address: str, channel: str = "post", **values: Any) -> Recipient:
    """Somebody new, as a batch knows them. values: fields of the person; `reachable` of the identity."""
    who, through = new_id(), new_id()
    there = values.pop("reachable", True)
    person = {"language": "zh_CN", "timezone": "Asia/Shanghai", **values}
    unit.insert(people, id=who, created_at=unit.now, **person)
    unit.insert(
        identities,
        id=through,
        person_id=who,
        channel=channel,
        address_mac=address_mac(unit, channel, address),
        address=unit.vault.seal(address.encode(), identity_aad(through)),
        reachable=there,
        last_seen_at=unit.now,
    )
    return Recipient(who, through, channel)


async def begin_batch(unit: Unit, page: Sequence[Recipient], topic: str = "") -> int:
    """A batch for these people that runs."""
    batch_id = batches.create(unit, WORDS, topic)
    await batches.add(unit, batch_id, page, page[-1].person_id)
    await batches.filled(unit, batch_id)
    return batch_id


def unsubscribe(unit: Unit, one: Recipient, topic: str) -> None:
    """They do not want this topic."""
    unit.insert(opt_outs, person_id=one.person_id, topic=topic, at=unit.now)


@dataclass
class Sending:
    """One process that sends batches."""

    store: Store
    dispatcher: Dispatcher
    courier: Courier
    bulk: Bulk

    async def batch(self, *addresses: str, topic: str = "", **values: Any) -> int:
        """A running batch for new people."""
        async with self.store.write() as unit:
            return await begin_batch(unit, [meet(unit, address, **values) for address in addresses], topic)

    async def settle(self) -> None:
        """All that can go now has gone, and is written down."""
        await self.bulk.look()
        await self.bulk.idle()
        await self.bulk.look()

    async def rows(self, batch_id: int) -> list[sa.RowMapping]:
        """Its rows, in the order of its recipients."""
        async with self.store.read() as unit:
            return list(await unit.rows(sa.select(outbox).where(outbox.c.batch_id == batch_id).order_by(outbox.c.id)))

    async def states(self, batch_id: int) -> Counter[str]:
        """How many rows are in each state."""
        return Counter(row["state"] for row in await self.rows(batch_id))

    async def state(self, batch_id: int) -> str | None:
        """The batch's own."""
        async with self.store.read() as unit:
            return await batches.state_of(unit, batch_id)
