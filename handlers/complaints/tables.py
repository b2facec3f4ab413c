"""Cases, what happened to each, and the pictures that belong to it.

A person's words are sealed; what is filtered and counted by stands in the clear. An erased case keeps its row, without
words and without its person.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from bot.store.tables import Instant, Sealed, metadata, partial, person_key, row_id


class Yuan(sa.types.TypeDecorator[Decimal]):
    """Money to the fen, kept as a whole number of fen: exact, and summed exactly, on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-2)


def case_aad(case_id: int, part: str) -> bytes:
    """The associated data the words of a case are sealed with; part: story, place, name, contact or outcome."""
    return f"case:{case_id}:{part}".encode()


def event_aad(event_id: int) -> bytes:
    """The associated data the words of a step are sealed with."""
    return f"case-event:{event_id}".encode()


def disclosure_aad(disclosure_id: int) -> bytes:
    """The associated data the reason of a request is sealed with."""
    return f"case-disclosure:{disclosure_id}".encode()


def view_aad(view_id: int) -> bytes:
    """The associated data a saved view is sealed with."""
    return f"case-view:{view_id}".encode()


def _words(part: str) -> sa.Column[bytes]:
    aad: Callable[[sa.RowMapping], bytes] = lambda row: case_aad(row["id"], part)  # noqa: E731
    return sa.Column(part, Sealed, info={"aad": aad})


def _case_key(**more: Any) -> sa.Column[int]:
    target = sa.ForeignKey("cases.id", deferrable=True, initially="DEFERRED")
    return sa.Column("case_id", sa.BigInteger, target, **more)


cases = sa.Table(
    "cases",
    metadata,
    row_id(),
    sa.Column("code", sa.String(12), nullable=False, unique=True),  # the receipt, YZ-XXXX-XXXX
    person_key(nullable=True),  # empty once erased
    sa.Column("channel", sa.String(20), nullable=False, server_default=""),
    sa.Column("status", sa.String(16), nullable=False),  # see status.py
    sa.Column("category", sa.String(20), nullable=False),  # an id of content/complaint_categories.yaml
    sa.Column("company", sa.String(40), nullable=False, server_default=""),  # an id of content/companies.yaml, or ""
    sa.Column("company_words", sa.String(60), nullable=False, server_default=""),  # its name where it has no id
    sa.Column("region", sa.String(12), nullable=False, server_default=""),  # GB/T 2260, as exact as is known
    _words("place"),
    sa.Column("occupation", sa.String(20), nullable=False, server_default=""),
    sa.Column("happened_on", sa.Date),
    sa.Column("amount", Yuan),
    sa.Column("anonymous", sa.Boolean, nullable=False),
    _words("story"),
    _words("name"),  # only when the person gave it
    _words("contact"),
    sa.Column("attachments", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(60), nullable=False, server_default=""),  # staff:<person id> of who follows it up
    sa.Column("submitted_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),  # answered by then
    sa.Column("closed_at", Instant),
    _words("outcome"),
    sa.Column("rating", sa.Integer),  # by its person, once ended: 1 to 3, see status.RATINGS
    sa.Column("announced_at", Instant),  # staff were told that it is there
    sa.Column("reminded", sa.SmallInteger, nullable=False, server_default="0"),  # see reminding.Stage
    sa.Column("indexed", sa.SmallInteger, nullable=False, server_default="0"),  # its words are in case_terms
    # the desk filters, counts and sorts on these alone, without a look at the rows and the words in them
    # for the list in order of time whatever else it is filtered by, and for what came in, week by week
    sa.Index("ix_cases_submitted", "submitted_at", "id", "status", "category", "company", "region"),
    sa.Index("ix_cases_status", "status", "submitted_at", "id"),
    sa.Index("ix_cases_company", "company", "submitted_at", "id", "status"),
    sa.Index("ix_cases_category", "category", "submitted_at", "id", "status"),
    sa.Index("ix_cases_region", "region", "submitted_at", "id", "status"),
    sa.Index("ix_cases_owner", "owner", "submitted_at", "id", "status"),
    sa.Index("ix_cases_due", "due_on", "status"),
    sa.Index("ix_cases_updated", "updated_at", "id"),  # for other systems, which ask what has changed
    # for the list by due day, and for what is late, by owner and by matter
    sa.Index("ix_cases_status_due", "status", "due_on", "id", "submitted_at", "owner", "category", "company", "region"),
    # how they ended, for the overview: all that it sums up by
    sa.Index("ix_cases_closed", "closed_at", "category", "status", "rating", "submitted_at", "company", "region"),
    sa.Index("ix_cases_announced", "announced_at"),
    partial("ix_cases_reminding", "due_on", "reminded", where="closed_at IS NULL AND reminded < 3"),
    partial("ix_cases_unindexed", "id", where="indexed = 0"),
)

case_events = sa.Table(
    "case_events",
    metadata,
    row_id(),
    _case_key(nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # see case.KINDS
    sa.Column("status", sa.String(16), nullable=False, server_default=""),  # what it came to, where the kind has such
    sa.Column("actor", sa.String(60), nullable=False),  # person, staff:<id>, system
    sa.Column("words", Sealed, info={"aad": lambda row: event_aad(row["id"])}),
    sa.Column("attachments", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.true()),  # to the person, in My complaints
    sa.Index("ix_case_events_case", "case_id", "id"),
)

# Requests to see who stands behind a case: the worker is asked, or a second person of staff.
case_disclosures = sa.Table(
    "case_disclosures",
    metadata,
    row_id(),
    _case_key(nullable=False, index=True),
    sa.Column("way", sa.String(8), nullable=False),  # consent, approval
    sa.Column("reason", Sealed, info={"aad": lambda row: disclosure_aad(row["id"])}),
    sa.Column("asked_by", sa.String(60), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # waiting, granted, refused
    sa.Column("decided_by", sa.String(60), nullable=False, server_default=""),
    sa.Column("decided_at", Instant),
    sa.Column("until", Instant),  # an approval ends; a worker's word does not
)

# Which words are in which case: keyed hashes of two characters or of a Latin word (see terms.py), found by the term.
# No foreign key: sixty rows a case, and cases never go.
case_terms = sa.Table(
    "case_terms",
    metadata,
    sa.Column("term", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Filters of the list that a member of staff kept under a name; shared ones are there for all.
case_views = sa.Table(
    "case_views",
    metadata,
    row_id(),
    person_key(),
    sa.Column("shared", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("view", Sealed, nullable=False, info={"aad": lambda row: view_aad(row["id"])}),  # {"name","query"}
    sa.Column("created_at", Instant, nullable=False),
)

case_media = sa.Table(
    "case_media",
    metadata,
    _case_key(primary_key=True),
    sa.Column(
        "media_id",
        sa.BigInteger,
        sa.ForeignKey("media.id", deferrable=True, initially="DEFERRED"),
        primary_key=True,
        index=True,
    ),
    sa.Column("added_at", Instant, nullable=False),
)
