"""Jobs of mass sending: rows of a batch handed to a platform in one call, under a name by which it knows the job again.

Which rows a job has is written down, in their `result`, before the call. Who takes over from a process that died makes
the very same call once more, and the platform says whether it had it: nobody hears it twice, and nobody is taken for
told who was not. The rows of a job are claimed, marked and ended together.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.store import results
from bot.store.batches import QUEUED
from bot.store.outbox import free
from bot.store.recipients import IN_JOB, JOB, change_own, sent_as
from bot.store.tables import outbox
from bot.store.unit import Unit

REMEMBERED = timedelta(hours=23)  # platforms know the name of a job for a day

_BEGIN = {sqlite: change_own(sqlite, result=sa.bindparam("job")).returning(outbox.c.id) for sqlite in (True, False)}
_TAKEN = {sqlite: sent_as(sqlite, results.MASS) for sqlite in (True, False)}


def name_of(first: int, at: datetime) -> str:
    """What stands in the rows of a job that begins with this row."""
    return f"{JOB}{int(at.timestamp())}-{first}"


def client_id(batch_id: int, job: str) -> str:
    """The name the platform gets: the same for the same job, and for no other."""
    return f"yizhan-{batch_id}-{job.rpartition('-')[2]}"


def forgotten(job: str, now: datetime) -> bool:
    """True when the platform would take the same call for a new job."""
    begun = datetime.fromtimestamp(int(job.removeprefix(JOB).partition("-")[0]), UTC)
    return now - begun > REMEMBERED


async def begin(unit: Unit, who: str, ids: Collection[int], job: str) -> set[int]:
    """Put rows claimed by this process into a job; gives those that are still its own."""
    found = await unit.execute(_BEGIN[unit.sqlite], {"ids": list(ids), "by": who, "job": job})
    return set(found.scalars())


async def taken(unit: Unit, who: str, ids: Collection[int]) -> None:
    """The platform took the job."""
    await unit.execute(_TAKEN[unit.sqlite], {"ids": list(ids), "by": who, "at": unit.now})


async def waiting(unit: Unit, batch_id: int, channel: str) -> str | None:
    """A job nobody has in hand whose end is not written down."""
    wanted = sa.select(sa.func.min(outbox.c.result)).where(
        outbox.c.batch_id == batch_id, outbox.c.state == QUEUED, outbox.c.channel == channel, IN_JOB, free(unit)
    )
    found: str | None = await unit.value(wanted)
    return found
