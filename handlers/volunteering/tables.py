"""Slots, who signed up, who was there, the ledger of points, certificates.

Titles and places are public; a contact, a reason and a name on a certificate are somebody's words, and sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bot.store.tables import BigId, Instant, Sealed, metadata, partial, person_key, row_id


def sealed_aad(table: str, row_id: int, part: str) -> bytes:
    """The associated data a sealed value of this room is sealed with."""
    return f"volunteering:{table}:{row_id}:{part}".encode()


def _words(table: str, part: str) -> sa.Column[bytes]:
    aad: Callable[[sa.RowMapping], bytes] = lambda row: sealed_aad(table, row["id"], part)  # noqa: E731
    return sa.Column(part, Sealed, info={"aad": aad})


def _key(to: str, name: str, **more: Any) -> sa.Column[int]:
    target = sa.ForeignKey(f"{to}.id", deferrable=True, initially="DEFERRED")
    return sa.Column(name, BigId, target, nullable=False, **more)


LIVE = ("booked", "offered", "waiting", "attended")  # at most one such sign-up of a person for a slot
_LIVE = "status IN ('booked', 'offered', 'waiting', 'attended')"

slots = sa.Table(
    "slots",
    metadata,
    row_id(),
    person_key(nullable=True),  # who published it; empty once erased
    sa.Column("status", sa.String(10), nullable=False),  # open, cancelled
    sa.Column("title", sa.String(60), nullable=False),
    sa.Column("task", sa.String(500), nullable=False),
    sa.Column("place", sa.String(100), nullable=False),
    sa.Column("region", sa.String(12), nullable=False, server_default=""),  # GB/T 2260
    sa.Column("latitude", sa.Float),
    sa.Column("longitude", sa.Float),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("minimum", sa.Integer, nullable=False, server_default="0"),
    sa.Column("taken", sa.Integer, nullable=False, server_default="0"),  # booked, offered, attended, no_show
    sa.Column("occupations", sa.String(80), nullable=False, server_default=""),  # comma-separated; "" is everybody
    sa.Column("points", sa.Integer, nullable=False, server_default="0"),
    sa.Column("allowance", sa.BigInteger, nullable=False, server_default="0"),  # fen a head, towards meals and fares
    sa.Column("insurance", sa.String(200), nullable=False, server_default=""),
    _words("slots", "contact"),
    sa.Column("code", sa.String(6), nullable=False),  # shown at the place, to check in with
    _words("slots", "reason"),  # of a cancellation
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("warned_at", Instant),  # when its organiser was told that too few came forward
    sa.Column("settled_at", Instant),  # when it was over and all about it was put in order
    sa.Column("series", BigId),  # one number for those published together, week after week
    sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    sa.CheckConstraint("ends_at > starts_at", name="times"),
    sa.Index("ix_slots_starts", "status", "starts_at"),
    sa.Index("ix_slots_settled", "settled_at", "ends_at"),
    sa.Index("ix_slots_series", "series", "starts_at"),
)

signups = sa.Table(
    "signups",
    metadata,
    row_id(),
    _key("slots", "slot_id"),
    person_key(nullable=True),
    # waiting -> offered -> booked -> attended | no_show; ended: cancelled, lapsed (offer), passed (in vain),
    # called_off, handed (to somebody else), excused (a no-show that staff put right)
    sa.Column("status", sa.String(10), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("offered_until", Instant),
    sa.Column("ended_at", Instant),
    _words("signups", "reason"),
    sa.Column("wrong_codes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("wrong_at", Instant),
    sa.Column("handover", sa.String(12)),  # the code somebody else takes the place over with
    sa.Column("handover_open", sa.Boolean, nullable=False, server_default=sa.false()),  # anybody may, without the code
    partial("uq_signups_live", "slot_id", "person_id", unique=True, where=_LIVE),
    sa.Index("uq_signups_handover", "handover", unique=True),
    sa.Index("ix_signups_slot", "slot_id", "status", "id"),
    sa.Index("ix_signups_offered", "status", "offered_until"),
)

checkins = sa.Table(
    "checkins",
    metadata,
    row_id(),
    _key("signups", "signup_id", unique=True),
    sa.Column("in_at", Instant, nullable=False),
    sa.Column("out_at", Instant),
    sa.Column("minutes", sa.Integer),  # credited, once checked out
    sa.Column("out_by", sa.String(60), nullable=False, server_default=""),  # person, staff:<person id>
    sa.Column("in_by", sa.String(60), nullable=False, server_default="code"),  # code, place, staff:<person id>
    _words("checkins", "reason"),  # of attendance that staff put down
)

# The ledger: a transfer and its entries, which sum to nought. Rows are only ever added.
transfers = sa.Table(
    "point_transfers",
    metadata,
    row_id(),
    sa.Column("key", sa.String(60), nullable=False, unique=True),  # what it is for: the same is never posted twice
    sa.Column("kind", sa.String(12), nullable=False),  # earned, reversed
    sa.Column("subject", sa.String(80), nullable=False),  # signup:<id>, transfer:<id>
    sa.Column("actor", sa.String(60), nullable=False),  # person, staff:<person id>, system
    sa.Column("at", Instant, nullable=False),
)

entries = sa.Table(
    "point_entries",
    metadata,
    row_id(),
    _key("point_transfers", "transfer_id", index=True),
    sa.Column("account", sa.String(20), nullable=False),  # worker (of `person_id`), community
    person_key(nullable=True),
    sa.Column("amount", sa.Integer, nullable=False),
    sa.CheckConstraint("amount <> 0", name="amount"),
)

certificates = sa.Table(
    "certificates",
    metadata,
    row_id(),
    sa.Column("code", sa.String(12), nullable=False, unique=True),
    person_key(),
    sa.Column("content", Sealed, nullable=False, info={"aad": lambda row: certificate_aad(row["id"])}),
    sa.Column("issued_at", Instant, nullable=False),
)


def certificate_aad(certificate_id: int) -> bytes:
    """The associated data a certificate is sealed with."""
    return sealed_aad("certificates", certificate_id, "content")
