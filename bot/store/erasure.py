"""Erasing a person from the base tables: a tombstone without content stays, so counts still add up."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.store.media import Blobs
from bot.store.tables import consents, conversations, identities, media, opt_outs, outbox, parked, people, receipts
from bot.store.unit import Unit


async def show_base(unit: Unit, person_id: int) -> dict[str, Any]:
    """What the engine keeps of a person."""
    person = await unit.first(sa.select(people).where(people.c.id == person_id))
    through = await unit.rows(
        sa.select(identities.c.channel, identities.c.last_seen_at).where(identities.c.person_id == person_id)
    )
    own = sa.select(identities.c.id).where(identities.c.person_id == person_id)
    counted = sa.select(sa.func.count()).select_from(receipts).where(receipts.c.identity_id.in_(own))
    pictures = sa.select(sa.func.count()).select_from(media).where(media.c.person_id == person_id)
    topics = await unit.rows(sa.select(opt_outs.c.topic).where(opt_outs.c.person_id == person_id))
    assert person is not None
    return {
        "language": person["language"],
        "timezone": person["timezone"],
        "occupation": person["occupation"],
        "region": person["region"],
        "since": person["created_at"].isoformat(),
        "consented_at": person["consented_at"].isoformat() if person["consented_at"] else None,
        "channels": [{"channel": row["channel"], "last_seen": row["last_seen_at"].isoformat()} for row in through],
        "messages": await unit.value(counted),
        "pictures": await unit.value(pictures),
        "unsubscribed": [row["topic"] for row in topics],
    }


async def erase_base(unit: Unit, person_id: int, blobs: Blobs) -> None:
    """Erase words, addresses and pictures; files go once the commit held."""
    items = list((await unit.execute(sa.select(media.c.id).where(media.c.person_id == person_id))).scalars())
    own = sa.select(identities.c.id).where(identities.c.person_id == person_id)
    through = list((await unit.execute(unit.locking(own))).scalars())  # nothing more is promised to them from here on
    said = sa.select(receipts.c.key_mac).where(receipts.c.identity_id.in_(through))
    await unit.execute(sa.delete(parked).where(parked.c.key_mac.in_(said)))
    await unit.execute(sa.update(receipts).where(receipts.c.identity_id.in_(through)).values(said=None, replies=None))
    for table in (outbox, consents):
        await unit.execute(sa.delete(table).where(table.c.identity_id.in_(through)))
    for table in (conversations, opt_outs, media, identities):
        await unit.execute(sa.delete(table).where(table.c.person_id == person_id))
    values: dict[str, Any] = {"erased_at": unit.now, "occupation": "", "region": "", "consented_at": None}
    await unit.execute(sa.update(people).where(people.c.id == person_id).values(**values))
    unit.after_commit(lambda: blobs.erase(*items))
