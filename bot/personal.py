"""What is kept about a person, over all capabilities: each hands in how to show it and how to erase it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Holder:
    """One capability's part. `show` gives JSON-able data (times as ISO 8601 text), `erase` leaves at most a tombstone
    without content."""

    name: str
    show: Callable[[Unit, int], Awaitable[Any]]
    erase: Callable[[Unit, int], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Holders:
    """All capabilities' parts, gathered when somebody asks for theirs: a start needs none of them."""

    parts: Callable[[], Sequence[Holder]]

    async def show(self, unit: Unit, person_id: int) -> dict[str, Any]:
        """Everything, by the name of the part."""
        return {part.name: await part.show(unit, person_id) for part in self.parts()}

    async def erase(self, unit: Unit, person_id: int) -> None:
        """Erase everything, in this transaction."""
        for part in self.parts():
            await part.erase(unit, person_id)
