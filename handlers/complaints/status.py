"""Where a case stands, and where it may go from there: the one table of it."""

from __future__ import annotations

from enum import StrEnum

from bot.i18n import N_


class Status(StrEnum):
    """The value is what is stored and exported."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    MEDIATION = "mediation"
    REFERRED = "referred"  # to arbitration, inspection, legal aid
    RESOLVED = "resolved"
    CLOSED = "closed"  # without a result
    WITHDRAWN = "withdrawn"  # by the person
    REOPENED = "reopened"


ENDED = frozenset({Status.RESOLVED, Status.CLOSED, Status.WITHDRAWN})
OPEN = frozenset(Status) - ENDED

_WORKED_ON = frozenset({Status.IN_PROGRESS, Status.MEDIATION, Status.REFERRED})

# From each status to those it may go to. Nothing returns to `received`; what was withdrawn is not taken up again.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: _WORKED_ON | ENDED | {Status.ACCEPTED},
    Status.ACCEPTED: _WORKED_ON | ENDED,
    Status.IN_PROGRESS: _WORKED_ON - {Status.IN_PROGRESS} | ENDED,
    Status.MEDIATION: _WORKED_ON - {Status.MEDIATION} | ENDED,
    Status.REFERRED: _WORKED_ON - {Status.REFERRED} | ENDED,
    Status.RESOLVED: frozenset({Status.REOPENED}),
    Status.CLOSED: frozenset({Status.REOPENED}),
    Status.WITHDRAWN: frozenset(),
    Status.REOPENED: _WORKED_ON | ENDED | {Status.ACCEPTED},
}

REOPENABLE = frozenset(now for now, to in TRANSITIONS.items() if Status.REOPENED in to)

NAMES: dict[Status, str] = {
    Status.RECEIVED: N_("Received"),
    Status.ACCEPTED: N_("Taken on"),
    Status.IN_PROGRESS: N_("Being worked on"),
    Status.MEDIATION: N_("In mediation"),
    Status.REFERRED: N_("Passed on"),
    Status.RESOLVED: N_("Settled"),
    Status.CLOSED: N_("Closed without a result"),
    Status.WITHDRAWN: N_("Withdrawn"),
    Status.REOPENED: N_("Opened again"),
}


# How its person rates the end of a case.
RATINGS: dict[int, str] = {3: N_("Satisfied"), 2: N_("So-so"), 1: N_("Not satisfied")}
RATED = frozenset({Status.RESOLVED, Status.CLOSED})


class NotAllowedError(ValueError):
    """A case can't go from the one status to the other."""

    def __init__(self, now: Status, to: Status) -> None:
        super().__init__(f"a case that is {now} can't become {to}")
        self.now, self.to = now, to


def check(now: Status, to: Status) -> None:
    """Raise `NotAllowedError` unless the table has the step."""
    if to not in TRANSITIONS[now]:
        raise NotAllowedError(now, to)


def by_staff(now: Status) -> list[Status]:
    """Where staff may take a case from here, in the order of the statuses; only its person withdraws."""
    return [to for to in Status if to in TRANSITIONS[now] and to is not Status.WITHDRAWN]
