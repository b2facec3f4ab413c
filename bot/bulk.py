"""Sending batches: one message for up to 100,000 people, a durable row each, beside the courier in every process.

Each channel has a crew of 30 senders. Rows are claimed in chunks; a sender takes the next row only when the mark of its
last one is durable, and all marks that are ready ride along with the dispatcher's next commit as one statement. So a
process that is killed repeats at most what its senders had in flight, and loses nothing: what it had claimed is taken
over as the outbox says. Who writes meanwhile waits for one short transaction at most.

A channel with a rate law (bot/pace.py) is sent to by one process, in which all its turns are counted. Quiet hours,
topics somebody does not want and people who can't be reached are sorted out chunk by chunk, before anything is claimed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.channels.base import Channel
from bot.crew import Crew
from bot.delivery import Delivery
from bot.dispatcher import Dispatcher
from bot.leadership import sending
from bot.log import get_logger
from bot.marks import Marks
from bot.masses import mass_sender
from bot.metrics import Metrics
from bot.pace import Paces
from bot.store import batches, recipients, results
from bot.store.recipients import Candidate, Sorted
from bot.store.store import Store
from bot.store.unit import Unit
from bot.told import Told

log = get_logger()

LOOK = 0.5  # seconds between looks at what is running, paused, stopped
HOUSEKEEPING = "batches"  # what is done once for all processes: calling up, passing over, ending
CALLED_UP = 10  # pages of waiting rows queued again at one look
PASS = 20  # looks after which rows are taken from the beginning again: what was given back or queued again is there


class QuietRule(Protocol):
    """When somebody is left in peace; bot/quiet.py."""

    def ends(self, at: datetime, occupation: str = "", region: str = "", timezone: str = "") -> datetime | None: ...


class Bulk:
    """Sends the batches of one process. `leads` says whether this process does a named thing now; `told` is what the
    platforms told it, the courier too."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        dispatcher: Dispatcher,
        paces: Paces,
        metrics: Metrics,
        delivery: Delivery,
        leads: Callable[[str], Awaitable[bool]],
        told: Told,
        quiet: QuietRule | None = None,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.store = store
        self.channels = channels
        self.dispatcher = dispatcher
        self.paces = paces
        self.metrics = metrics
        self.delivery = delivery
        self.leads = leads
        self.quiet = quiet
        self.nap = nap
        self.name = dispatcher.name
        self.running: dict[int, str] = {}  # batch -> its topic
        self.told = told
        self.marks = Marks(dispatcher, nap)
        self._crews: dict[str, Crew] = {}
        self._turns: deque[int] = deque()  # batches in the order in which they have a chunk taken
        self._passed: dict[tuple[int, str], int] = {}  # batch, channel -> the last row looked at; more come after it
        self._looks = 0
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for batches."""
        self._keeper = asyncio.create_task(self._keep(), name="bulk")

    async def stop(self) -> None:
        """Finish what is in hand, for a while; the rest is free for the next process."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        await asyncio.gather(*(crew.stop() for crew in self._crews.values()))

    async def idle(self) -> None:
        """Wait till nothing is in hand."""
        for crew in self._crews.values():
            await crew.idle()

    # -- what is running

    async def _keep(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as error:
                self.note("batches", error)
            await self.nap(LOOK)

    async def look(self) -> None:
        """Learn which batches run, do what is done once for all processes, and wake the crews."""
        async with self.store.read() as unit:
            there = await batches.open_ones(unit)
            await self.told.learn(unit)
        self.running = {row["id"]: row["topic"] for row in there if row["state"] == "running"}
        self._turns = deque([*(one for one in self._turns if one in self.running), *self._unknown()])
        self._looks += 1
        if self._looks % PASS == 0:
            self._passed.clear()
        await asyncio.gather(*(crew.drop(self.running) for crew in self._crews.values()))
        if there and await self.leads(HOUSEKEEPING):
            for row in there:
                await self._keep_house(row["id"], row["state"])
        if self.running:
            await self._wake_crews()

    def _unknown(self) -> list[int]:
        return [one for one in self.running if one not in self._turns]

    async def _keep_house(self, batch_id: int, state: str) -> None:
        """Queue what has waited long enough, or pass over what is left; end the batch when nothing is."""
        change = recipients.call_up if state == "running" else recipients.skip
        for _page in range(CALLED_UP):
            async with self.store.write() as unit:
                if not await change(unit, batch_id):
                    await batches.finish(unit, batch_id)
                    return

    async def _wake_crews(self) -> None:
        for name, channel in list(self.channels.items()):
            if channel.per_second is not None and not await self.leads(sending(name)):
                continue
            if name not in self._crews:
                self._crews[name] = Crew(self, name)
            self._crews[name].wake()

    # -- taking rows

    async def take(self, channel: str, most: int) -> tuple[int, list[Candidate]]:
        """Claim the next rows to send through this channel: their batch, and the rows; none when there is nothing.
        The batches take turns."""
        for _turn in range(len(self._turns)):
            batch_id = self._turns[0]
            self._turns.rotate(-1)
            more, now = await self._take_of(batch_id, channel, most)
            while more and not now:  # nobody of these, but there may be others
                more, now = await self._take_of(batch_id, channel, most)
            if now:
                return batch_id, now
        return 0, []

    async def _take_of(self, batch_id: int, channel: str, most: int) -> tuple[bool, list[Candidate]]:
        """Those of the next rows that go now; False when there are no more, from the first to the last."""
        if batch_id not in self.running:
            return False, []
        after = self._passed.pop((batch_id, channel), 0)
        job = "" if mass_sender(self.channels[channel]) else None
        async with self.store.write() as unit:
            there = await recipients.candidates(unit, batch_id, self.running[batch_id], channel, most, after, job)
            found = self.sort(unit, there, self.channels[channel].pushes)
            await recipients.settle(unit, self.name, found)
        if there:
            self._passed[batch_id, channel] = there[-1].id
        return bool(there or after), found.now

    def sort(self, unit: Unit, there: Sequence[Candidate], pushes: bool) -> Sorted:
        """Who gets it now, who later, who not at all."""
        found = Sorted()
        for one in there:
            if one.address is None:
                found.ended["failed", results.NO_ADDRESS].append(one.id)
            elif one.unwanted:
                found.ended["skipped", results.UNSUBSCRIBED].append(one.id)
            elif not one.reachable:
                found.ended["failed", results.UNREACHABLE].append(one.id)
            elif until := self.told.paused(one.identity_id, unit.now):
                found.later[until].append(one.id)
            elif pushes and (end := self._quiet(unit.now, one)):
                found.later[end, results.QUIET].append(one.id)
            else:
                found.now.append(one)
        return found

    def _quiet(self, now: datetime, one: Candidate) -> datetime | None:
        if self.quiet is None:
            return None
        return self.quiet.ends(now, one.occupation or "", one.region or "", one.timezone or "")

    def note(self, kind: str, error: Exception) -> None:
        """Count and log what went wrong; it is tried again by itself."""
        self.metrics.failures.labels(kind).inc()
        log.error("failed", kind=kind, error=type(error).__name__)
