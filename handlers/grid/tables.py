"""Reports from the street, who supported each, what happened to it, and its pictures.

Kind, place on the map and state are the street's and stand in the clear; words and the place in words are somebody's,
and sealed. An erased person's report stays without words and without its person.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Mac, Sealed, metadata, person_key, row_id


def report_aad(report_id: int, part: str) -> bytes:
    """The associated data the words of a report are sealed with; part: words, place."""
    return f"grid-report:{report_id}:{part}".encode()


def event_aad(event_id: int) -> bytes:
    """The associated data the words of a step are sealed with."""
    return f"grid-event:{event_id}".encode()


def _words(part: str) -> sa.Column[bytes]:
    aad: Callable[[sa.RowMapping], bytes] = lambda row: report_aad(row["id"], part)  # noqa: E731
    return sa.Column(part, Sealed, info={"aad": aad})


def _report_key(*, primary: bool = False) -> sa.Column[int]:
    target = sa.ForeignKey("grid_reports.id", deferrable=True, initially="DEFERRED")
    return sa.Column("report_id", BigId, target, nullable=False, primary_key=primary, autoincrement=False)


grid_reports = sa.Table(
    "grid_reports",
    metadata,
    row_id(),
    sa.Column("code", sa.String(12), nullable=False, unique=True),  # WG-XXXX-XXXX
    person_key(nullable=True),  # who reported; empty once erased, and for what came through Open311
    sa.Column("source", sa.String(60), nullable=False),  # chat, token:<id>
    sa.Column("kind", sa.String(20), nullable=False),  # an id of content/grid_kinds.yaml
    sa.Column("status", sa.String(10), nullable=False),  # received, passed_on, done, not_ours
    sa.Column("region", sa.String(12), nullable=False, server_default=""),  # GB/T 2260
    _words("place"),
    sa.Column("place_mac", Mac),  # to find the same place in words again
    sa.Column("latitude", sa.Float),
    sa.Column("longitude", sa.Float),
    _words("words"),
    sa.Column("supports", sa.Integer, nullable=False, server_default="0"),  # others who reported the same
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("points", sa.Integer),  # given to the reporter, once staff confirmed it
    sa.Index("ix_grid_reports_near", "kind", "status", "latitude"),
    sa.Index("ix_grid_reports_status", "status", "made_at", "id"),
    sa.Index("ix_grid_reports_made", "made_at", "id"),
)

grid_supports = sa.Table(
    "grid_supports",
    metadata,
    _report_key(primary=True),
    sa.Column(
        "person_id",
        BigId,
        sa.ForeignKey("people.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
    sa.Column("at", Instant, nullable=False),
)

grid_events = sa.Table(
    "grid_events",
    metadata,
    row_id(),
    _report_key(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),  # status, confirmed
    sa.Column("status", sa.String(10), nullable=False, server_default=""),
    sa.Column("actor", sa.String(60), nullable=False),  # person, staff:<id>, token:<id>
    sa.Column("words", Sealed, info={"aad": lambda row: event_aad(row["id"])}),
    sa.Index("ix_grid_events_report", "report_id", "id"),
)

grid_media = sa.Table(  # a picture goes by its own rules, and its row here with it
    "grid_media",
    metadata,
    _report_key(primary=True),
    sa.Column(
        "media_id",
        BigId,
        sa.ForeignKey("media.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
)
