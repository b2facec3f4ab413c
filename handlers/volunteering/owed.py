"""Allowances: what the operator owes for expenses to who was there for the share that points need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.store.unit import Unit
from handlers.volunteering.setting import Setting
from handlers.volunteering.tables import checkins, signups, slots


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the operator owes one person for one activity: `fen`, for the `minutes` credited."""

    signup_id: int
    person_id: int
    slot_id: int
    title: str
    starts_at: datetime
    minutes: int
    fen: int


_ATTENDED = (
    sa.select(
        signups.c.id.label("signup_id"),
        signups.c.person_id,
        slots.c.id.label("slot_id"),
        slots.c.title,
        slots.c.starts_at,
        slots.c.ends_at,
        checkins.c.minutes,
        slots.c.allowance.label("fen"),
    )
    .select_from(checkins)
    .join(signups, signups.c.id == checkins.c.signup_id)
    .join(slots, slots.c.id == signups.c.slot_id)
    .where(slots.c.allowance > 0)
    .where(signups.c.status == "attended", signups.c.person_id.is_not(None), checkins.c.minutes.is_not(None))
    .order_by(slots.c.starts_at, signups.c.id)
)


async def allowances(unit: Unit, setting: Setting, since: datetime, until: datetime) -> list[Allowance]:
    """What is owed for activities that ended in [since, until), by time: who was there for the share that points need,
    at an activity with an allowance. Nobody who has erased their data."""
    return await _owed(unit, setting, _ATTENDED.where(slots.c.ends_at >= since, slots.c.ends_at < until))


async def standing(unit: Unit, setting: Setting, of: sa.Select[tuple[int]], *, lock: bool = False) -> list[Allowance]:
    """What is owed for these sign-ups as they are now: not for hours that were taken back. With `lock` nobody takes
    any back till the commit."""
    wanted = _ATTENDED.where(signups.c.id.in_(of))
    if lock and not unit.sqlite:
        wanted = wanted.with_for_update(key_share=True, of=signups)
    return await _owed(unit, setting, wanted)


def still_attended(signup_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """A condition on a query's sign-up: its attendance was not taken back."""
    return sa.exists().where(signups.c.id == signup_id, signups.c.status == "attended")


async def _owed(unit: Unit, setting: Setting, wanted: sa.Select[tuple[object, ...]]) -> list[Allowance]:
    rows = [dict(row) for row in await unit.rows(wanted)]
    share = setting.rules.least_share
    lengths = [(row.pop("ends_at") - row["starts_at"]).total_seconds() / 60 for row in rows]
    return [Allowance(**row) for row, length in zip(rows, lengths, strict=True) if row["minutes"] >= share * length]
