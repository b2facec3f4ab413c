"""What a channel is to the engine: it plans replies inside the transaction, sends what waits, fetches media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from bot.messages import Incoming, Reply

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.store.windows import Windows

Payload = dict[str, Any]  # one message as the channel's `send` takes it; JSON


@dataclass(frozen=True, slots=True)
class Plan:
    """How replies leave: `inline` goes into the response (and is replayed to a duplicate), `queued` through the
    outbox, `delivered` are the ids of held rows that `inline` carries."""

    inline: tuple[Reply, ...] = ()
    queued: tuple[Payload, ...] = ()
    delivered: tuple[int, ...] = ()
    collect: str = ""  # queued payloads replace those of the same mark that still wait (albums)
    delay: float = 0.0  # seconds before the queued go out


Result = Literal["sent", "retry", "blocked", "unknown", "refused", "contact"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a send. `retry` waits `after` seconds; `unknown` (a timeout: it may have arrived) is not blindly
    repeated; `blocked`: the person can't be reached; `contact`: goes out when the person writes next."""

    result: Result
    reason: str = ""
    after: float | None = None


SENT = Outcome("sent")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from the platform, or why there is none (`again`: worth another try, `after` seconds when told)."""

    content: bytes = b""
    mime: str = ""
    reason: str = ""
    again: bool = False
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A row that waits for the person's next message."""

    id: int
    payload: Payload = field(default_factory=dict)


class Channel(Protocol):
    """One channel: a small module with its limits declared beside their source."""

    name: str
    per_second: float | None  # sends unasked in any second, over all chats, that the platform bears; None: no such law
    pushes: bool  # False: what is said wakes nobody, so no hour is a quiet one
    windows: Windows | None  # when it lets us write to a person; None: always

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """Decide how replies leave; pure, runs inside the transaction."""
        ...

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """The messages of something sent unasked."""
        ...

    def afterwards(self, inline: Sequence[Reply]) -> Sequence[Payload]:
        """The messages of what a response was to carry (`Plan.inline`) and came too late for."""
        ...

    async def send(self, address: str, payload: Payload) -> Outcome:
        """Send one message; never raises for what the platform or the network does."""
        ...

    async def fetch(self, ref: str) -> Fetched:
        """Get a file the platform keeps for us."""
        ...

    def routes(self) -> Sequence[BaseRoute]:
        """Its HTTP routes."""
        ...

    async def start(self) -> None:
        """Begin background work (polling, registration); returns at once."""
        ...

    async def stop(self) -> None:
        """End background work."""
        ...


class Quiet:
    """Defaults for a channel with nothing to send by itself, nothing to fetch, nothing in the background."""

    per_second: float | None = None
    pushes: bool = True
    windows: Windows | None = None

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """All replies go into the response."""
        return Plan(inline=tuple(replies))

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """One message."""
        return [reply.as_json()]

    def afterwards(self, inline: Sequence[Reply]) -> Sequence[Payload]:
        """As if they were unasked."""
        return [payload for reply in inline for payload in self.notice(reply)]

    async def send(self, address: str, payload: Payload) -> Outcome:
        """Nothing leaves the process: stored is delivered."""
        return SENT

    async def fetch(self, ref: str) -> Fetched:
        """There is nothing to fetch."""
        return Fetched(reason="no such file")

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return []

    async def start(self) -> None:
        """Nothing."""

    async def stop(self) -> None:
        """Nothing."""
