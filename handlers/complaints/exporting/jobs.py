"""Exports made in the background, as rows: asked for, claimed by one process, offered once, gone after a day.

What asks for an export and what makes it need not be the same process: a claim that runs out (its process died) is
taken up by another, from the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.export import Format
from bot.i18n import language
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints.exporting.profiles import Name
from handlers.complaints.exporting.tables import case_exports, query_aad

OFFERED = timedelta(hours=24)
KEPT = timedelta(days=30)  # the row, without its file
CLAIM = timedelta(seconds=60)  # renewed while it is at work
MOST_ATTEMPTS = 3
MOST_AT_ONCE = 3  # exports of one person that wait or are at work
UNDER_WAY = ("waiting", "running")


class TooManyError(Exception):
    """This person has enough exports under way."""


class NoSuchExportError(LookupError):
    """There is no such export, or it is another person's: the two are not told apart."""


class GoneError(Exception):
    """The file was taken already, or its day is over."""


@dataclass(frozen=True, slots=True)
class Job:
    """One export; `query` as the list's URL has it."""

    id: int
    person_id: int
    asked_at: datetime
    profile: Name
    format: Format
    language: str
    query: str
    state: str
    done: int
    total: int
    size: int
    sha256: str
    ready_at: datetime | None

    @property
    def actor(self) -> str:
        """Who asked, as in the audit log."""
        return f"staff:{self.person_id}"


async def ask(unit: Unit, person_id: int, *, query: str, profile: Name, form: Format) -> int:
    """A new export, in the language in force; gives its id. Raises `TooManyError`."""
    own = sa.select(sa.func.count()).select_from(case_exports)
    own = own.where(case_exports.c.person_id == person_id, case_exports.c.state.in_(UNDER_WAY))
    if await unit.value(own) >= MOST_AT_ONCE:
        raise TooManyError
    export_id = new_id()
    unit.insert(
        case_exports,
        id=export_id,
        person_id=person_id,
        asked_at=unit.now,
        profile=profile,
        format=form,
        language=language(),
        query=unit.vault.seal(query.encode(), query_aad(export_id)),
        state="waiting",
    )
    return export_id


async def own(unit: Unit, person_id: int, most: int = 20) -> list[Job]:
    """A person's exports, newest first; those whose day is over are told as gone."""
    wanted = sa.select(case_exports).where(case_exports.c.person_id == person_id)
    rows = await unit.rows(wanted.order_by(case_exports.c.id.desc()).limit(most))
    return [_job(unit, row) for row in rows]


async def take(unit: Unit, person_id: int, export_id: int) -> Job:
    """Hand an export to its owner, once. Raises `NoSuchExportError`, `GoneError`."""
    mine = sa.and_(case_exports.c.id == export_id, case_exports.c.person_id == person_id)
    row = await unit.first(unit.locking(sa.select(case_exports).where(mine)))
    if row is None or row["state"] in UNDER_WAY:
        raise NoSuchExportError
    job = _job(unit, row)
    if job.state != "ready":
        raise GoneError
    await unit.execute(sa.update(case_exports).where(mine).values(state="taken", taken_at=unit.now))
    return job


async def drop(unit: Unit, person_id: int, export_id: int) -> None:
    """Take back an export that its owner no longer wants. Raises `NoSuchExportError`."""
    mine = sa.and_(case_exports.c.id == export_id, case_exports.c.person_id == person_id)
    live = case_exports.c.state.in_((*UNDER_WAY, "ready"))
    if (await unit.execute(sa.update(case_exports).where(mine, live).values(state="gone"))).rowcount == 0:
        raise NoSuchExportError


def _free(unit: Unit) -> sa.ColumnElement[bool]:
    run_out = sa.and_(case_exports.c.state == "running", case_exports.c.claimed_until < unit.now)
    return sa.or_(case_exports.c.state == "waiting", run_out)


async def is_work(unit: Unit) -> bool:
    """True when an export waits that nobody is at work on."""
    return await unit.value(sa.select(case_exports.c.id).where(_free(unit)).limit(1)) is not None


async def claim(unit: Unit, holder: str) -> Job | None:
    """The oldest export that nobody is at work on, for this process; None when there is none."""
    wanted = sa.select(case_exports).where(_free(unit)).order_by(case_exports.c.id).limit(1)
    row = await unit.first(wanted if unit.sqlite else wanted.with_for_update(skip_locked=True))
    if row is None:
        return None
    given_up = row["attempts"] >= MOST_ATTEMPTS
    values: dict[str, Any] = {"state": "failed", "claimed_by": None}
    if not given_up:
        values = {"state": "running", "claimed_by": holder, "claimed_until": unit.now + CLAIM, "done": 0}
        values["attempts"] = row["attempts"] + 1
    await unit.execute(sa.update(case_exports).where(case_exports.c.id == row["id"]).values(**values))
    return None if given_up else _job(unit, row)


async def note(unit: Unit, job: Job, holder: str, **values: Any) -> bool:
    """Write down how far it has come, and keep the claim; False when it is no longer this process's."""
    ours = sa.and_(case_exports.c.id == job.id, case_exports.c.claimed_by == holder, case_exports.c.state == "running")
    kept = {"claimed_until": unit.now + CLAIM} | values
    return (await unit.execute(sa.update(case_exports).where(ours).values(**kept))).rowcount == 1


async def finish(unit: Unit, job: Job, holder: str, *, size: int, sha256: str) -> bool:
    """Offer the file from now on; False when it is no longer this process's."""
    values = {"state": "ready", "ready_at": unit.now, "size": size, "sha256": sha256, "claimed_by": None}
    return await note(unit, job, holder, **values)


async def give_back(unit: Unit, job: Job, holder: str) -> None:
    """Let another process begin it anew; a process that ends in good order uses up no attempt."""
    await note(unit, job, holder, state="waiting", claimed_by=None, attempts=case_exports.c.attempts - 1)


async def expire(unit: Unit) -> list[int]:
    """End the offers whose day is over; gives the ids."""
    over = sa.and_(case_exports.c.state == "ready", case_exports.c.ready_at <= unit.now - OFFERED)
    ended = sa.update(case_exports).where(over).values(state="gone").returning(case_exports.c.id)
    return list((await unit.execute(ended)).scalars())


async def at_work(unit: Unit) -> set[int]:
    """Those a process is at work on, as far as is known."""
    live = sa.and_(case_exports.c.state == "running", case_exports.c.claimed_until >= unit.now)
    return set((await unit.execute(sa.select(case_exports.c.id).where(live))).scalars())


async def make_again(unit: Unit) -> list[int]:
    """Have all that are offered or being made made anew; gives the ids of those that were offered."""
    offered = list((await unit.execute(sa.select(case_exports.c.id).where(case_exports.c.state == "ready"))).scalars())
    again = sa.update(case_exports).where(case_exports.c.state.in_(("ready", "running")))
    await unit.execute(again.values(state="waiting", claimed_by=None, attempts=0, done=0, ready_at=None))
    return offered


async def without_file(unit: Unit, ids: Sequence[int]) -> list[int]:
    """Those of the ids whose file nobody needs any more."""
    needed = sa.select(case_exports.c.id).where(
        case_exports.c.id.in_(ids), case_exports.c.state.in_((*UNDER_WAY, "ready"))
    )
    kept = set((await unit.execute(needed)).scalars())
    return [one for one in ids if one not in kept]


def _job(unit: Unit, row: sa.RowMapping) -> Job:
    plain = {name: row[name] for name in Job.__slots__}
    plain["query"] = unit.vault.open(row["query"], query_aad(row["id"])).decode()
    over = row["state"] == "ready" and row["ready_at"] <= unit.now - OFFERED
    return Job(**plain | ({"state": "gone"} if over else {}))
