"""Batches: one message for many people. Each recipient is a row of the outbox; the words are kept once, in the batch.

A capability makes a batch, gives it recipients page by page, and may pause or stop it; bot/bulk.py sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.i18n import DEFAULT
from bot.messages import Reply
from bot.store.ids import new_id
from bot.store.tables import batches, leases, outbox
from bot.store.unit import Unit
from bot.store.vault import SEALED_MORE, Vault

QUEUED = "queued"  # a recipient nobody has looked at one by one yet
LATER = "later"  # one of a batch that waits for its moment: the end of quiet hours, of what a platform told us to wait
LEFT = (QUEUED, LATER, "waiting", "contact")  # may still go out
_SOON = (QUEUED, LATER, "waiting")  # goes out without anybody writing first
_CLOSED = "closed:"  # leases that no process holds, but a platform


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person of a batch, through one of their identities."""

    person_id: int
    identity_id: int
    channel: str


def batch_aad(batch_id: int) -> bytes:
    """The associated data the words of a batch are sealed with."""
    return f"batch:{batch_id}".encode()


def create(unit: Unit, words: Mapping[str, Reply], topic: str = "") -> int:
    """A batch without recipients; gives its id. words: language -> what is said in it; "zh_CN" must be there."""
    batch_id = new_id()
    payload = unit.vault.seal_json(
        {language: reply.as_json() for language, reply in words.items()}, batch_aad(batch_id)
    )
    unit.insert(batches, id=batch_id, topic=topic, state="filling", payload=payload, created_at=unit.now)
    return batch_id


async def add(unit: Unit, batch_id: int, page: Sequence[Recipient], cursor: int) -> None:
    """Give a batch its next recipients, and note how far we are: `cursor` is the last person looked at. The caller has
    the batch's row locked (`filling`), so no page is added twice."""
    nothing = b""  # the words are the batch's
    for one in page:
        unit.insert(
            outbox,
            id=new_id(),
            person_id=one.person_id,
            identity_id=one.identity_id,
            channel=one.channel,
            kind="broadcast",
            payload=nothing,
            batch_id=batch_id,
            due_at=unit.now,
            created_at=unit.now,
            state=QUEUED,
        )
    await unit.execute(sa.update(batches).where(batches.c.id == batch_id).values(cursor=cursor))


async def filling(unit: Unit, batch_id: int) -> int | None:
    """The cursor of a batch that is still being filled, its row locked till the commit; None when it is not, or when
    another process fills it at this moment."""
    wanted = sa.select(batches.c.cursor).where(batches.c.id == batch_id, batches.c.state == "filling")
    if not unit.sqlite:
        wanted = wanted.with_for_update(skip_locked=True)
    found: int | None = await unit.value(wanted)
    return found


async def filled(unit: Unit, batch_id: int) -> None:
    """All recipients are there: the courier begins."""
    values = {"state": "running", "filled_at": unit.now}
    await unit.execute(
        sa.update(batches).where(batches.c.id == batch_id, batches.c.state == "filling").values(**values)
    )
    unit.news = True


async def pause(unit: Unit, batch_id: int) -> bool:
    """Send no more till `resume`; what is in a sender's hand still goes. False when it was not running."""
    return await _turn(unit, batch_id, "running", "paused")


async def resume(unit: Unit, batch_id: int) -> bool:
    """Go on. False when it was not paused."""
    unit.news = True
    return await _turn(unit, batch_id, "paused", "running")


async def stop(unit: Unit, batch_id: int) -> bool:
    """End it: what is left is passed over soon, as "skipped"; then `done_at` is set. False when it had ended."""
    ended = batches.c.state.in_(("done", "stopped"))
    wanted = sa.update(batches).where(batches.c.id == batch_id, ~ended)
    unit.news = True
    return (await unit.execute(wanted.values(state="stopped"))).rowcount == 1


async def state_of(unit: Unit, batch_id: int) -> str | None:
    """filling, running, paused, done or stopped; None when there is no such batch."""
    found: str | None = await unit.value(sa.select(batches.c.state).where(batches.c.id == batch_id))
    return found


async def progress(unit: Unit, batch_id: int) -> dict[str, dict[str, int]]:
    """Channel -> state of a row -> how many."""
    counted = (
        sa.select(outbox.c.channel, outbox.c.state, sa.func.count().label("many"))
        .where(outbox.c.batch_id == batch_id)
        .group_by(outbox.c.channel, outbox.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for row in await unit.rows(counted):
        found.setdefault(row["channel"], {})[row["state"]] = row["many"]
    return found


async def waits(unit: Unit, batch_id: int) -> list[sa.RowMapping]:
    """What of a batch waits for a moment: `channel`, `result` ("quiet hours", or what the platform said), `due_at` of
    the first and `last` of the last, `many`; the soonest first."""
    counted = (
        sa.select(
            outbox.c.channel,
            outbox.c.result,
            sa.func.min(outbox.c.due_at).label("due_at"),
            sa.func.max(outbox.c.due_at).label("last"),
            sa.func.count().label("many"),
        )
        .where(outbox.c.batch_id == batch_id, outbox.c.state == LATER)
        .group_by(outbox.c.channel, outbox.c.result)
        .order_by(sa.func.min(outbox.c.due_at))
    )
    return list(await unit.rows(counted))


async def close_channel(unit: Unit, channel: str, until: datetime) -> None:
    """The platform takes nothing more from us, whoever it is for, till then; kept, so that a restart knows it."""
    name = f"{_CLOSED}{channel}"
    fresh = {"name": name, "holder": "platform", "until": until}
    if not await unit.insert_new(leases, [fresh], leases.c.name):
        longer = sa.update(leases).where(leases.c.name == name, leases.c.until < until)
        await unit.execute(longer.values(until=until))


async def closed_channels(unit: Unit) -> dict[str, datetime]:
    """Channel -> till when its platform takes nothing from us."""
    wanted = sa.select(leases.c.name, leases.c.until).where(
        leases.c.name.startswith(_CLOSED), leases.c.until > unit.now
    )
    return {row["name"].removeprefix(_CLOSED): row["until"] for row in await unit.rows(wanted)}


async def open_ones(unit: Unit) -> list[sa.RowMapping]:
    """Batches that have something left to do: the running, and the stopped whose rest is not passed over yet."""
    stopping = sa.and_(batches.c.state == "stopped", batches.c.done_at.is_(None))
    wanted = sa.select(batches.c.id, batches.c.topic, batches.c.state).where(
        sa.or_(batches.c.state == "running", stopping)
    )
    return list(await unit.rows(wanted.order_by(batches.c.id)))


async def finish(unit: Unit, batch_id: int) -> bool:
    """End a running batch all of whose rows have gone, and a stopped one that has nothing left; True when it ended.
    What waits for a person's next message keeps nothing open."""
    left = sa.exists().where(outbox.c.batch_id == batch_id, outbox.c.state.in_(_SOON))
    wanted = sa.update(batches).where(
        batches.c.id == batch_id, batches.c.state.in_(("running", "stopped")), batches.c.done_at.is_(None), ~left
    )
    state = sa.case((batches.c.state == "running", "done"), else_=batches.c.state)
    return (await unit.execute(wanted.values(state=state, done_at=unit.now))).rowcount == 1


async def words_of(unit: Unit, batch_id: int) -> dict[str, Reply]:
    """Language -> what is said in it."""
    [row] = await unit.rows(sa.select(batches.c.id, batches.c.payload).where(batches.c.id == batch_id))
    return {language: Reply.from_json(words) for language, words in words_in(unit, row).items()}


def reply_in(vault: Vault, batch_id: int, sealed: bytes, language: str) -> Reply | None:
    """What a batch says in a language, or in the one that is always there; None once its words were wiped."""
    words = vault.open_json(sealed, batch_aad(batch_id))
    return Reply.from_json(words.get(language) or words[DEFAULT]) if words else None


HAS_WORDS = sa.func.length(batches.c.payload) > len(b"{}") + SEALED_MORE
_WIPE = sa.update(batches).where(batches.c.id == sa.bindparam("of")).values(payload=sa.bindparam("nothing"))


async def wipe(unit: Unit, ids: Sequence[int]) -> None:
    """Take the words out of batches that are over; they stay for their figures."""
    await unit.execute(_WIPE, [{"of": one, "nothing": unit.vault.seal_json({}, batch_aad(one))} for one in ids])


async def _turn(unit: Unit, batch_id: int, before: str, after: str) -> bool:
    wanted = sa.update(batches).where(batches.c.id == batch_id, batches.c.state == before)
    return (await unit.execute(wanted.values(state=after))).rowcount == 1


def words_in(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    """The words of a row of `batches`: language -> a reply as JSON."""
    found: dict[str, Any] = unit.vault.open_json(row["payload"], batch_aad(row["id"]))
    return found
