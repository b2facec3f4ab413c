"""Leases: one process at a time does a thing (polls Telegram, refreshes a token), on both databases."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from bot.store.tables import leases
from bot.store.unit import Unit


async def take(unit: Unit, name: str, holder: str, length: timedelta) -> bool:
    """Take or renew a lease; False when somebody else holds it. One that ends too late to be true was made by a clock
    that ran ahead, and holds nobody up."""
    fresh = {"name": name, "holder": holder, "until": unit.now + length}
    if await unit.insert_new(leases, [fresh], leases.c.name):
        return True
    free = sa.or_(leases.c.holder == holder, leases.c.until < unit.now, leases.c.until > unit.now + 2 * length)
    statement = sa.update(leases).where(leases.c.name == name, free).values(holder=holder, until=fresh["until"])
    return (await unit.execute(statement)).rowcount == 1


async def give_back(unit: Unit, name: str, holder: str) -> None:
    """End one's own lease."""
    await unit.execute(sa.delete(leases).where(leases.c.name == name, leases.c.holder == holder))
