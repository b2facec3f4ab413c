"""The base tables: people, how they are reached, what was said, what must go out. Capabilities add their own.

Columns that hold a person's words or address end in nothing special but are `Sealed`: AES-GCM by vault.py, with the
row's identity as associated data. Look-ups go by `*_mac` columns (HMAC).
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMES)


def partial(name: str, *columns: str, where: str, unique: bool = False) -> sa.Index:
    """An index over the rows that meet `where` (SQL).

    PostgreSQL is told of what it does its own way by the migrations alone: named in the tables, it would have every
    process load its dialect, 3 MB and a twentieth of a start, where the store is SQLite.
    """
    return sa.Index(name, *columns, unique=unique, sqlite_where=sa.text(where))


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant on every database; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no instant")
        value = value if value.tzinfo is UTC else value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Sealed = sa.LargeBinary
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # on SQLite only INTEGER is the row's own key, no index
Mac = sa.LargeBinary(16)


def person_key(*, index: bool = True, nullable: bool = False) -> sa.Column[int]:
    """A column that points at a person; checked at commit, so bulk writes need no order."""
    target = sa.ForeignKey("people.id", deferrable=True, initially="DEFERRED")
    return sa.Column("person_id", BigId, target, nullable=nullable, index=index)


def row_id() -> sa.Column[int]:
    """The primary key of a row: made by `ids.new_id`."""
    return sa.Column("id", BigId, primary_key=True, autoincrement=False)


def webhook_aad(webhook_id: int, part: str) -> bytes:
    """The associated data a webhook's address and secret are sealed with."""
    return f"webhook:{webhook_id}:{part}".encode()


people = sa.Table(
    "people",
    metadata,
    row_id(),
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("timezone", sa.String(40), nullable=False),
    sa.Column("occupation", sa.String(20), nullable=False, server_default=""),
    sa.Column("region", sa.String(12), nullable=False, server_default=""),  # GB/T 2260
    sa.Column("consented_at", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("erased_at", Instant),
)

identities = sa.Table(
    "identities",
    metadata,
    row_id(),
    person_key(),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("address_mac", Mac, nullable=False),
    sa.Column("address", Sealed, nullable=False),
    sa.Column("reachable", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("last_seen_at", Instant, nullable=False),
    # the platform's send windows, where it has them: when a message opened one, when a tap did, what was sent since
    sa.Column("window_at", Instant),
    sa.Column("window_used", sa.Integer, nullable=False, server_default="0"),
    sa.Column("tap_at", Instant),
    sa.Column("tap_used", sa.Integer, nullable=False, server_default="0"),
    sa.UniqueConstraint("channel", "address_mac"),
)

# Leave to send a person a message of one template, where the platform asks them and counts: so many times more.
consents = sa.Table(
    "consents",
    metadata,
    sa.Column("identity_id", BigId, primary_key=True, autoincrement=False),
    sa.Column("template", sa.String(64), primary_key=True),
    sa.Column("remaining", sa.Integer, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
)

opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("person_id", BigId, sa.ForeignKey("people.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    sa.Column("topic", sa.String(20), primary_key=True),
    sa.Column("at", Instant, nullable=False),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("person_id", BigId, sa.ForeignKey("people.id", deferrable=True, initially="DEFERRED"), primary_key=True),
    sa.Column("state", Sealed),
    sa.Column("asking", sa.Boolean, nullable=False, server_default=sa.false()),  # a question is open
    sa.Column("updated_at", Instant, nullable=False),
)

receipts = sa.Table(
    "receipts",
    metadata,
    row_id(),
    sa.Column("key_mac", Mac, nullable=False, unique=True),
    person_key(index=False, nullable=True),
    sa.Column("identity_id", sa.BigInteger, nullable=False),
    sa.Column("received_at", Instant, nullable=False),
    sa.Column("said", Sealed),
    sa.Column("replies", Sealed),
    sa.Index("ix_receipts_identity", "identity_id", "id"),
)

_IN_BATCH = "batch_id IS NOT NULL"

# One message for many: a row of the outbox for each of its recipients, with the words kept once, here.
batches = sa.Table(
    "batches",
    metadata,
    row_id(),
    sa.Column("topic", sa.String(20), nullable=False, server_default=""),  # who opted out of it gets nothing
    sa.Column("state", sa.String(10), nullable=False),  # filling -> running <-> paused -> done | stopped
    sa.Column("payload", Sealed, nullable=False),  # {language: a reply as JSON}
    sa.Column("cursor", sa.BigInteger, nullable=False, server_default="0"),  # the last person given a row
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("filled_at", Instant),  # when the last recipient had a row
    sa.Column("done_at", Instant),  # when no row was left to send; stopped: when the rest was passed over
)

outbox = sa.Table(
    "outbox",
    metadata,
    row_id(),
    person_key(index=False, nullable=True),
    sa.Column("identity_id", sa.BigInteger, nullable=True),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # reply, notice, broadcast, fetch, call
    sa.Column("topic", sa.String(20), nullable=False, server_default=""),
    sa.Column("payload", Sealed, nullable=False),
    sa.Column("dedupe_key", sa.String(80), unique=True),
    sa.Column("batch_id", sa.BigInteger, nullable=True),  # its words stand in the batch, not here
    sa.Column("due_at", Instant, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # waiting -> sent | failed | unknown | skipped; contact = goes out when the person writes next;
    # queued = one of a batch, not yet looked at one by one (so a long batch is in no other row's way);
    # later = one of a batch that waits for `due_at`, and is queued again then
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("claimed_by", sa.String(40)),
    sa.Column("claimed_until", Instant),
    sa.Column("result", sa.String(200), nullable=False, server_default=""),
    sa.Column("done_at", Instant),
    sa.Index("ix_outbox_due", "state", "due_at"),
    sa.Index("ix_outbox_identity", "identity_id", "state"),
    partial("ix_outbox_recipients", "batch_id", "state", "channel", "id", where=_IN_BATCH),
    # nobody is twice in a batch; and what reached a person through batches is found by the person
    partial("uq_outbox_person_batch", "person_id", "batch_id", unique=True, where=_IN_BATCH),
    # PostgreSQL fills its pages by half (0019): a claim is written beside its row, and no index hears of it
)

parked = sa.Table(
    "parked",
    metadata,
    row_id(),
    sa.Column("key_mac", Mac, nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("incoming", Sealed, nullable=False),
    sa.Column("traceback", Sealed, nullable=False),
    sa.Column("parked_at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),
)

media = sa.Table(
    "media",
    metadata,
    row_id(),
    person_key(),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("ref", Sealed, nullable=False),
    sa.Column("name", Sealed),
    sa.Column("mime", sa.String(100), nullable=False, server_default=""),
    sa.Column("size", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("sha256", sa.String(64), nullable=False, server_default=""),
    sa.Column("status", sa.String(10), nullable=False),  # wanted, kept, failed, erased
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("created_at", Instant, nullable=False),
)

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("value", Sealed, nullable=False),
    sa.Column("expires_at", Instant),
    sa.Column("updated_at", Instant, nullable=False),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.String(60), primary_key=True),
    sa.Column("holder", sa.String(40), nullable=False),
    sa.Column("until", Instant, nullable=False),
)

# Keys of other systems to our interfaces. Of a key only its hash is kept: it is shown once, when it is made.
api_tokens = sa.Table(
    "api_tokens",
    metadata,
    row_id(),
    sa.Column("name", sa.String(60), nullable=False),  # whose it is, for the operator
    sa.Column("digest", sa.String(64), nullable=False, unique=True),  # SHA-256
    sa.Column("scopes", sa.String(120), nullable=False),  # comma-separated
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("made_by", sa.String(60), nullable=False),  # operator, staff:<id>
    sa.Column("used_at", Instant),  # last, to the day
    sa.Column("ended_at", Instant),
)

# Where other systems want to hear of what happens here.
webhooks = sa.Table(
    "webhooks",
    metadata,
    row_id(),
    sa.Column("url", Sealed, nullable=False, info={"aad": lambda row: webhook_aad(row["id"], "url")}),
    sa.Column("secret", Sealed, nullable=False, info={"aad": lambda row: webhook_aad(row["id"], "secret")}),
    sa.Column("kinds", sa.String(200), nullable=False),  # of events, comma-separated
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
)

audit = sa.Table(
    "audit",
    metadata,
    row_id(),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(60), nullable=False),  # staff:<id>, operator, person:<id>, system
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
    sa.Column("detail", sa.String(500), nullable=False, server_default=""),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
)
