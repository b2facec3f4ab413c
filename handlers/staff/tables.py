"""Invitations and roles."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Mac, Sealed, metadata, person_key, row_id


def name_aad(row_id_: int) -> bytes:
    """The associated data the name in a row of `staff` or `invitations` is sealed with."""
    return f"staff-name:{row_id_}".encode()


def _name() -> sa.Column[bytes]:
    """What colleagues call somebody; empty until told."""
    return sa.Column("name", Sealed, info={"aad": lambda row: name_aad(row["id"])})


invitations = sa.Table(
    "invitations",
    metadata,
    row_id(),
    sa.Column("code_mac", Mac, nullable=False, unique=True),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
    sa.Column("used_by", sa.BigInteger),
    _name(),
)

staff = sa.Table(
    "staff",
    metadata,
    row_id(),
    person_key(),
    sa.Column("role", sa.String(12), nullable=False),  # union, community, admin
    sa.Column("since", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    _name(),
)
