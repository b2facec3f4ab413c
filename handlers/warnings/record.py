"""Writing to a warning, and what stands behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from bot.desk.members import Member, may_open
from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.complaints.service import counting
from handlers.warnings.states import TRANSITIONS, State
from handlers.warnings.tables import step_aad, warning_steps, warnings


class NoSuchWarningError(LookupError):
    """There is no such warning."""


class NotYourAreaError(PermissionError):
    """This role has nothing to do with warnings."""


class NotAllowedError(ValueError):
    """A warning can't go from where it stands to there."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a warning."""

    at: datetime
    kind: str
    level: int
    actor: str
    words: str


def note(unit: Unit, warning_id: int, kind: str, actor: str, *, level: int = 0, said: str = "") -> None:
    """One more step."""
    step_id = new_id()
    sealed = unit.vault.seal(said.encode(), step_aad(step_id)) if said else None
    values = {"at": unit.now, "kind": kind, "level": int(level), "actor": actor, "words": sealed}
    unit.insert(warning_steps, id=step_id, warning_id=warning_id, **values)


async def access_warning(unit: Unit, member: Member, warning_id: int, action: str) -> sa.RowMapping:
    """The gate to a warning; its row stays locked till the commit. Raises `NotYourAreaError`, `NoSuchWarningError`."""
    if not may_open(member.role, "warnings"):
        raise NotYourAreaError
    row = await unit.first(unit.locking(sa.select(warnings).where(warnings.c.id == warning_id)))
    if row is None:
        raise NoSuchWarningError
    await audit.write(unit, member.actor, action, f"warning:{warning_id}")
    return row


async def move(unit: Unit, member: Member, row: sa.RowMapping, to: State, said: str = "") -> None:
    """Take a warning on: whoever sees or follows it has it. Raises `NotAllowedError`."""
    if to not in TRANSITIONS[State(row["state"])]:
        raise NotAllowedError
    values: dict[str, object] = {"state": to.value, "owner": member.actor, "updated_at": unit.now}
    if to is State.CLOSED:
        values |= {"closed_at": unit.now, "open_key": None}
    note(unit, row["id"], to.value, member.actor, said=said)
    await unit.execute(sa.update(warnings).where(warnings.c.id == row["id"]).values(**values))


async def steps(unit: Unit, warning_id: int) -> list[Step]:
    """What happened to a warning, oldest first."""
    wanted = sa.select(warning_steps).where(warning_steps.c.warning_id == warning_id).order_by(warning_steps.c.id)
    return [
        Step(row["at"], row["kind"], row["level"], row["actor"], _words(unit, row)) for row in await unit.rows(wanted)
    ]


def _words(unit: Unit, row: sa.RowMapping) -> str:
    return unit.vault.open(row["words"], step_aad(row["id"])).decode() if row["words"] else ""


def part(row: sa.RowMapping) -> counting.Part:
    """The cases behind a warning."""
    names = ("company", "company_words", "category", "region")
    return counting.Part(**{name: row[name] for name in names}, since=row["first_at"], until=row["closed_at"])


async def remove(unit: Unit, ids: Sequence[int]) -> None:
    """Warnings with all that happened to them."""
    await unit.execute(sa.delete(warning_steps).where(warning_steps.c.warning_id.in_(ids)))
    await unit.execute(sa.delete(warnings).where(warnings.c.id.in_(ids)))
