"""Who works at the desk, and what each role may open: the one table of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.store.unit import Unit

EVERYBODY = frozenset({"union", "community", "admin"})

# Which role may open which area of the desk. Workers are told that only the union sees their complaints: community
# staff have no way to them. An area that is not here is open to nobody.
AREAS: dict[str, frozenset[str]] = {
    "home": EVERYBODY,
    "me": EVERYBODY,
    "cases": frozenset({"union", "admin"}),
    "warnings": frozenset({"union", "admin"}),
    "overview": frozenset({"union", "admin"}),
    "questions": EVERYBODY,
    "volunteering": frozenset({"community", "admin"}),
    "broadcasts": frozenset({"community", "admin"}),
    "rewards": frozenset({"community", "admin"}),
    "reports": frozenset({"community", "admin"}),
    "council": EVERYBODY,
    "staff": frozenset({"admin"}),
    "parked": frozenset({"admin"}),
}


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of staff, by the person they are; `name` is what colleagues call them, never empty."""

    person_id: int
    role: str
    name: str

    @property
    def actor(self) -> str:
        """As it stands in the audit log, and as the owner of a case."""
        return f"staff:{self.person_id}"


class Accounts(Protocol):
    """What the desk asks of whoever keeps the roles."""

    async def member(self, unit: Unit, person_id: int) -> Member | None:
        """The member a person is now; None for workers and for who has left."""

    async def first_admin(self, unit: Unit) -> int | None:
        """The person who signs in by the first administrator's link; None once an administrator can be reached."""


def may_open(role: str, area: str) -> bool:
    """The gate to an area of the desk."""
    return role in AREAS.get(area, frozenset())
