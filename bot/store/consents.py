"""Leave a person gave, or took back, to be sent messages of one template. No platform tells the count: we keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from bot.store.tables import consents
from bot.store.unit import Unit

MOST_KEPT = 100  # of one template: more was never meant


def payload(decided: Mapping[str, bool]) -> str:
    """What an event of kind CONSENT carries: template -> allowed or refused."""
    return orjson.dumps(dict(decided)).decode()


async def note(unit: Unit, identity_id: int, said: str) -> None:
    """Count what was allowed; a refusal ends what was left."""
    for template, allowed in orjson.loads(said).items():
        fresh = {"identity_id": identity_id, "template": template[:64], "changed_at": unit.now}
        if await unit.insert_new(consents, [{**fresh, "remaining": int(allowed)}], consents.c.template):
            continue
        more = sa.case((consents.c.remaining < MOST_KEPT, consents.c.remaining + 1), else_=consents.c.remaining)
        await change(unit, identity_id, template[:64], more if allowed else 0)


async def remaining(unit: Unit, identity_id: int, template: str) -> int:
    """How many messages of this template they may still be sent."""
    wanted = sa.select(consents.c.remaining).where(*_one(identity_id, template))
    return int(await unit.value(wanted) or 0)


async def spend(unit: Unit, identity_id: int, template: str) -> None:
    """One was sent."""
    await change(unit, identity_id, template, sa.case((consents.c.remaining > 0, consents.c.remaining - 1), else_=0))


async def change(unit: Unit, identity_id: int, template: str, to: Any) -> None:
    """Set what remains."""
    statement = sa.update(consents).where(*_one(identity_id, template))
    await unit.execute(statement.values(remaining=to, changed_at=unit.now))


def _one(identity_id: int, template: str) -> tuple[sa.ColumnElement[bool], ...]:
    return consents.c.identity_id == identity_id, consents.c.template == template
