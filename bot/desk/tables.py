"""Who is signed in at the desk, and the links that let them in. Tokens are kept as keyed hashes only."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Mac, metadata, person_key, row_id

sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    row_id(),
    sa.Column("token_mac", Mac, nullable=False, unique=True),
    person_key(nullable=True),  # empty: whoever holds it becomes the first administrator
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

desk_sessions = sa.Table(
    "desk_sessions",
    metadata,
    row_id(),
    sa.Column("token_mac", Mac, nullable=False, unique=True),
    person_key(),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
)
