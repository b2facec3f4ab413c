"""Who is signed in at the desk, the links that let them in, their second factor. Tokens are keyed hashes only."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Mac, Sealed, metadata, person_key, row_id


def totp_aad(person_id: int) -> bytes:
    """The associated data the secret of a second factor is sealed with."""
    return f"desk-totp:{person_id}".encode()


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
    sa.Column("whole", sa.Boolean, nullable=False, server_default=sa.true()),  # false: the second factor is awaited
)

desk_totp = sa.Table(
    "desk_totp",
    metadata,
    sa.Column("person_id", BigId, sa.ForeignKey("people.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    sa.Column("secret", Sealed, nullable=False, info={"aad": lambda row: totp_aad(row["person_id"])}),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),  # empty until the first good code: it does not count before
    sa.Column("last_step", sa.BigInteger, nullable=False, server_default="0"),  # of the last good code: it serves once
    sa.Column("wrong", sa.Integer, nullable=False, server_default="0"),  # wrong codes since `wrong_since`
    sa.Column("wrong_since", Instant),
)

desk_recovery_codes = sa.Table(
    "desk_recovery_codes",
    metadata,
    row_id(),
    person_key(),
    sa.Column("code_mac", Mac, nullable=False),
    sa.Column("used_at", Instant),
    sa.UniqueConstraint("person_id", "code_mac"),
)
