"""The recipients of batches: rows of the outbox whose words stand in the batch. Taken in chunks, sorted, marked.

"queued" rows may be sent now; a "later" one has a moment to wait for (its `due_at`; why stands in its `result`) and is
queued again then. What gets words of its own (the rest of something sent in part, what waits for the person's next
message) is the courier's from then on. All is done set by set: a row costs a few microseconds, whatever becomes of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from bot.store import results
from bot.store.batches import LATER, LEFT, QUEUED
from bot.store.outbox import CLAIM, TOLD, free
from bot.store.tables import identities, opt_outs, outbox, people
from bot.store.unit import Unit

PAGE = 2000  # rows changed in one transaction
JOB = f"{results.MASS}: "  # the result of a queued row that is in a job of mass sending (bot/store/jobs.py)
IN_JOB = outbox.c.result.startswith(JOB)


class Ids(sa.types.TypeDecorator[Sequence[int]]):
    """Many ids as one parameter: an array in PostgreSQL, JSON in SQLite. A list that grows till it is executed."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        postgres = dialect.name == "postgresql"
        return dialect.type_descriptor(sa.ARRAY(sa.BigInteger) if postgres else sa.Text())

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return list(value or ()) if dialect.name == "postgresql" else orjson.dumps(value).decode()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A queued row with what decides whether it goes now."""

    id: int
    identity_id: int | None
    attempts: int
    address: bytes | None  # sealed
    reachable: bool | None
    language: str | None
    occupation: str | None
    region: str | None
    timezone: str | None
    unwanted: bool


@dataclass(slots=True)
class Sorted:
    """Candidates by what becomes of them: sent now, put off till a moment for a reason, or ended with a state and
    reason."""

    now: list[Candidate] = field(default_factory=list)
    later: dict[tuple[datetime, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))


def _change(sqlite: bool) -> sa.Update:
    """An update of those rows of the parameter `ids` that are queued."""
    ids = sa.bindparam("ids", type_=Ids())
    listed = sa.select(sa.func.json_each(ids).table_valued("value").c.value)
    these = outbox.c.id.in_(listed) if sqlite else outbox.c.id == sa.func.any(ids)
    # A plain column would have them go by the index of states: SQLite always, PostgreSQL as long as its statistics are
    # older than the batch. Either would read all that is queued for every chunk.
    return sa.update(outbox).where(these, sa.func.coalesce(outbox.c.state, "") == QUEUED)


_CHANGE = {sqlite: _change(sqlite) for sqlite in (True, False)}
_OWN = outbox.c.claimed_by == sa.bindparam("by")
_NOBODYS = {"claimed_by": None, "claimed_until": None}


def change_own(sqlite: bool, **values: Any) -> sa.Update:
    """An update of queued rows that one process claimed. Parameters: ids, by."""
    return _CHANGE[sqlite].where(_OWN).values(**values)


def sent_as(sqlite: bool, result: str) -> sa.Update:
    """Sent, marked many at a time by who claimed them. Parameters: ids, by, at."""
    done = {"attempts": outbox.c.attempts + 1, "done_at": sa.bindparam("at"), **_NOBODYS}
    return change_own(sqlite, state="sent", result=result, **done)


SENT = {sqlite: sent_as(sqlite, "") for sqlite in _CHANGE}
# What else became of a row; by who claimed it.
CONCLUDED = (
    sa.update(outbox)
    .where(outbox.c.id == sa.bindparam("of"), outbox.c.state == QUEUED, _OWN)
    .values(
        state=sa.bindparam("to"),
        result=sa.bindparam("why"),
        due_at=sa.bindparam("when"),
        attempts=sa.bindparam("tried"),
        done_at=sa.bindparam("done"),
        **_NOBODYS,
    )
)
# The same, with words of its own from now on.
CONCLUDED_WITH_WORDS = CONCLUDED.values(payload=sa.bindparam("left"))
_CLAIM = {
    sqlite: change.values(claimed_by=sa.bindparam("by"), claimed_until=sa.bindparam("till"))
    for sqlite, change in _CHANGE.items()
}
_END = {
    sqlite: change.values(state=sa.bindparam("to"), result=sa.bindparam("why"), done_at=sa.bindparam("at"))
    for sqlite, change in _CHANGE.items()
}
_PUT_OFF = {
    sqlite: change.values(state=LATER, result=sa.bindparam("why"), due_at=sa.bindparam("when"))
    for sqlite, change in _CHANGE.items()
}
_GIVE_BACK = {sqlite: change_own(sqlite, **_NOBODYS) for sqlite in _CHANGE}


async def candidates(
    unit: Unit, batch_id: int, topic: str, channel: str, most: int | None, after: int = 0, job: str | None = None
) -> list[Candidate]:
    """The next rows of a batch that nobody has, locked till the commit; those after that row, so that what went before
    is not walked over for every chunk. `job`: all rows of this one; "": only those in none."""
    unwanted = sa.and_(opt_outs.c.person_id == outbox.c.person_id, opt_outs.c.topic == topic)
    wanted = (
        sa.select(
            outbox.c.id,
            outbox.c.identity_id,
            outbox.c.attempts,
            identities.c.address,
            identities.c.reachable,
            people.c.language,
            people.c.occupation,
            people.c.region,
            people.c.timezone,
            opt_outs.c.topic.is_not(None).label("unwanted"),
        )
        .join_from(outbox, identities, identities.c.id == outbox.c.identity_id, isouter=True)
        .outerjoin(people, people.c.id == outbox.c.person_id)
        .outerjoin(opt_outs, unwanted)
        .where(outbox.c.batch_id == batch_id, outbox.c.state == QUEUED, outbox.c.channel == channel)
        .where(outbox.c.id > after, free(unit))
        .order_by(outbox.c.id)
        .limit(most)
    )
    if job is not None:
        wanted = wanted.where(outbox.c.result == job if job else ~IN_JOB)
    if not unit.sqlite:  # a job is taken whole, or not at all
        wanted = wanted.with_for_update(skip_locked=not job, of=outbox)
    there: Any = await unit.execute(wanted)
    return [Candidate(*row) for row in there]


async def settle(unit: Unit, who: str, found: Sorted) -> None:
    """Write down what becomes of candidates; those that go now are claimed by this process."""
    kind = unit.sqlite
    for (state, why), ids in found.ended.items():
        await unit.execute(_END[kind], {"ids": ids, "to": state, "why": why, "at": unit.now})
    for (when, why), ids in found.later.items():
        await unit.execute(_PUT_OFF[kind], {"ids": ids, "why": why, "when": when})
    if found.now:
        ids = [one.id for one in found.now]
        await unit.execute(_CLAIM[kind], {"ids": ids, "by": who, "till": unit.now + CLAIM})


async def end(unit: Unit, ids: Collection[int], state: str, why: str) -> None:
    """End queued rows."""
    await unit.execute(_END[unit.sqlite], {"ids": list(ids), "to": state, "why": why, "at": unit.now})


async def give_back(unit: Unit, who: str, ids: Collection[int]) -> None:
    """End one's own claims of rows that were not sent."""
    await unit.execute(_GIVE_BACK[unit.sqlite], {"ids": list(ids), "by": who})


async def call_up(unit: Unit, batch_id: int) -> int:
    """Queue what has waited long enough; gives how many, at most a page of them."""
    due = sa.select(outbox.c.id).where(
        outbox.c.batch_id == batch_id, outbox.c.state == LATER, outbox.c.due_at <= unit.now
    )
    return await _change_page(unit, due, {"state": QUEUED, "result": ""})


async def skip(unit: Unit, batch_id: int) -> int:
    """Pass over what a stopped batch has left, but what is in a sender's hand; gives how many, at most a page. Whether
    a platform took a job whose end nobody wrote down is not known any more."""
    left = sa.select(outbox.c.id).where(outbox.c.batch_id == batch_id, outbox.c.state.in_(LEFT), free(unit))
    values = {
        "state": sa.case((IN_JOB, "unknown"), else_="skipped"),
        "result": sa.case((IN_JOB, results.CUT_OFF), else_=results.STOPPED),
        "done_at": unit.now,
    }
    return await _change_page(unit, left, values)


async def _change_page(unit: Unit, wanted: sa.Select[Any], values: Mapping[str, Any]) -> int:
    page = wanted.limit(PAGE)
    if not unit.sqlite:
        page = page.with_for_update(skip_locked=True)
    statement = sa.update(outbox).where(outbox.c.id.in_(page)).values(**values)
    return (await unit.execute(statement)).rowcount


async def pauses(unit: Unit) -> dict[int, datetime]:
    """Identity -> till when its platform told us to wait, as rows of batches keep it."""
    told = sa.and_(outbox.c.state == LATER, outbox.c.due_at > unit.now, outbox.c.result.startswith(TOLD))
    wanted = (
        sa.select(outbox.c.identity_id, sa.func.max(outbox.c.due_at).label("until"))
        .where(told, outbox.c.batch_id.is_not(None), outbox.c.identity_id.is_not(None))
        .group_by(outbox.c.identity_id)
    )
    return {row["identity_id"]: row["until"] for row in await unit.rows(wanted)}
