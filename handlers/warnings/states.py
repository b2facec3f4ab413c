"""Where a warning stands and how heavy it is: the one table of it."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from bot.i18n import N_


class State(StrEnum):
    """The value is what is stored."""

    RAISED = "raised"
    ACKNOWLEDGED = "acknowledged"  # somebody has seen it
    FOLLOWED = "followed"  # somebody works on it
    CLOSED = "closed"


class Level(IntEnum):
    """How heavy it is; it only goes up."""

    RISE = 1  # more than usual
    GRAVE = 2  # and arrears or a closing business are spoken of
    LINE = 3  # so many people with the same matter that they may elect representatives


TRANSITIONS: dict[State, frozenset[State]] = {
    State.RAISED: frozenset({State.ACKNOWLEDGED, State.FOLLOWED, State.CLOSED}),
    State.ACKNOWLEDGED: frozenset({State.FOLLOWED, State.CLOSED}),
    State.FOLLOWED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
}

NAMES: dict[State, str] = {
    State.RAISED: N_("Not seen yet"),
    State.ACKNOWLEDGED: N_("Seen by staff"),
    State.FOLLOWED: N_("Followed up"),
    State.CLOSED: N_("Warning closed"),
}

LEVELS: dict[Level, str] = {
    Level.RISE: N_("More than usual"),
    Level.GRAVE: N_("Arrears or closing down"),
    Level.LINE: N_("May be a collective dispute"),
}
