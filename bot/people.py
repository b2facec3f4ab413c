"""A person as the engine knows one: never by name, only by what is needed to answer and to reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo


@dataclass(slots=True)
class Person:
    """One person behind one identity (an account in a channel).

    `occupation` is "" until told; `region` a GB/T 2260 code or ""; `address` is where the channel reaches them.
    """

    id: int
    identity_id: int
    channel: str
    address: str
    language: str
    timezone: str
    occupation: str = ""
    region: str = ""
    consented_at: datetime | None = None
    new: bool = False
    changed: set[str] | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The person's own time zone."""
        return ZoneInfo(self.timezone)

    def change(self, **values: object) -> None:
        """Set fields; the dispatcher writes them with the message."""
        self.changed = (self.changed or set()) | set(values)
        for name, value in values.items():
            setattr(self, name, value)
