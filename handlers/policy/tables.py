"""Questions that wait for staff, and what people thought of the answers."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Sealed, metadata, row_id


def question_aad(row: sa.RowMapping) -> bytes:
    """The associated data a question is sealed with."""
    return f"question:{row['id']}".encode()


# Kept without who asked: `asker` is a sealed person id, only for those who wanted the answer sent to them.
questions = sa.Table(
    "questions",
    metadata,
    row_id(),
    sa.Column("words", Sealed, nullable=False, info={"aad": question_aad}),
    sa.Column("asker", Sealed, info={"aad": question_aad}),
    sa.Column("reason", sa.String(12), nullable=False),  # declined, unhelpful, asked
    sa.Column("article", sa.String(80), nullable=False, server_default=""),
    sa.Column("occupation", sa.String(20), nullable=False, server_default=""),
    sa.Column("status", sa.String(10), nullable=False),  # open, answered, dropped
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("answer", Sealed, info={"aad": question_aad}),
    sa.Column("answered_at", Instant),
    sa.Column("answered_by", sa.String(60), nullable=False, server_default=""),
    sa.Index("ix_questions_status", "status", "asked_at"),
)

votes = sa.Table(
    "votes",
    metadata,
    row_id(),
    sa.Column("article", sa.String(80), nullable=False, index=True),
    sa.Column("useful", sa.Boolean, nullable=False),
    sa.Column("at", Instant, nullable=False),
)
