"""What stands in the dispatcher's line: messages that wait for their answer, and writes that ride along."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from bot.messages import Incoming, Reply


class StoreDownError(Exception):
    """The message could not be stored: it must not be acknowledged."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the chat's history holds of a message just handled, for a channel that shows it without reading it again."""

    at: datetime
    language: str  # the person's
    said: dict[str, Any]


@dataclass(slots=True)
class Waiting:
    """A message on its way. `late` is set by a channel that could not wait for the answer any longer; `entry` is there
    when the message was handled now, not before."""

    incoming: Incoming
    answer: asyncio.Future[tuple[Reply, ...]]
    since: float = field(default_factory=perf_counter)
    late: bool = False
    entry: Entry | None = None


@dataclass(slots=True)
class Ride:
    """A write that rides along with the next commit (marks of what was sent). Till it has `boarded`, who wants the same
    may add to its values and wait for the same `done`."""

    statement: sa.Executable
    values: Sequence[Mapping[str, Any]]
    done: asyncio.Future[None]
    boarded: bool = False
