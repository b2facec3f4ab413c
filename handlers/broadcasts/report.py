"""How a broadcast goes: live figures, and what became of every recipient, under a name that leads to nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.i18n import N_, _
from bot.store import batches, results
from bot.store.tables import outbox
from bot.store.unit import Unit
from bot.store.vault import Vault
from handlers.broadcasts.record import Broadcast
from handlers.broadcasts.tables import clicks

RATE_OVER = timedelta(seconds=30)
# What staff read of a recipient: fates, in the order of the report. The ways of WeChat are kept apart.
FATES = {
    "sent": N_("delivered"),
    "next_contact": N_("delivered with the answer to their next message"),
    "mass": N_("handed to WeChat's mass sending"),
    "queued": N_("to come"),
    "quiet": N_("waits for the end of quiet hours"),
    "told": N_("waits: the platform asked us to"),
    "nudged": N_("told by a template or subscription message; goes out when they write next"),
    "contact": N_("goes out when they write next"),
    "unsubscribed": N_("unsubscribed meanwhile"),
    "blocked": N_("blocked us, or left"),
    "failed": N_("could not be sent"),
    "unknown": N_("sent, but the platform never said whether it arrived"),
    "stopped": N_("passed over: the broadcast was stopped"),
}
TO_COME = ("queued", "quiet", "told")  # keep a broadcast going
BY_CODE = {
    ("later", results.QUIET): "quiet",
    ("later", results.TOLD): "told",
    ("sent", results.NEXT_CONTACT): "next_contact",
    ("sent", results.MASS): "mass",
    ("contact", results.TEMPLATE): "nudged",
    ("contact", results.SUBSCRIPTION): "nudged",
    ("skipped", results.UNSUBSCRIBED): "unsubscribed",
    ("failed", results.UNREACHABLE): "blocked",
}
BY_STATE = {"queued": "queued", "later": "queued", "waiting": "queued", "skipped": "stopped"}


def fate(state: str, result: str) -> str:
    """The key in FATES of a row of the outbox."""
    by_code = BY_CODE.get((state, results.code_of(result)))
    return by_code or BY_STATE.get(state, state)


@dataclass(slots=True)
class Progress:
    """Figures of a batch. `by_channel`: channel -> fate -> how many; `rate`: sent a second, lately; `until`: when the
    last of what waits for a moment goes."""

    by_channel: dict[str, dict[str, int]] = field(default_factory=dict)
    clicks: int = 0
    rate: float = 0.0
    until: datetime | None = None

    @property
    def fates(self) -> dict[str, int]:
        """Fate -> how many, over all channels; in the order of FATES, only what there is."""
        found = {name: sum(one.get(name, 0) for one in self.by_channel.values()) for name in FATES}
        return {name: many for name, many in found.items() if many}

    @property
    def total(self) -> int:
        """All recipients so far."""
        return sum(self.fates.values())

    @property
    def to_come(self) -> int:
        """Recipients still to be dealt with."""
        return sum(many for name, many in self.fates.items() if name in TO_COME)

    @property
    def queued(self) -> int:
        """Those that go as fast as the platforms let us."""
        return self.fates.get("queued", 0)

    @property
    def seconds_left(self) -> int | None:
        """How long the queue lasts at this rate; None when it can't be told."""
        return int(self.queued / self.rate) + 1 if self.queued and self.rate else None


async def progress(unit: Unit, one: Broadcast) -> Progress:
    """The figures by now; all nought before it goes out."""
    found = Progress()
    if one.batch_id is None:
        return found
    counted = (
        sa.select(outbox.c.channel, outbox.c.state, outbox.c.result, sa.func.count().label("many"))
        .where(outbox.c.batch_id == one.batch_id)
        .group_by(outbox.c.channel, outbox.c.state, outbox.c.result)
    )
    for row in await unit.rows(counted):
        own, name = found.by_channel.setdefault(row["channel"], {}), fate(row["state"], row["result"])
        own[name] = own.get(name, 0) + row["many"]
    found.clicks = await unit.value(sa.select(sa.func.count()).where(clicks.c.broadcast_id == one.id))
    if one.state == "sending":
        found.rate = await _rate(unit, one)
    found.until = max((row["last"] for row in await batches.waits(unit, one.batch_id)), default=None)
    return found


async def _rate(unit: Unit, one: Broadcast) -> float:
    started = max(one.started_at or unit.now, unit.now - RATE_OVER)
    lately = sa.select(sa.func.count()).where(
        outbox.c.batch_id == one.batch_id, outbox.c.state == "sent", outbox.c.done_at > started
    )
    seconds = max((unit.now - started).total_seconds(), 1.0)
    sent: int = await unit.value(lately)
    return round(sent / seconds, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One recipient. `name` leads to nobody, and is another in every broadcast; `at`: when it was sent or ended, or
    goes; `tapped`: when they tapped a button first."""

    row_id: int
    name: str
    channel: str
    fate: str
    reason: str
    at: datetime | None
    tapped: datetime | None

    @property
    def said(self) -> str:
        """What became of it, in words."""
        return _(FATES[self.fate])


async def lines(unit: Unit, one: Broadcast, after: int = 0, most: int = 50, wanted: str = "") -> list[Line]:
    """The next recipients in the order they were put down; only those of one fate, when `wanted` names it."""
    statement = (
        sa.select(
            outbox.c.id,
            outbox.c.person_id,
            outbox.c.channel,
            outbox.c.state,
            outbox.c.result,
            outbox.c.due_at,
            outbox.c.done_at,
            clicks.c.at.label("tapped"),
        )
        .join(
            clicks,
            sa.and_(clicks.c.person_id == outbox.c.person_id, clicks.c.broadcast_id == one.id),
            isouter=True,
        )
        .where(outbox.c.batch_id == one.batch_id, outbox.c.id > after)
        .order_by(outbox.c.id)
        .limit(most)
    )
    if wanted:
        statement = statement.where(await _of_fate(unit, one, wanted))
    return [_line(unit.vault, one.id, row) for row in await unit.rows(statement)]


async def _of_fate(unit: Unit, one: Broadcast, wanted: str) -> sa.ColumnElement[bool]:
    """The same as `fate`, for the database: the pairs there are of state and result that have this fate."""
    there = sa.select(outbox.c.state, outbox.c.result).where(outbox.c.batch_id == one.batch_id).distinct()
    pairs = [(row["state"], row["result"]) for row in await unit.rows(there)]
    mine = [pair for pair in pairs if fate(*pair) == wanted]
    same = (sa.and_(outbox.c.state == state, outbox.c.result == result) for state, result in mine)
    return sa.or_(sa.false(), *same)


def _line(vault: Vault, broadcast_id: int, row: sa.RowMapping) -> Line:
    name = vault.mac(str(row["person_id"]), f"recipient:{broadcast_id}").hex()[:8].upper()
    what = fate(row["state"], row["result"])
    at = row["due_at"] if what in {"quiet", "told"} else row["done_at"]
    reason = results.meaning(row["state"], row["result"])
    return Line(row["id"], name, row["channel"], what, reason, at, row["tapped"])
