"""What the interface gives. The OpenAPI document is made from these models, and the answers are held to them."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from handlers.complaints.status import Status


class Part(BaseModel):
    """Nothing but what is declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Summary(Part):
    """A case in a list. Never who filed it."""

    receipt: str = Field(description="The code the worker has", examples=["YZ-7K3M-92QD"])
    status: Status
    category: str = Field(description="An id of the operator's categories")
    company: str = Field(description="An id of the operator's companies, or empty")
    company_name: str
    region: str = Field(description="GB/T 2260, as exact as is known, or empty")
    occupation: str
    happened_on: date | None
    amount: str | None = Field(description="Yuan, to the fen", examples=["200.00"])
    anonymous: bool
    attachments: int
    submitted_at: datetime
    updated_at: datetime
    due_on: date
    closed_at: datetime | None
    rating: int | None = Field(description="By the worker, once ended: 3 satisfied, 2 so-so, 1 not satisfied")


class Page(Part):
    """Cases in the order of their last change, oldest change first."""

    cases: list[Summary]
    next: str | None = Field(description="The cursor of the next page; null on the last one")


class Step(Part):
    """Something that happened to a case and that its worker can see; notes among staff are not in it."""

    at: datetime
    kind: str = Field(description="status, words, message, identity, rating, owner or due")
    status: str = Field(description="What it came to, where the kind has such, or empty")
    by: str = Field(description="worker, staff or system")
    words: str
    attachments: int


class Attachment(Part):
    """A file of a case; its content is at /api/v1/cases/{receipt}/attachments/{id}: a copy as JPEG, without place,
    camera or anything else a phone writes into a picture; with `original=true` the file as it came."""

    id: str
    kind: str
    mime: str = Field(description="Of the original")
    size: int = Field(description="Of the original, bytes")
    sha256: str = Field(description="Of the original")
    copy_available: bool = Field(description="False: only the original can be had (HEIC, PDF, recordings)")
    state: str = Field(description="wanted, kept or failed; only what is kept can be had")


class Detail(Summary):
    """One case, whole; who filed it is not in it."""

    place: str
    story: str
    outcome: str
    steps: list[Step]
    files: list[Attachment]


class Problem(Part):
    """Why there is no answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
