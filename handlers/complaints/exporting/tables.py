"""Exports asked for at the desk: a row each, the file itself sealed under DATA_DIR for as long as it is offered."""

from __future__ import annotations

import sqlalchemy as sa

from bot.store.tables import Instant, Sealed, metadata, person_key, row_id


def query_aad(export_id: int) -> bytes:
    """The associated data the filters of an export are sealed with: they may hold words that were looked for."""
    return f"case-export:{export_id}".encode()


case_exports = sa.Table(
    "case_exports",
    metadata,
    row_id(),
    person_key(),  # the member of staff who asked, and who alone is given it
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("profile", sa.String(12), nullable=False),  # see profiles.PROFILES
    sa.Column("format", sa.String(8), nullable=False),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column(
        "query", Sealed, nullable=False, info={"aad": lambda row: query_aad(row["id"])}
    ),  # as the list's URL has it
    # waiting -> running -> ready -> taken | gone; failed after too many tries. A claim that runs out: waiting again
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("claimed_by", sa.String(40)),
    sa.Column("claimed_until", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done", sa.BigInteger, nullable=False, server_default="0"),  # rows so far
    sa.Column("total", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),  # bytes of the package
    sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
    sa.Column("ready_at", Instant),
    sa.Column("taken_at", Instant),
    sa.Index("ix_case_exports_state", "state", "id"),
)
