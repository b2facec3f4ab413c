"""The courier: takes what waits in the outbox to the people, and fetches what platforms keep for us.

Rows are claimed, sent, and marked; marks ride along with the dispatcher's next commit. A crash repeats at most what
was in flight. Sends to one person keep their order; a person the platform told us to wait for holds up nobody else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog

from bot.channels.base import Channel, Outcome
from bot.dispatcher import Dispatcher
from bot.messages import Reply
from bot.metrics import Metrics
from bot.store import media, outbox
from bot.store.store import Store
from bot.store.tables import identities
from bot.store.tables import media as media_table

log = structlog.get_logger()

SENDERS = 30  # Telegram's bulk limit is about 30 messages a second (platform-rules T5)
MOST_ATTEMPTS = 8
LONGEST_NAP = 5.0  # seconds between looks at the outbox when nothing wakes us
STATES = {
    "sent": "sent",
    "retry": "waiting",
    "blocked": "failed",
    "unknown": "unknown",
    "refused": "failed",
    "contact": "contact",
}


def backoff(attempts: int) -> float:
    """Seconds before the next try: 2, 4, 8 ... at most an hour."""
    return float(min(2 ** (attempts + 1), 3600))


class Courier:
    """Sends the rows of one process."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        dispatcher: Dispatcher,
        blobs: media.Blobs,
        metrics: Metrics,
    ) -> None:
        self.store = store
        self.channels = channels
        self.dispatcher = dispatcher
        self.blobs = blobs
        self.metrics = metrics
        self.name = dispatcher.name
        self._ready: asyncio.Queue[outbox.Row] = asyncio.Queue()
        self._lanes: dict[int, deque[outbox.Row]] = {}  # identity -> its rows, in order; there while one is being sent
        self._tasks: list[asyncio.Task[None]] = []
        self._wake = asyncio.Event()
        self._stopping = False
        dispatcher.hand_over = self.hand_over
        dispatcher.wake_courier = self.wake

    def start(self) -> None:
        """Begin to carry."""
        self._tasks = [asyncio.create_task(self._send_all(), name=f"sender-{number}") for number in range(SENDERS)]
        self._tasks.append(asyncio.create_task(self._look(), name="courier"))

    async def stop(self) -> None:
        """Finish the sends in flight; the rest waits in the outbox."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hand_over(self, rows: list[outbox.Row]) -> None:
        """Take rows already claimed for this process and already committed: interactive replies go at once."""
        for row in rows:
            self._enqueue(row)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    def _enqueue(self, row: outbox.Row) -> None:
        lane = row.identity_id if row.identity_id is not None else -row.id
        if lane in self._lanes:
            self._lanes[lane].append(row)
        else:
            self._lanes[lane] = deque()
            self._ready.put_nowait(row)

    # -- looking for what is due

    async def _look(self) -> None:
        while not self._stopping:
            self._wake.clear()
            try:
                pause = await self._claim()
            except Exception as error:
                self._note("claim", error)
                pause = LONGEST_NAP
            if pause > 0:
                try:
                    await asyncio.wait_for(self._wake.wait(), pause)
                except TimeoutError:
                    continue

    async def _claim(self) -> float:
        """Claim a handful; gives the seconds to sleep before the next look."""
        if self._ready.qsize() > SENDERS:
            return 0.05
        async with self.store.read() as unit:
            due = await outbox.next_due(unit)
        if due is None or due > self.store.clock():
            return LONGEST_NAP if due is None else min(LONGEST_NAP, (due - self.store.clock()).total_seconds())
        async with self.store.write() as unit:
            rows = await outbox.claim(unit, self.name, SENDERS * 2)
        for row in rows:
            self._enqueue(row)
        return 0.0 if rows else 0.2

    # -- sending

    async def _send_all(self) -> None:
        while True:
            row = await self._ready.get()
            lane = row.identity_id if row.identity_id is not None else -row.id
            try:
                await self._carry(row)
            except Exception as error:
                self._note("carry", error)
            self._next_in(lane)

    def _next_in(self, lane: int) -> None:
        waiting = self._lanes.get(lane)
        if waiting:
            self._ready.put_nowait(waiting.popleft())
        else:
            self._lanes.pop(lane, None)

    async def _carry(self, row: outbox.Row) -> None:
        channel = self.channels.get(row.channel)
        if channel is None:
            outcome = Outcome("retry", "the channel is switched off", 600)
        elif row.kind == "fetch":
            outcome = await self._fetch(channel, row)
        elif "reply" in row.payload:
            outcome = await self._say(channel, row)
        else:
            outcome = await channel.send(row.address, row.payload)
        self.metrics.sends.labels(row.channel, outcome.result).inc()
        await asyncio.shield(self._mark(row, outcome))

    async def _say(self, channel: Channel, row: outbox.Row) -> Outcome:
        """Send what is the same for every channel, as this channel shows it: one message or several."""
        payloads = channel.notice(Reply.from_json(row.payload["reply"]))
        for number, payload in enumerate(payloads):
            outcome = await channel.send(row.address, payload)
            if outcome.result != "sent":
                if number == 0:
                    return outcome
                async with self.store.write() as unit:  # what went out is not said again
                    await outbox.put_rest(unit, row, payloads[number:])
                return Outcome("sent", f"{number} of {len(payloads)}, the rest apart")
        return Outcome("sent")

    async def _mark(self, row: outbox.Row, outcome: Outcome) -> None:
        now = self.store.clock()
        attempts = row.attempts + 1
        state = STATES[outcome.result]
        # what the platform told us to wait for is no failed attempt of ours
        spent = outcome.result == "retry" and outcome.after is None and attempts >= MOST_ATTEMPTS
        if spent:
            state = "failed"
        after = outcome.after if outcome.after is not None else backoff(attempts)
        values = {
            "of": row.id,
            "to": state,
            "why": outcome.reason[:200],
            "when": now + timedelta(seconds=after if state == "waiting" else 0),
            "tried": attempts if outcome.after is None else row.attempts,
            "done": None if state in {"waiting", "contact"} else now,
        }
        await self.dispatcher.ride(outbox.MARK, [values])
        if outcome.result == "blocked" and row.identity_id is not None:
            await self._unreachable(row.identity_id)

    async def _unreachable(self, identity_id: int) -> None:
        statement = sa.update(identities).where(identities.c.id == sa.bindparam("of")).values(reachable=False)
        await self.dispatcher.ride(statement, [{"of": identity_id}])

    async def _fetch(self, channel: Channel, row: outbox.Row) -> Outcome:
        """Get a picture from the platform; it is kept, sealed, before it is marked."""
        fetched = await channel.fetch(str(row.payload["ref"]))
        media_id = int(row.payload["media"])
        if fetched.again:
            return Outcome("retry", fetched.reason)
        if fetched.reason:
            await self._media(media_id, status="failed", reason=fetched.reason[:200])
            return Outcome("refused", fetched.reason)
        await asyncio.to_thread(self.blobs.write, self.store.vault, media_id, fetched.content)
        async with self.store.write() as unit:
            await media.kept(unit, media_id, fetched.content, fetched.mime)
        return Outcome("sent")

    async def _media(self, media_id: int, **values: Any) -> None:
        async with self.store.write() as unit:
            await unit.execute(sa.update(media_table).where(media_table.c.id == media_id).values(**values))

    def _note(self, kind: str, error: Exception) -> None:
        self.metrics.failures.labels(kind).inc()
        log.error("failed", kind=kind, error=type(error).__name__)
