"""The terminal: `yizhan chat` talks on the same store, through the same dispatcher."""

from __future__ import annotations

import getpass
import sys
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.channels.base import Held, Outcome, Payload, Plan, Quiet
from bot.channels.numbered import numbered
from bot.clock import Clock
from bot.messages import Event, Incoming, Reply

if TYPE_CHECKING:
    from bot.dispatcher import Dispatcher


class Terminal(Quiet):
    """One person at a keyboard; options are numbered. Limits: none of its own."""

    name = "terminal"
    pushes = False

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """All replies go into the response, after what waited for this person."""
        waited = [Reply.from_json(one.payload.get("reply", one.payload)) for one in held]
        return Plan((*waited, *replies), delivered=tuple(one.id for one in held))

    async def send(self, address: str, payload: Payload) -> Outcome:
        """Nobody may be sitting there: it is shown with the next answer."""
        return Outcome("contact")


def incoming(text: str, clock: Clock, *, address: str | None = None, event: Event | None = None) -> Incoming:
    """A typed line as a message."""
    return Incoming(
        f"terminal:{uuid.uuid4()}", "terminal", address or getpass.getuser(), clock(), text=text, event=event
    )


def shown(replies: Sequence[Reply]) -> str:
    """Replies as printed lines."""
    return "\n\n".join(numbered(replies)) or "…"


async def converse(dispatcher: Dispatcher, clock: Clock, *, address: str | None = None) -> None:
    """Read lines and answer them till the end of input."""
    import asyncio

    def write(text: str) -> None:
        sys.stdout.write(text + "\n\n")
        sys.stdout.flush()

    write(shown(await dispatcher.handle(incoming("", clock, address=address, event=Event.START))))
    while True:
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            return
        if line.strip():
            write(shown(await dispatcher.handle(incoming(line.strip(), clock, address=address))))
