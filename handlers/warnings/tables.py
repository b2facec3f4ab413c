"""Warnings, what happened to each, and which cases speak of arrears or of a business that closes."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Sealed, metadata, row_id


def step_aad(step_id: int) -> bytes:
    """The associated data the words of a step are sealed with."""
    return f"warning-step:{step_id}".encode()


# A group is a company with a matter and a place, or a part of these; what does not belong to it is "".
warnings = sa.Table(
    "warnings",
    metadata,
    row_id(),
    sa.Column("key", sa.String(160), nullable=False),  # see groups.Group.key
    sa.Column("open_key", sa.String(160), unique=True),  # the key until closed, then empty: one open warning a group
    sa.Column("scope", sa.String(8), nullable=False),  # see groups.SCOPES
    sa.Column("company", sa.String(40), nullable=False, server_default=""),
    sa.Column("company_words", sa.String(60), nullable=False, server_default=""),
    sa.Column("category", sa.String(20), nullable=False, server_default=""),
    sa.Column("region", sa.String(12), nullable=False, server_default=""),
    sa.Column("state", sa.String(12), nullable=False),  # raised, acknowledged, followed, closed: see states.py
    sa.Column("level", sa.SmallInteger, nullable=False),  # the highest it came to: see states.Level
    sa.Column("count", sa.Integer, nullable=False),  # cases behind it so far
    sa.Column("persons", sa.Integer, nullable=False),  # different people behind these
    sa.Column("alike", sa.Integer, nullable=False),  # of these, with the same company and the same matter: the most
    sa.Column("grave", sa.Integer, nullable=False),  # cases with grave words, of late
    sa.Column("expected", sa.Float, nullable=False),  # cases a week that are usual, when it was raised
    sa.Column("chance", sa.Float, nullable=False),  # of so many or more by chance, when it was raised
    sa.Column("owner", sa.String(60), nullable=False, server_default=""),  # staff:<person id>
    sa.Column("first_at", Instant, nullable=False),  # the first and the last case behind it
    sa.Column("last_at", Instant, nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Index("ix_warnings_state", "state", "raised_at"),
    sa.Index("ix_warnings_key", "key", "closed_at"),
)

warning_steps = sa.Table(
    "warning_steps",
    metadata,
    row_id(),
    sa.Column(
        "warning_id",
        sa.BigInteger,
        sa.ForeignKey("warnings.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # level, acknowledged, followed, closed, note
    sa.Column("level", sa.SmallInteger, nullable=False, server_default="0"),  # what it rose to, of kind level
    sa.Column("actor", sa.String(60), nullable=False),  # staff:<id>, system
    sa.Column("words", Sealed, info={"aad": lambda row: step_aad(row["id"])}),
    sa.Index("ix_warning_steps_warning", "warning_id", "id"),
)

# Each case is looked at once; that its words were grave is all that is kept of them.
warning_looks = sa.Table(
    "warning_looks",
    metadata,
    sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("grave", sa.Boolean, nullable=False),
    sa.Column("filed_at", Instant, nullable=False),
    sa.Index("ix_warning_looks_filed", "filed_at", "grave", "case_id"),
)
