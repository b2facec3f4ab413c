"""Batches: one message for many people. Each recipient is a row of the outbox; the words are kept once, in the batch.

A capability makes a batch, gives it recipients page by page, and may pause or stop it; the courier sends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.messages import Reply
from bot.store.ids import new_id
from bot.store.tables import batches, outbox
from bot.store.unit import Unit

QUEUED = "queued"  # a recipient nobody has looked at one by one yet
LEFT = (QUEUED, "waiting", "contact")  # may still go out


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
    """End it: the courier passes over what is left, as "skipped". False when it had ended."""
    ended = batches.c.state.in_(("done", "stopped"))
    wanted = sa.update(batches).where(batches.c.id == batch_id, ~ended)
    unit.news = True
    return (await unit.execute(wanted.values(state="stopped", done_at=unit.now))).rowcount == 1


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


async def _turn(unit: Unit, batch_id: int, before: str, after: str) -> bool:
    wanted = sa.update(batches).where(batches.c.id == batch_id, batches.c.state == before)
    return (await unit.execute(wanted.values(state=after))).rowcount == 1


def words_in(unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    """The words of a row of `batches`: language -> a reply as JSON."""
    found: dict[str, Any] = unit.vault.open_json(row["payload"], batch_aad(row["id"]))
    return found
