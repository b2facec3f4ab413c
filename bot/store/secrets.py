"""Secrets the service gets at run time (a platform's access token), shared through the store, sealed."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from bot.store.tables import secrets
from bot.store.unit import Unit


def secret_aad(name: str) -> bytes:
    """The associated data a secret is sealed with: its name."""
    return name.encode()


async def get(unit: Unit, name: str) -> tuple[str, datetime | None] | None:
    """(value, when it ends) or None."""
    row = await unit.first(sa.select(secrets).where(secrets.c.name == name))
    if row is None:
        return None
    return unit.vault.open(row["value"], secret_aad(name)).decode(), row["expires_at"]


async def put(unit: Unit, name: str, value: str, expires_at: datetime | None = None) -> None:
    """Store or replace."""
    sealed = unit.vault.seal(value.encode(), secret_aad(name))
    row = {"name": name, "value": sealed, "expires_at": expires_at, "updated_at": unit.now}
    if not await unit.insert_new(secrets, [row], secrets.c.name):
        values = {key: row[key] for key in ("value", "expires_at", "updated_at")}
        await unit.execute(sa.update(secrets).where(secrets.c.name == name).values(**values))
