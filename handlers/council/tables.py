"""Proposals and who supports them; meetings and who came.

A proposal's words are its proposer's and sealed; `shown` is what staff published of them, and public, as is the answer.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Sealed, metadata, person_key, row_id


def proposal_aad(proposal_id: int, part: str) -> bytes:
    """The associated data the words of a proposal are sealed with; part: words, reason."""
    return f"proposal:{proposal_id}:{part}".encode()


def _words(part: str) -> sa.Column[bytes]:
    aad: Callable[[sa.RowMapping], bytes] = lambda row: proposal_aad(row["id"], part)  # noqa: E731
    return sa.Column(part, Sealed, info={"aad": aad})


def _once(to: str, name: str, *, index: bool = False) -> sa.Column[int]:
    target = sa.ForeignKey(f"{to}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, BigId, target, primary_key=True, autoincrement=False, index=index)


proposals = sa.Table(
    "proposals",
    metadata,
    row_id(),
    person_key(nullable=True),  # who proposed; empty once erased
    sa.Column("status", sa.String(10), nullable=False),  # waiting -> open | kept_back; open -> answered, done, declined
    _words("words"),
    sa.Column("shown", sa.String(300), nullable=False, server_default=""),
    sa.Column("answer", sa.String(1000), nullable=False, server_default=""),
    _words("reason"),  # why it was kept back, to its proposer
    sa.Column("supports", sa.Integer, nullable=False, server_default="0"),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("published_at", Instant),
    sa.Column("answered_at", Instant),
    sa.Column("ended_at", Instant),
    sa.CheckConstraint("supports >= 0", name="supports"),
    sa.Index("ix_proposals_status", "status", "made_at"),
)

proposal_supports = sa.Table(
    "proposal_supports",
    metadata,
    _once("proposals", "proposal_id"),
    _once("people", "person_id", index=True),
    sa.Column("at", Instant, nullable=False),
)

meetings = sa.Table(
    "meetings",
    metadata,
    row_id(),
    sa.Column("kind", sa.String(20), nullable=False),  # council, or the id of a task in content/points.yaml
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("place", sa.String(100), nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("points", sa.Integer, nullable=False, server_default="0"),
    sa.Column("code", sa.String(6), nullable=False),  # shown at the place
    sa.Column("made_by", sa.String(60), nullable=False),
    sa.CheckConstraint("ends_at > starts_at", name="times"),
    sa.Index("ix_meetings_starts", "starts_at"),
)

meeting_visits = sa.Table(
    "meeting_visits",
    metadata,
    row_id(),
    sa.Column("meeting_id", BigId, sa.ForeignKey("meetings.id", deferrable=True, initially="DEFERRED"), nullable=False),
    person_key(nullable=True),
    sa.Column("at", Instant, nullable=False),
    sa.UniqueConstraint("meeting_id", "person_id"),
)
