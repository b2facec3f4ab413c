"""A complaint as the code works with it: what is handed in, what is kept, one step of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from bot.store.vault import Vault
from handlers.complaints.status import ENDED, Status
from handlers.complaints.tables import case_aad, event_aad


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person hands in. `company` is an id, or "" with its name in `company_words`; `region` a GB/T 2260 code or
    ""; `amount` yuan; `media` ids; `name` and `contact` stay empty in an anonymous report."""

    category: str
    story: str
    company: str = ""
    company_words: str = ""
    region: str = ""
    place: str = ""
    occupation: str = ""
    happened_on: date | None = None
    amount: Decimal | None = None
    media: tuple[int, ...] = ()
    name: str = ""
    contact: str = ""

    @property
    def anonymous(self) -> bool:
        """True when nothing in it names the person."""
        return not (self.name or self.contact)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person gets for a report: the code to ask by, and the last day of the answer."""

    case_id: int
    code: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Case:
    """A case opened for reading; its person's name and contact are not in it (`service.identity` opens these)."""

    id: int
    code: str
    person_id: int | None
    channel: str
    status: Status
    category: str
    company: str
    company_words: str
    region: str
    place: str
    occupation: str
    happened_on: date | None
    amount: Decimal | None
    anonymous: bool
    story: str
    attachments: int
    owner: str
    submitted_at: datetime
    updated_at: datetime
    due_on: date
    closed_at: datetime | None
    outcome: str
    rating: int | None

    @property
    def ended(self) -> bool:
        """True when nobody works on it any more."""
        return self.status in ENDED


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a case. `kind` is one of KINDS; `status` is what it came to, where the kind has such;
    `shown`: its person sees it."""

    at: datetime
    kind: str
    status: str
    actor: str
    words: str
    attachments: int
    shown: bool = True


# What can happen to a case: a status; words of its person; words of staff to the person; a note among staff; another
# owner or day; a request for the identity (asked, agreed, refused, approved, opened); the person's rating.
KINDS = frozenset({"status", "words", "message", "note", "owner", "due", "identity", "rating"})


def open_case(vault: Vault, row: sa.RowMapping) -> Case:
    """A row of `cases` with its words opened."""
    plain = {name: row[name] for name in Case.__slots__}
    plain |= {part: words(vault, row, part) for part in ("story", "place", "outcome")}
    plain["status"] = Status(row["status"])
    return Case(**plain)


def words(vault: Vault, row: sa.RowMapping, part: str) -> str:
    """One sealed part of a row of `cases`; "" when there is none."""
    sealed = row[part]
    return vault.open(sealed, case_aad(row["id"], part)).decode() if sealed else ""


def open_step(vault: Vault, row: sa.RowMapping) -> Step:
    """A row of `case_events` with its words opened."""
    said = vault.open(row["words"], event_aad(row["id"])).decode() if row["words"] else ""
    return Step(row["at"], row["kind"], row["status"], row["actor"], said, row["attachments"], row["shown"])
