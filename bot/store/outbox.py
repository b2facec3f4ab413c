"""The outbox: whatever must leave the process is a row here, written in the transaction that promised it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.channels.base import Held
from bot.store import results
from bot.store.ids import new_id
from bot.store.people import identity_aad
from bot.store.tables import batches, identities, opt_outs, outbox, people
from bot.store.vault import SEALED_MORE, CannotOpen

if TYPE_CHECKING:
    from bot.people import Person
    from bot.store.unit import Unit

CLAIM = timedelta(seconds=60)  # a claim not marked by then is taken over
IMPOSSIBLE = 2 * CLAIM  # no claim lasts so long: it was made by a clock that ran ahead
TOLD = f"{results.TOLD}: "  # the result of a row that waits because the platform said so, and how long


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to send or fetch, as the courier works with it. `until`: when its claim runs out. What is known of the
    person decides when it may be said: `seen`, when they wrote last; `unwanted`, they opted out of its topic."""

    id: int
    identity_id: int | None
    channel: str
    kind: str
    payload: dict[str, Any]
    attempts: int
    until: datetime
    address: str = ""
    reachable: bool = True
    occupation: str = ""
    region: str = ""
    timezone: str = ""
    seen: datetime | None = None
    unwanted: bool = False

    @property
    def unasked(self) -> bool:
        """True for what is said to a person and answers no message of theirs."""
        return self.kind in UNASKED

    @property
    def urgent(self) -> bool:
        """True when it was promised as what no quiet hour may hold up."""
        return bool(self.payload.get("urgent"))


UNASKED = ("notice", "broadcast")  # kinds that are said to people unasked


def payload_aad(row_id: int) -> bytes:
    """The associated data a payload is sealed with."""
    return f"outbox:{row_id}".encode()


NOTHING: dict[str, Any] = {}  # the payload of a row whose words were wiped; the row stays for its key and its result
HAS_WORDS = sa.func.length(outbox.c.payload) > len(b"{}") + SEALED_MORE


async def wipe(unit: Unit, ids: Sequence[int]) -> None:
    """Take the words out of rows that are done."""
    fresh = [{"of": row_id, "nothing": unit.vault.seal_json(NOTHING, payload_aad(row_id))} for row_id in ids]
    await unit.execute(_WIPE, fresh)


_WIPE = sa.update(outbox).where(outbox.c.id == sa.bindparam("of")).values(payload=sa.bindparam("nothing"))


def put(
    unit: Unit,
    person: Person,
    *,
    kind: str,
    payload: dict[str, Any],
    topic: str = "",
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    claimed_by: str | None = None,
) -> Row:
    """Promise one thing to one person, through the identity they have in `person`. The courier looks once it is
    committed, unless it is claimed already."""
    until = unit.now + CLAIM
    row = Row(new_id(), person.identity_id, person.channel, kind, payload, 0, until, person.address)
    values = _values(unit, person, row, topic, due_at)
    claimed = {"claimed_by": claimed_by, "claimed_until": until if claimed_by else None}
    unit.insert(outbox, **values, dedupe_key=dedupe_key, **claimed)
    if not claimed_by:
        unit.news = True
    return row


async def put_once(
    unit: Unit,
    person: Person,
    dedupe_key: str,
    *,
    kind: str,
    payload: dict[str, Any],
    topic: str = "",
    due_at: datetime | None = None,
) -> None:
    """Promise one thing to one person, unless it was promised under this key before, here or in another process."""
    row = Row(new_id(), person.identity_id, person.channel, kind, payload, 0, unit.now, person.address)
    values = _values(unit, person, row, topic, due_at)
    await unit.insert_new(outbox, [{**values, "dedupe_key": dedupe_key}], outbox.c.id)
    unit.news = True


def _values(unit: Unit, person: Person, row: Row, topic: str, due_at: datetime | None) -> dict[str, Any]:
    return {
        "id": row.id,
        "person_id": person.id,
        "identity_id": row.identity_id,
        "channel": row.channel,
        "kind": row.kind,
        "topic": topic,
        "payload": unit.vault.seal_json(row.payload, payload_aad(row.id)),
        "due_at": due_at or unit.now,
        "created_at": unit.now,
        "state": "waiting",
    }


async def collect(unit: Unit, person: Person, mark: str, payloads: Sequence[dict[str, Any]], due_at: datetime) -> None:
    """Promise messages that replace those of the same mark which still wait: the parts of an album get one answer."""
    prefix = f"collect:{mark[:32]}:"
    still = sa.and_(
        outbox.c.identity_id == person.identity_id, outbox.c.state == "waiting", outbox.c.claimed_by.is_(None)
    )
    await unit.execute(sa.delete(outbox).where(still, outbox.c.dedupe_key.startswith(prefix, autoescape=True)))
    for payload in payloads:
        put(unit, person, kind="reply", payload=payload, due_at=due_at, dedupe_key=f"{prefix}{new_id()}")


_TOPIC = sa.case((outbox.c.topic != "", outbox.c.topic), else_=sa.func.coalesce(batches.c.topic, ""))
_UNWANTED = sa.exists().where(opt_outs.c.person_id == outbox.c.person_id, opt_outs.c.topic == _TOPIC)
_HELD = (
    sa.select(outbox.c.id, outbox.c.identity_id, outbox.c.payload)
    .join_from(outbox, batches, batches.c.id == outbox.c.batch_id, isouter=True)
    .where(outbox.c.identity_id.in_(sa.bindparam("through", expanding=True)), outbox.c.state == "contact")
    .where(~_UNWANTED)
    .order_by(outbox.c.id)
)


async def held(unit: Unit, identity_ids: Sequence[int]) -> dict[int, list[Held]]:
    """Identity -> what waits for that person's next message and is still wanted, oldest first. What has become too late
    is passed over for good."""
    found: dict[int, list[Held]] = {}
    late = []
    for row in await unit.rows(_HELD, {"through": list(identity_ids)}):
        payload = unit.vault.open_json(row["payload"], payload_aad(row["id"]))
        if too_late(payload, unit.now):
            late.append(row["id"])
        else:
            found.setdefault(row["identity_id"], []).append(Held(row["id"], payload))
    if late:
        values = {"state": "skipped", "result": results.TOO_LATE, "done_at": unit.now}
        await unit.execute(sa.update(outbox).where(outbox.c.id.in_(late)).values(**values))
    return found


def too_late(payload: dict[str, Any], now: datetime) -> bool:
    """True when what it says is over by now (notices: `until`)."""
    until = payload.get("until")
    return until is not None and datetime.fromisoformat(until) <= now


async def due(
    unit: Unit,
    channels: Collection[str],
    most: int,
    beside: Collection[int] = (),
    unasked: Collection[str] | None = None,
) -> list[int]:
    """Up to `most` ids of rows of these channels, due and nobody's, replies before notices before broadcasts, oldest
    first; not those `beside`, which this process still has in hand though their claim ran out. `unasked`: the channels
    whose notices may be taken, all when not given. For `claim`: it sorts all that is due (0.06 s for 100,000 rows), so
    it is asked of a reader, not under the writer's lock."""
    statement = (
        sa.select(outbox.c.id)
        .where(outbox.c.state == "waiting", outbox.c.due_at <= unit.now, _ours(channels, unasked))
        .where(free(unit), outbox.c.id.not_in(beside))
        .order_by(sa.case({"reply": 0, "fetch": 1, "notice": 2}, value=outbox.c.kind, else_=3), outbox.c.id)
        .limit(most)
    )
    return list((await unit.execute(statement)).scalars())


def _ours(channels: Collection[str], unasked: Collection[str] | None) -> sa.ColumnElement[bool]:
    own = outbox.c.channel.in_(list(channels))
    if unasked is None or set(channels) <= set(unasked):
        return own
    return sa.and_(own, sa.or_(outbox.c.kind.not_in(UNASKED), outbox.c.channel.in_(list(unasked))))


def free(unit: Unit) -> sa.ColumnElement[bool]:
    """Rows that no process has in hand."""
    until = outbox.c.claimed_until
    return sa.or_(until.is_(None), until <= unit.now, until > unit.now + IMPOSSIBLE)


async def claim(unit: Unit, who: str, wanted: Collection[int]) -> list[Row]:
    """Take those of these rows that are still nobody's."""
    still = sa.select(outbox.c.id).where(outbox.c.id.in_(wanted), outbox.c.state == "waiting", free(unit))
    if not unit.sqlite:
        still = still.with_for_update(skip_locked=True)
    ids = list((await unit.execute(still)).scalars())
    if not ids:
        return []
    values = {"claimed_by": who, "claimed_until": unit.now + CLAIM}
    await unit.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(**values))
    return await _load(unit, ids)


_OF_PERSON = (people.c.occupation, people.c.region, people.c.timezone, _UNWANTED.label("unwanted"))


async def _load(unit: Unit, ids: Sequence[int]) -> list[Row]:
    """Rows opened for sending, with the address each goes to; one that does not open is failed, not tried for ever."""
    statement = (
        sa.select(outbox, identities.c.address, identities.c.reachable, identities.c.last_seen_at, *_OF_PERSON)
        .join_from(outbox, identities, identities.c.id == outbox.c.identity_id, isouter=True)
        .outerjoin(people, people.c.id == outbox.c.person_id)
        .outerjoin(batches, batches.c.id == outbox.c.batch_id)
        .where(outbox.c.id.in_(list(ids)))
        .order_by(outbox.c.id)
    )
    opened: list[Row] = []
    broken: list[int] = []
    for row in await unit.rows(statement):
        try:
            opened.append(_opened(unit, row))
        except CannotOpen:
            broken.append(row["id"])
    if broken:
        values = {"state": "failed", "result": results.BROKEN, "done_at": unit.now}
        await unit.execute(sa.update(outbox).where(outbox.c.id.in_(broken)).values(**values))
    return opened


def _opened(unit: Unit, row: sa.RowMapping) -> Row:
    address = unit.vault.open(row["address"], identity_aad(row["identity_id"])).decode() if row["address"] else ""
    payload = unit.vault.open_json(row["payload"], payload_aad(row["id"]))
    there = row["reachable"] is not False
    head = (row["id"], row["identity_id"], row["channel"], row["kind"])
    about = (row["occupation"] or "", row["region"] or "", row["timezone"] or "", row["last_seen_at"])
    return Row(*head, payload, row["attempts"], row["claimed_until"], address, there, *about, bool(row["unwanted"]))


async def is_ours(unit: Unit, row_id: int, who: str) -> bool:
    """False when a row was taken back or over, or went with its person."""
    return await unit.value(sa.select(outbox.c.id).where(outbox.c.id == row_id, outbox.c.claimed_by == who)) is not None


async def next_due(unit: Unit, channels: Collection[str], unasked: Collection[str] | None = None) -> datetime | None:
    """When the next row nobody has is due in these channels, or a claim runs out; as `due` sees them."""
    waiting = sa.and_(outbox.c.state == "waiting", _ours(channels, unasked))
    free = sa.select(outbox.c.due_at).where(waiting, outbox.c.claimed_until.is_(None))
    first: datetime | None = await unit.value(free.order_by(outbox.c.due_at).limit(1))
    if first is not None and first <= unit.now:
        return first
    ends = sa.func.min(outbox.c.claimed_until).label("first"), sa.func.max(outbox.c.claimed_until).label("last")
    [claims] = await unit.rows(sa.select(*ends).where(waiting))
    claimed: dict[str, Any] = dict(claims)
    if claimed["last"] is not None and claimed["last"] > unit.now + IMPOSSIBLE:
        return unit.now
    return min((moment for moment in (first, claimed["first"]) if moment is not None), default=None)


async def pauses(unit: Unit) -> dict[int, datetime]:
    """Identity -> when the platform lets us write there again."""
    statement = (
        sa.select(outbox.c.identity_id, sa.func.max(outbox.c.due_at).label("until"))
        .where(outbox.c.state == "waiting", outbox.c.due_at > unit.now, outbox.c.result.startswith(TOLD))
        .where(outbox.c.kind != "fetch", outbox.c.identity_id.is_not(None))
        .group_by(outbox.c.identity_id)
    )
    return {row["identity_id"]: row["until"] for row in await unit.rows(statement)}


async def give_back(unit: Unit, who: str) -> None:
    """End all claims of one process, so that another takes the rows at once."""
    own = sa.and_(outbox.c.claimed_by == who, outbox.c.state == "waiting")
    await unit.execute(sa.update(outbox).where(own).values(claimed_by=None, claimed_until=None))


async def free_claims(unit: Unit, who: str) -> int:
    """End all claims of a process that died, on rows of batches too; gives how many."""
    own = sa.and_(outbox.c.claimed_by == who, outbox.c.state.in_(("waiting", "queued")))
    return (await unit.execute(sa.update(outbox).where(own).values(claimed_by=None, claimed_until=None))).rowcount


# What became of a row; only the process that holds its claim may say so.
MARK = (
    sa.update(outbox)
    .where(
        outbox.c.id == sa.bindparam("of"),
        outbox.c.state == "waiting",
        outbox.c.claimed_by == sa.bindparam("by"),
    )
    .values(
        state=sa.bindparam("to"),
        result=sa.bindparam("why"),
        due_at=sa.bindparam("when"),
        attempts=sa.bindparam("tried"),
        done_at=sa.bindparam("done"),
        claimed_by=None,
        claimed_until=None,
    )
)
# What is left of something sent in part.
REST = sa.update(outbox).where(outbox.c.id == sa.bindparam("of")).values(payload=sa.bindparam("left"))
