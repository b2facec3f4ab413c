"""A crew: the senders of one channel in one process, for batches. See bot/bulk.py."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.channels.base import Outcome, Payload
from bot.courier import UNREACHABLE
from bot.i18n import DEFAULT, speaking
from bot.masses import Masses, mass_sender
from bot.messages import Reply
from bot.store import batches, recipients, results
from bot.store.outbox import CLAIM, Row, payload_aad
from bot.store.people import identity_aad
from bot.store.recipients import Candidate
from bot.store.vault import CannotOpen
from bot.verdict import judge

if TYPE_CHECKING:
    from bot.bulk import Bulk

SENDERS = 30  # sends in flight in one channel and process: what a kill may repeat
CHUNK = 500  # rows claimed at once where no law slows us down
AHEAD = 2.0  # seconds' worth of rows claimed at once under a law
FAREWELL = 8.0  # seconds that sends under way may take when we are told to stop
KIND = "broadcast"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A claimed row, ready to be sent. `until`: when its claim runs out."""

    id: int
    batch_id: int
    identity_id: int | None
    address: str
    language: str
    attempts: int
    until: datetime


class Crew:
    """Up to 30 senders; they end when there is nothing to send, and are called again when there is."""

    def __init__(self, bulk: Bulk, channel: str) -> None:
        self.bulk = bulk
        self.channel = channel
        self.pace = bulk.paces[channel]
        law = bulk.channels[channel].per_second
        self.chunk = CHUNK if law is None else max(1, int(law * AHEAD))
        sender = mass_sender(bulk.channels[channel])
        self.masses = None if sender is None else Masses(self, sender)
        self.farewell = FAREWELL
        self._ready: deque[Parcel] = deque()
        self._back: list[int] = []  # rows that were not sent, to be given back
        self._senders: set[asyncio.Task[None]] = set()
        self._queueing: set[asyncio.Task[None]] = set()  # senders that wait for their turn: nothing of theirs is out
        self._taker: asyncio.Task[None] | None = None
        self._low = asyncio.Event()
        self._words: dict[int, dict[str, Reply]] = {}
        self._payloads: dict[tuple[int, str], Payload] = {}
        self._count_sent = bulk.metrics.sends.labels(channel, "sent").inc

    def wake(self) -> None:
        """There may be rows to send."""
        if self._taker is None or self._taker.done():
            self._taker = asyncio.create_task(self._take(), name=f"bulk-{self.channel}")

    async def idle(self) -> None:
        """Wait till nothing is in hand."""
        while under_way := {task for task in (self._taker, *self._senders) if task is not None and not task.done()}:
            await asyncio.wait(under_way)

    async def drop(self, running: Collection[int]) -> None:
        """Give back what is not to be sent now: its batch was paused or stopped, or the platform is closed."""
        if self._words.keys() - running:
            self._words = {batch: words for batch, words in self._words.items() if batch in running}
            self._payloads = {key: words for key, words in self._payloads.items() if key[0] in running}
        if self._ready and (self.pace.closed or any(one.batch_id not in running for one in self._ready)):
            self._back += [one.id for one in self._ready if self.pace.closed or one.batch_id not in running]
            self._ready = deque(one for one in self._ready if one.id not in set(self._back))
            self._low.set()
        if self._back:
            back, self._back = self._back, []
            async with self.bulk.store.write() as unit:
                await recipients.give_back(unit, self.bulk.name, back)

    async def stop(self) -> None:
        """Let what is under way come to its end, for a while; give the rest back."""
        self._back += [one.id for one in self._ready]
        self._ready.clear()
        for task in (self._taker, *self._queueing):
            if task is not None:
                task.cancel()
        if self._senders:
            await asyncio.wait(self._senders, timeout=self.farewell)
        for task in self._senders:
            task.cancel()
        await asyncio.gather(*self._senders, return_exceptions=True)
        try:
            await self.drop(())
        except Exception as error:
            self.bulk.note("give back", error)

    # -- getting rows ready

    async def _take(self) -> None:
        """Keep the senders in work as long as there are rows."""
        try:
            while not self.pace.closed:
                batch_id, found = await self.bulk.take(self.channel, self.chunk)
                if not found:
                    if self.masses is not None and await self.masses.again():
                        continue
                    return
                try:
                    await self._pack(batch_id, found)
                except Exception:
                    self._back += [one.id for one in found]
                    raise
                self._muster()
                self._low.clear()
                if len(self._ready) > self.chunk // 2:
                    await self._low.wait()
        except Exception as error:
            self.bulk.note("claim", error)

    async def _pack(self, batch_id: int, found: Sequence[Candidate]) -> None:
        """Get rows ready; who is reached by a job of mass sending has it now."""
        parcels = await self.open(batch_id, found)
        if self.masses is not None:
            parcels = await self.masses.apart(batch_id, parcels)
        self._ready += parcels

    async def open(self, batch_id: int, found: Sequence[Candidate]) -> list[Parcel]:
        """Open the addresses; a row whose address does not open is ended, not tried for ever."""
        vault, until = self.bulk.store.vault, self.bulk.store.clock() + CLAIM
        opened, broken = [], []
        if batch_id not in self._words:
            async with self.bulk.store.read() as unit:
                self._words[batch_id] = await batches.words_of(unit, batch_id)
        for one in found:
            try:
                address = vault.open(one.address or b"", identity_aad(one.identity_id or 0)).decode()
            except CannotOpen:
                broken.append(one.id)
                continue
            language = one.language or DEFAULT
            opened.append(Parcel(one.id, batch_id, one.identity_id, address, language, one.attempts, until))
        if broken:
            async with self.bulk.store.write() as unit:
                await recipients.end(unit, broken, "failed", results.BROKEN)
        return opened

    def _muster(self) -> None:
        at_work = sum(not task.done() for task in self._senders)  # who just ended is among them for a moment more
        for _ in range(min(SENDERS - at_work, len(self._ready))):
            task = asyncio.create_task(self._send())
            self._senders.add(task)
            task.add_done_callback(self._senders.discard)

    def _payload_for(self, one: Parcel) -> Payload:
        """The words of a batch in somebody's language, with the messages they are in this channel; made once."""
        key = one.batch_id, one.language
        if key not in self._payloads:
            reply = self.reply_to(one)
            with speaking(one.language):
                parts = self.bulk.channels[self.channel].notice(reply)
            self._payloads[key] = {"reply": reply.as_json(), "parts": list(parts)}
        return self._payloads[key]

    def reply_to(self, one: Parcel) -> Reply:
        """What its batch says in its language."""
        words = self._words[one.batch_id]
        return words.get(one.language) or words[DEFAULT]

    # -- one sender

    async def _send(self) -> None:
        while self._ready:
            one = self._ready.popleft()
            if len(self._ready) <= self.chunk // 2:
                self._low.set()
            await self._carry(one)

    async def _carry(self, one: Parcel) -> None:
        """Send one row and write down what became of it. A row whose batch was paused meanwhile goes back."""
        try:
            outcome, left = await self._say(one)
        except asyncio.CancelledError:  # told to stop in the middle of it
            await self._conclude(one, Outcome("unknown", results.CUT_OFF), None)
            raise
        if outcome is None:
            self._back.append(one.id)
        elif outcome.result == "sent":
            self._count_sent()
            await self.bulk.marks.sent(one.id)
        else:
            await self._conclude(one, outcome, left)

    async def _say(self, one: Parcel) -> tuple[Outcome | None, Payload | None]:
        """What became of it, None when it was not begun; and what is left to say, when part of it went out."""
        payload = self._payload_for(one)
        if not await self._turn(one):
            return None, None
        head = one.id, one.identity_id, self.channel, KIND
        return await self.bulk.delivery.deliver(Row(*head, payload, one.attempts, one.until, one.address))

    async def _turn(self, one: Parcel) -> bool:
        """Wait till the law lets us send to them; False when it is not to be sent any more."""
        if self.pace.wait(one.address):
            task = asyncio.current_task()
            assert task is not None
            self._queueing.add(task)
            try:
                await self.pace.turn(one.address)
            except asyncio.CancelledError:  # only `stop` does that
                return False
            finally:
                self._queueing.discard(task)
        else:
            self.pace.note(one.address)
        return self._may_go(one)

    def _may_go(self, one: Parcel) -> bool:
        """Its batch still runs, and nobody takes the row over before the send has its outcome."""
        left = (one.until - self.bulk.store.clock()).total_seconds()
        return one.batch_id in self.bulk.running and left >= self.bulk.delivery.patience

    async def hold(self, one: Parcel, why: str) -> None:
        """Keep it for the person's next message."""
        await self._conclude(one, Outcome("contact", why), None)

    async def _conclude(self, one: Parcel, outcome: Outcome, left: Payload | None) -> None:
        """Write down what became of a row that was not simply sent."""
        bulk, now = self.bulk, self.bulk.store.clock()
        bulk.metrics.sends.labels(self.channel, outcome.result).inc()
        verdict = judge(outcome, KIND, one.attempts, now)
        own = left or ({"reply": self.reply_to(one).as_json()} if verdict.state == "contact" else None)
        state = batches.LATER if verdict.state == "waiting" and own is None else verdict.state
        done = None if state in batches.LEFT else verdict.when
        values = {"of": one.id, "by": bulk.name, "to": state, "why": verdict.reason, "when": verdict.when}
        values |= {"tried": verdict.attempts, "done": done}
        if own is None:
            await bulk.marks.write(recipients.CONCLUDED, values)
        else:
            sealed = bulk.store.vault.seal_json(own, payload_aad(one.id))
            await bulk.marks.write(recipients.CONCLUDED_WITH_WORDS, {**values, "left": sealed})
        if verdict.held is not None:
            await bulk.told.hold(self.channel, one.identity_id, verdict.held, verdict.reason)
        if outcome.result == "blocked" and one.identity_id is not None:
            await bulk.marks.write(UNREACHABLE, {"of": one.identity_id})
