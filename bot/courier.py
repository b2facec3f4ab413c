"""The courier: takes what waits in the outbox to the people, and fetches what platforms keep for us.

Rows are claimed, sent, and marked; marks ride along with the dispatcher's next commit. A crash repeats at most what
was in flight. Sends to one person keep their order (a lane); a person the platform told us to wait for holds up
nobody else. Rows of the dispatcher come already claimed, so interactive replies go at once.

What nobody asked for waits while its person's night or busy hours last (bot/notices.py says what does not), and for its
turn under the channel's rate law (bot/pace.py); where there is such a law, one process of all sends it.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.channels.base import Channel, Outcome
from bot.delivery import Delivery
from bot.dispatcher import Dispatcher
from bot.leadership import Leadership, sending
from bot.line import StoreDownError
from bot.log import get_logger
from bot.metrics import Metrics
from bot.pace import Paces
from bot.quiet import QuietHours
from bot.store import media, outbox, results
from bot.store.bell import OUTBOX
from bot.store.outbox import Row
from bot.store.store import Store
from bot.store.tables import identities
from bot.told import Told
from bot.verdict import judge

log = get_logger()

FAREWELL = 8.0  # seconds that what is in hand may take when we are told to stop
LONGEST_NAP = 5.0  # seconds between looks at the outbox when nothing wakes us
SLOTS = {"reply": 60, "fetch": 4}  # sends at a time in one channel, by kind: replies never wait for the rest
OTHER_SLOTS = 30  # Telegram's bulk limit is about 30 messages a second (platform-rules T5)
MOST_IN_HAND = 120  # rows claimed and not yet marked
IN_HAND = timedelta(seconds=2)  # a row longer in hand is looked at again before it is sent
ON_THE_PHONE = timedelta(minutes=5)  # who wrote so lately is not woken by an answer
UNREACHABLE = sa.update(identities).where(identities.c.id == sa.bindparam("of")).values(reachable=False)


def lane_of(row: Row) -> int:
    """What must keep its order: everything said to one identity. A fetch is nobody's turn."""
    return -row.id if row.identity_id is None or row.kind == "fetch" else row.identity_id


class Courier:
    """Sends the rows of one process."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        dispatcher: Dispatcher,
        blobs: media.Blobs,
        metrics: Metrics,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        paces: Paces | None = None,
        quiet: QuietHours | None = None,
        leadership: Leadership | None = None,
    ) -> None:
        self.store = store
        self.channels = channels
        self.dispatcher = dispatcher
        self.paces = paces or Paces(channels)
        self.quiet = quiet
        self.leadership = leadership
        self.told = Told(store, self.paces)
        self.delivery = Delivery(store, channels, blobs, metrics, self.paces, dispatcher.ride)
        self.metrics = metrics
        self.name = dispatcher.name
        self.farewell = FAREWELL
        self.nap = nap
        self._lanes: dict[int, deque[Row]] = {}
        self._in_hand: set[int] = set()
        self._paused: dict[int, datetime] = {}  # lane -> when the platform lets us write there again
        self._slots: dict[tuple[str, str], asyncio.Semaphore] = {}
        self._carriers: set[asyncio.Task[None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._claiming = asyncio.Lock()
        self._recalled = asyncio.Event()

    def start(self) -> None:
        """Begin to carry."""
        self.dispatcher.leaving.hand_over = self.hand_over
        self.store.on_news = self.wake
        self.store.bell.on(OUTBOX, lambda _words: self.wake())
        self._looking = asyncio.create_task(self._keep_looking(), name="courier")

    async def stop(self) -> None:
        """Finish what is in hand, for a while; the rest waits in the outbox, free for the next process."""
        if self._looking is None:
            return
        self.dispatcher.leaving.hand_over = self.store.on_news = None
        with contextlib.suppress(TimeoutError):  # not in the middle of a look, where a database is asked
            async with asyncio.timeout(self.farewell):
                await self._claiming.acquire()
        self._looking.cancel()
        await asyncio.gather(self._looking, return_exceptions=True)
        if self._claiming.locked():
            self._claiming.release()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.farewell):
                await self.idle()
        for task in self._carriers:
            task.cancel()
        await asyncio.gather(*self._carriers, return_exceptions=True)
        try:
            async with self.store.write() as unit:
                await outbox.give_back(unit, self.name)
        except Exception as error:
            self._note("give back", error)

    async def idle(self) -> None:
        """Wait till nothing is in hand."""
        while self._carriers:
            await asyncio.wait(self._carriers)

    def hand_over(self, rows: Sequence[Row]) -> None:
        """Take rows already claimed for this process and already committed."""
        for row in rows:
            if row.id in self._in_hand:
                continue
            self._in_hand.add(row.id)
            lane = lane_of(row)
            if lane in self._lanes:
                self._lanes[lane].append(row)
                continue
            self._lanes[lane] = deque([row])
            task = asyncio.create_task(self._carry_lane(lane))
            self._carriers.add(task)
            task.add_done_callback(self._carriers.discard)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._wake.set()

    # -- looking for what is due

    async def _keep_looking(self) -> None:
        while True:
            self._wake.clear()
            try:
                pause = await self.look()
            except Exception as error:
                self._note("claim", error)
                pause = LONGEST_NAP
            if pause:
                # not wait_for: until Python 3.12 it swallows being cancelled at the moment somebody wakes us
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._wake.wait()

    async def _recall(self) -> None:
        """Whom a platform told us to wait for, before a restart; nothing is sent till this is known."""
        async with self.store.read() as unit:
            self._paused |= await outbox.pauses(unit)
            await self.told.learn(unit)
        self._recalled.set()

    async def look(self) -> float:
        """Claim what is due and there is room for; gives the seconds to sleep before the next look."""
        async with self._claiming:
            if not self._recalled.is_set():
                await self._recall()
            return await self._claim()

    async def _claim(self) -> float:
        now = self.store.clock()
        self._paused = {lane: until for lane, until in self._paused.items() if until > now}
        room = MOST_IN_HAND - len(self._in_hand)
        if room <= 0:
            return LONGEST_NAP  # we are woken when half of it is done
        channels, unasked = list(self.channels), await self._unasked()
        async with self.store.read() as unit:
            when = await outbox.next_due(unit, channels, unasked)
            wait = LONGEST_NAP if when is None else (when - unit.now).total_seconds()
            if wait > 0:
                return min(wait, LONGEST_NAP)
            due = await outbox.due(unit, channels, room, beside=self._in_hand, unasked=unasked)
        if not due:
            return 0.2
        async with self.store.write() as unit:
            rows = await outbox.claim(unit, self.name, due)
        self.hand_over(rows)
        return 0.0 if rows else 0.2  # none though due: another process was faster, or it is in hand past its claim

    async def _unasked(self) -> set[str]:
        """The channels through which this process says something unasked now: not those whose platform told us to send
        nothing, nor those whose law another process keeps."""
        return {name for name in list(self.channels) if not self.paces[name].closed and await self._leads(name)}

    async def _leads(self, channel: str) -> bool:
        if self.leadership is None or self.channels[channel].per_second is None:
            return True
        return await self.leadership.leads(sending(channel))

    # -- one lane

    async def _carry_lane(self, lane: int) -> None:
        """Send the rows of one lane, one after the other, then end."""
        rows = self._lanes[lane]
        try:
            await self._recalled.wait()
            while rows:
                row = rows.popleft()
                try:
                    await self._carry(lane, row)
                finally:
                    self._in_hand.discard(row.id)
                if len(self._in_hand) == MOST_IN_HAND // 2:
                    self.wake()
        finally:
            del self._lanes[lane]
            self._in_hand.difference_update(row.id for row in rows)

    async def _carry(self, lane: int, row: Row) -> None:
        """One row, when its lane is free to go."""
        async with self._slot(row):
            if row.unasked and not await self._is_wanted_now(row):
                return
            now = self.store.clock()
            if (row.until - now).total_seconds() < self.delivery.patience:
                return  # it waited too long: by its end another process may have it
            if self._waited(row, now) and not await self._is_ours(row):
                return
            until = self._paused_until(lane, row, now)
            if until > now:
                await self._put_off(row, until)
                return
            self._paused.pop(lane, None)
            await self._send(lane, row)

    async def _send(self, lane: int, row: Row) -> None:
        try:
            outcome, left = await self.delivery.deliver(row)
        except asyncio.CancelledError:  # told to stop in the middle of it
            again = row.kind == "fetch"
            stopped = Outcome("retry", "stopped", 0.0) if again else Outcome("unknown", results.CUT_OFF)
            await self._conclude(lane, row, stopped)
            raise
        if left is not None:
            sealed = self.store.vault.seal_json(left, outbox.payload_aad(row.id))
            await self._settle(outbox.REST, {"of": row.id, "left": sealed})
        await self._conclude(lane, row, outcome)

    # -- whether now

    async def _is_wanted_now(self, row: Row) -> bool:
        """True once something unasked has its turn; else it is put off, or passed over, and that is written down."""
        if row.unwanted:
            await self._settle(outbox.MARK, self._marked(row, "skipped", results.UNSUBSCRIBED, self.store.clock()))
            return False
        if outbox.too_late(row.payload, self.store.clock()):
            await self._settle(outbox.MARK, self._marked(row, "skipped", results.TOO_LATE, self.store.clock()))
            return False
        if (ends := self._quiet_till(row)) is not None:
            await self._put_off(row, ends, results.QUIET)
            return False
        if not await self._leads(row.channel) or self.paces[row.channel].closed:
            await self._put_off(row, self.store.clock())  # free at once for who may send it
            return False
        await self.paces[row.channel].turn(row.address)
        return True

    def _quiet_till(self, row: Row) -> datetime | None:
        """When the person may be told, None when now."""
        now = self.store.clock()
        if self.quiet is None or row.urgent or not self.channels[row.channel].pushes:
            return None
        if row.seen is not None and now - row.seen <= ON_THE_PHONE:
            return None
        return self.quiet.ends(now, row.occupation, row.region, row.timezone)

    def _paused_until(self, lane: int, row: Row, now: datetime) -> datetime:
        told = self.told.paused(row.identity_id, now) if row.kind != "fetch" else None
        return max(self._paused.get(lane, now), told[0] if told else now)

    def _waited(self, row: Row, now: datetime) -> bool:
        """True for what has been in hand for a while: it may have been taken back, or gone with its person."""
        return row.kind != "reply" and row.until - outbox.CLAIM + IN_HAND < now

    async def _is_ours(self, row: Row) -> bool:
        async with self.store.read() as unit:
            return await outbox.is_ours(unit, row.id, self.name)

    def _slot(self, row: Row) -> asyncio.Semaphore:
        return self._slots.setdefault((row.channel, row.kind), asyncio.Semaphore(SLOTS.get(row.kind, OTHER_SLOTS)))

    # -- marking

    async def _conclude(self, lane: int, row: Row, outcome: Outcome) -> None:
        """Write down what became of a row; what must be tried again pauses its lane."""
        self.metrics.sends.labels(row.channel, outcome.result).inc()
        verdict = judge(outcome, row.kind, row.attempts, self.store.clock())
        if verdict.held is not None:
            self._paused[lane] = verdict.held
        mark = self._marked(row, verdict.state, verdict.reason, verdict.when, verdict.attempts)
        await self._settle(outbox.MARK, mark)
        if outcome.result == "blocked" and row.reachable and row.identity_id is not None:
            await self._settle(UNREACHABLE, {"of": row.identity_id})
        if verdict.held is not None and row.kind != "fetch":
            await self._hold(row, verdict.held, verdict.reason)

    async def _hold(self, row: Row, until: datetime, why: str) -> None:
        try:
            await self.told.hold(row.channel, row.identity_id, until, why)
        except Exception as error:  # this process knows it all the same
            self._note("hold", error)

    async def _put_off(self, row: Row, until: datetime, why: str = "") -> None:
        await self._settle(outbox.MARK, self._marked(row, "waiting", why, until))

    def _marked(self, row: Row, state: str, why: str, when: datetime, attempts: int | None = None) -> dict[str, Any]:
        done = None if state in {"waiting", "contact"} else when
        tried = row.attempts if attempts is None else attempts
        head = {"of": row.id, "by": self.name, "to": state, "why": why}
        return {**head, "when": when, "tried": tried, "done": done}

    async def _settle(self, statement: sa.Executable, values: dict[str, Any]) -> None:
        """Write until it holds: what was sent and is not marked would be sent again."""
        while True:
            try:
                await self.dispatcher.ride(statement, [values])
            except StoreDownError:
                await self.nap(1.0)
            else:
                return

    def _note(self, kind: str, error: Exception) -> None:
        self.metrics.failures.labels(kind).inc()
        log.error("failed", kind=kind, error=type(error).__name__)
