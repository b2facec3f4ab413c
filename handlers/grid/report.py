"""A report as a value, its states, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from bot.i18n import N_
from bot.store.vault import Vault
from handlers.grid.tables import event_aad, report_aad


class Status(StrEnum):
    """Where a report stands."""

    RECEIVED = "received"
    PASSED_ON = "passed_on"
    DONE = "done"
    NOT_OURS = "not_ours"


NAMES = {
    Status.RECEIVED: N_("received"),
    Status.PASSED_ON: N_("passed on"),
    Status.DONE: N_("dealt with"),
    Status.NOT_OURS: N_("not ours to mend"),
}
OPEN = frozenset({Status.RECEIVED, Status.PASSED_ON})
ALLOWED = {
    Status.RECEIVED: (Status.PASSED_ON, Status.DONE, Status.NOT_OURS),
    Status.PASSED_ON: (Status.DONE, Status.NOT_OURS),
    Status.DONE: (Status.PASSED_ON,),
    Status.NOT_OURS: (Status.PASSED_ON,),
}


class NotAllowedError(ValueError):
    """A report can't go from where it stands to there, or somebody was quicker."""


class NoSuchReportError(LookupError):
    """There is no such report, or it is somebody else's: the two are not told apart."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is reported: kind, place in words and on the map (WGS-84 degrees), words, media ids."""

    kind: str
    region: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    words: str = ""
    media: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is kept. `person_id` is None once erased, and for what another system sent."""

    id: int
    code: str
    person_id: int | None
    source: str
    kind: str
    status: Status
    region: str
    place: str
    latitude: float | None
    longitude: float | None
    words: str
    supports: int
    made_at: datetime
    changed_at: datetime
    closed_at: datetime | None
    points: int | None

    @property
    def open(self) -> bool:
        """Whether somebody still deals with it."""
        return self.status in OPEN


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a report."""

    at: datetime
    kind: str
    status: str
    actor: str
    words: str


def open_report(vault: Vault, row: sa.RowMapping) -> Report:
    """A row with its words opened."""
    plain = ("id", "code", "person_id", "source", "kind", "region", "latitude", "longitude", "supports")
    times = ("made_at", "changed_at", "closed_at", "points")
    return Report(
        **{name: row[name] for name in (*plain, *times)},
        status=Status(row["status"]),
        place=_words(vault, row, "place"),
        words=_words(vault, row, "words"),
    )


def _words(vault: Vault, row: sa.RowMapping, part: str) -> str:
    return vault.open(row[part], report_aad(row["id"], part)).decode() if row[part] else ""


def open_step(vault: Vault, row: sa.RowMapping) -> Step:
    """A row of what happened, with its words opened."""
    words = vault.open(row["words"], event_aad(row["id"])).decode() if row["words"] else ""
    return Step(row["at"], row["kind"], row["status"], row["actor"], words)
