"""Invitations and roles."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Mac, metadata, person_key, row_id

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
)

staff = sa.Table(
    "staff",
    metadata,
    row_id(),
    person_key(),
    sa.Column("role", sa.String(12), nullable=False),  # union, community, admin
    sa.Column("since", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)
