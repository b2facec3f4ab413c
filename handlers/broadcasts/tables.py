"""Broadcasts, and who tapped a button of one. Their recipients are rows of the outbox, by `batch_id`."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Sealed, metadata, person_key, row_id


def words_aad(broadcast_id: int) -> bytes:
    """The associated data the words of a broadcast are sealed with."""
    return f"broadcast:{broadcast_id}".encode()


broadcasts = sa.Table(
    "broadcasts",
    metadata,
    row_id(),
    sa.Column("title", sa.String(60), nullable=False),  # for staff
    # {"text", "english", "buttons": [[label, target], ...]}; empty once it is too old to be kept
    sa.Column("words", Sealed, info={"aad": lambda row: words_aad(row["id"])}),
    sa.Column("picture", sa.BigInteger),  # a row of `media`
    sa.Column("topic", sa.String(20), nullable=False),
    sa.Column("segment", sa.Text, nullable=False),  # JSON of segments.Segment
    sa.Column("author", sa.String(60), nullable=False),  # staff:<person id>
    # draft -> waiting (for approval) -> scheduled -> sending <-> paused -> done | stopped
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("scheduled_at", Instant),  # empty: as soon as it may
    sa.Column("approved_by", sa.String(60), nullable=False, server_default=""),
    sa.Column("reason", sa.String(300), nullable=False, server_default=""),  # why it was not approved
    sa.Column("counted", sa.Integer, nullable=False, server_default="0"),  # recipients when it was handed in
    sa.Column("batch_id", sa.BigInteger, unique=True),  # once it goes out
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Index("ix_broadcasts_state", "state", "scheduled_at"),
)

clicks = sa.Table(
    "broadcast_clicks",
    metadata,
    row_id(),
    sa.Column(
        "broadcast_id",
        BigId,
        sa.ForeignKey("broadcasts.id", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    person_key(),
    sa.Column("button", sa.Integer, nullable=False),  # its place among the buttons, from 0
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("broadcast_id", "person_id"),
)
