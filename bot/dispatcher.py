"""A message's way through one transaction: acknowledged means committed.

What has arrived while the last commit was under way is handled as one batch, at most one message a person, in order
of arrival, and committed once. If anything in a batch fails, its messages run one by one.
"""

from __future__ import annotations

import asyncio
import itertools
import traceback
from collections import Counter, deque
from collections.abc import Coroutine, Mapping, Sequence
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from bot.channels.base import Channel, Plan
from bot.dialogue import noticed
from bot.dialogue.director import direct
from bot.dialogue.registry import Registry
from bot.dialogue.state import State, stale
from bot.dialogue.talk import Talk
from bot.i18n import N_, _, speaking
from bot.leaving import Leaving
from bot.line import Entry, Ride, StoreDownError, Waiting
from bot.log import get_logger, where
from bot.messages import Event, Incoming, Reply
from bot.metrics import Metrics
from bot.store import consents, conversations, outbox, people, receipts
from bot.store import parked as parking
from bot.store.people import Met
from bot.store.store import Store
from bot.store.unit import Unit

log = get_logger()

LARGEST_BATCH = 128  # as fast as twice that, and a megabyte less in memory
SORRY = N_(
    "Sorry, I could not deal with that. It is kept, and our staff will look at it. You can also try other words."
)
TRIES = 3


class Dispatcher:
    """Takes messages in, gives answers out once they are durable."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        channels: Mapping[str, Channel],
        metrics: Metrics | None = None,
        name: str = "one",
    ) -> None:
        self.store = store
        self.registry = registry
        self.leaving = Leaving(channels, name)
        self.metrics = metrics or Metrics()
        self.name = name
        self._line: deque[Waiting] = deque()
        self._rides: deque[Ride] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._after: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._handling = False  # a batch of messages is under way

    # -- in and out

    def submit(self, incoming: Incoming) -> Waiting:
        """Put a message in line; its `answer` resolves after the commit, or raises `StoreDownError`."""
        waiting = Waiting(incoming, asyncio.get_running_loop().create_future())
        if self._ended:
            waiting.answer.set_exception(StoreDownError("stopped"))
            return waiting
        self._line.append(waiting)
        self._wake.set()
        return waiting

    async def handle(self, incoming: Incoming) -> tuple[Reply, ...]:
        """Handle one message: the replies that go into the response, durable when this returns."""
        return await self.submit(incoming).answer

    def ride(self, statement: sa.Executable, values: Sequence[Mapping[str, Any]]) -> asyncio.Future[None]:
        """Have a write ride along with the next commit; after the last batch it travels alone."""
        return self.shared_ride(statement, values).done

    def shared_ride(self, statement: sa.Executable, values: Sequence[Mapping[str, Any]]) -> Ride:
        """The same, for many: what is added to the values till it has boarded goes with it, at the cost of one."""
        ride = Ride(statement, values, asyncio.get_running_loop().create_future())
        if self._ended:
            ride.boarded = True
            self._later(self._ride_alone(ride))
            return ride
        self._rides.append(ride)
        self._wake.set()
        return ride

    def start(self) -> None:
        """Begin to serve."""
        self._task = asyncio.create_task(self._serve(), name="dispatcher")

    async def stop(self) -> None:
        """Finish what is in line, then end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task
        await asyncio.gather(*self._after, return_exceptions=True)

    @property
    def serves(self) -> bool:
        """True while messages are taken."""
        return self._task is not None and not self._task.done()

    @property
    def talks(self) -> bool:
        """True while somebody waits for an answer."""
        return bool(self._line) or self._handling

    @property
    def _ended(self) -> bool:
        return self._task is not None and self._task.done()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def _serve(self) -> None:
        while not (self._stopping and not self._line and not self._rides):
            if not self._line and not self._rides:
                self._wake.clear()
                await self._wake.wait()
                continue
            await self._let_in()
            batch, rides = self._gather(), self._boarding()
            self._handling = bool(batch)
            await self._cycle(batch, rides)
            self._handling = False

    async def _let_in(self) -> None:
        """Let in who stands at the door: while a pass of the loop brings more, another is worth less than a commit."""
        before = -1
        while before < len(self._line) < LARGEST_BATCH:
            before = len(self._line)
            await asyncio.sleep(0)

    def _gather(self) -> list[Waiting]:
        """Step 1: what has arrived, at most one message a person, in order of arrival."""
        batch: list[Waiting] = []
        later: deque[Waiting] = deque()
        taken: set[tuple[str, str]] = set()
        while self._line and len(batch) < LARGEST_BATCH:
            waiting = self._line.popleft()
            who = (waiting.incoming.channel, waiting.incoming.address)
            (later if who in taken else batch).append(waiting)
            taken.add(who)
        later.extend(self._line)
        self._line = later
        return batch

    def _boarding(self) -> list[Ride]:
        rides, self._rides = list(self._rides), deque()
        for ride in rides:
            ride.boarded = True
        return rides

    async def _cycle(self, batch: list[Waiting], rides: list[Ride]) -> None:
        try:
            answers = await self._transact(batch, rides)
        except Exception as error:
            self._note_failure("batch", error)
            await self._one_by_one(batch, rides)
            return
        self._arrive(rides)
        for waiting, replies in zip(batch, answers, strict=True):
            self._answer(waiting, replies)
        if batch:
            self.metrics.batch.observe(len(batch))

    # -- one transaction

    async def _transact(self, batch: Sequence[Waiting], rides: Sequence[Ride] = ()) -> list[tuple[Reply, ...]]:
        """Steps 2 to 9: everything of a batch in one transaction."""
        async with self.store.write() as unit:
            await self._board(unit, rides)
            if not batch:
                return []
            waiting_for = {receipts.key_mac(unit, waiting.incoming.key): waiting for waiting in batch}
            replies = await receipts.stored(unit, _keys(waiting_for))
            old = set(replies)
            new = {mac: one for mac, one in waiting_for.items() if one.incoming.key not in old}
            if new:
                replies |= await self._converse(unit, new)
        self._count(batch, old)
        return [replies[waiting.incoming.key] for waiting in batch]

    async def _board(self, unit: Unit, rides: Sequence[Ride]) -> None:
        """Rides in order; a run of the same statement goes as one."""
        for _id, alike in itertools.groupby(rides, key=lambda ride: id(ride.statement)):
            together = list(alike)
            values = [row for ride in together for row in ride.values]
            await unit.execute(together[0].statement, values)

    async def _converse(self, unit: Unit, new: Mapping[bytes, Waiting]) -> dict[str, tuple[Reply, ...]]:
        incoming = [waiting.incoming for waiting in new.values()]
        met = await people.recognise(unit, incoming, self.store.settings.timezone)
        # with the rows locked: a replica that had the same message at the same time has committed it by now
        answers = {} if unit.sqlite else await receipts.stored(unit, _keys(new))
        fresh = {mac: waiting for mac, waiting in new.items() if waiting.incoming.key not in answers}
        held = await self.leaving.held(unit, [one.person for one in met.values()])
        reached = await noticed.reached(unit, [one.person.id for one in met.values() if not one.person.new])
        for mac, waiting in fresh.items():
            one = waiting.incoming
            who = met[one.channel, one.address]
            said = _said(one, who.state)
            talk = await self._run(unit, who, one, reached.get(who.person.id))
            said["label"] = said["label"] or talk.called
            if one.event is Event.MOVED:
                await people.move(unit, one.channel, one.address, one.payload)
            if one.event is Event.CONSENT:
                await consents.note(unit, who.person.identity_id, one.payload)
            plan = await self.leaving.plan(
                unit, waiting, who.person, talk.replies, held.get(who.person.identity_id, [])
            )
            answers[one.key] = plan.inline
            receipts.write(unit, mac, who.person, said, plan.inline)
            waiting.entry = Entry(unit.now, who.person.language, said)
            if one.opens_window != "none":
                await self.leaving.release(unit, plan, held.get(who.person.identity_id, []))
        await self._save(unit, [(met[one.channel, one.address], one) for one in map(_incoming, fresh.values())])
        return answers

    async def _save(self, unit: Unit, met: Sequence[tuple[Met, Incoming]]) -> None:
        await people.save_people(unit, [who.person for who, _one in met])
        await conversations.save(unit, {who.person.id: who.state for who, _one in met})
        await people.note_contact(unit, met)

    async def _run(self, unit: Unit, who: Met, one: Incoming, reached: noticed.Reached | None) -> Talk:
        talk = Talk(who.person, one, unit, who.state, self.registry, reached)
        with speaking(who.person.language):
            await direct(talk, away=stale(who.touched, unit.now))
        return talk

    # -- answers

    def _answer(self, waiting: Waiting, replies: tuple[Reply, ...]) -> None:
        self.metrics.latency.observe(perf_counter() - waiting.since)
        if waiting.late and replies:
            self._later(self._send_after(waiting, replies))
        elif not waiting.answer.done():
            waiting.answer.set_result(replies)

    async def _send_after(self, waiting: Waiting, replies: Sequence[Reply]) -> None:
        """The channel gave up while the commit was under way: what was meant for the response goes after it. Once,
        however many requests with this message gave up, before a crash or after it: it leaves the receipt with that."""
        one = waiting.incoming
        try:
            async with self.store.write() as unit:
                met = await people.recognise(unit, [one], self.store.settings.timezone)
                person = met[one.channel, one.address].person
                if await receipts.take(unit, receipts.key_mac(unit, one.key)):
                    for payload in self.leaving.afterwards(person, replies):
                        outbox.put(unit, person, kind="reply", payload=payload)
        except Exception as error:
            self._note_failure("late", error)
            self._fail(waiting, error)
        else:
            if not waiting.answer.done():
                waiting.answer.set_result(())

    def _arrive(self, rides: Sequence[Ride]) -> None:
        for ride in rides:
            if not ride.done.done():
                ride.done.set_result(None)

    # -- when something fails

    async def _one_by_one(self, batch: Sequence[Waiting], rides: Sequence[Ride]) -> None:
        for ride in rides:
            await self._ride_alone(ride)
        for waiting in batch:
            await self._alone(waiting)

    async def _ride_alone(self, ride: Ride) -> None:
        try:
            await self._transact([], [ride])
        except Exception as error:
            self._note_failure("ride", error)
            if not ride.done.done():
                ride.done.set_exception(StoreDownError(str(type(error).__name__)))
            return
        self._arrive([ride])

    async def _alone(self, waiting: Waiting) -> None:
        """A message by itself, in its own transaction; parked when it fails three times."""
        for attempt in range(TRIES):
            try:
                [replies] = await self._transact([waiting])
            except Exception as error:
                self._note_failure("message", error)
                if attempt + 1 == TRIES:
                    await self._park(waiting, "".join(traceback.format_exception(error)))
            else:
                self._answer(waiting, replies)
                return

    async def _park(self, waiting: Waiting, trace: str) -> None:
        """Keep a message that can't be handled, with its traceback, and tell the person plainly."""
        one = waiting.incoming
        try:
            plan = await self._write_parked(waiting, trace)
        except Exception as error:
            self._note_failure("park", error)
            self._fail(waiting, error)
            return
        self.metrics.parked.labels(one.channel).inc()
        self._answer(waiting, plan.inline)

    async def _write_parked(self, waiting: Waiting, trace: str) -> Plan:
        one = waiting.incoming
        async with self.store.write() as unit:
            mac = receipts.key_mac(unit, one.key)
            met = await people.recognise(unit, [one], self.store.settings.timezone)
            person = met[one.channel, one.address].person
            with speaking(person.language):
                reply = Reply(_(SORRY))
            plan = await self.leaving.plan(unit, waiting, person, [reply], [])
            receipts.write(unit, mac, person, _said(one), plan.inline)
            parking.park(unit, mac, one, trace)
        return plan

    def _fail(self, waiting: Waiting, error: Exception) -> None:
        if not waiting.answer.done():
            waiting.answer.set_exception(StoreDownError(type(error).__name__))

    def _note_failure(self, kind: str, error: Exception) -> None:
        self.metrics.failures.labels(kind).inc()
        log.error("failed", kind=kind, error=type(error).__name__, where=where(error))

    def _count(self, batch: Sequence[Waiting], old: set[str]) -> None:
        counted = Counter((waiting.incoming.channel, waiting.incoming.key in old) for waiting in batch)
        for (channel, repeated), number in counted.items():
            (self.metrics.repeated if repeated else self.metrics.messages).labels(channel).inc(number)


def _incoming(waiting: Waiting) -> Incoming:
    return waiting.incoming


def _keys(waiting: Mapping[bytes, Waiting]) -> dict[bytes, str]:
    return {mac: one.incoming.key for mac, one in waiting.items()}


def _said(one: Incoming, state: State | None = None) -> dict[str, Any]:
    """What of a message is kept with its receipt, for the chat's history. `label` is what a tapped option was called,
    by the conversation's state before the message."""
    pictures = [media.ref for media in one.media]
    shown = state.shown if state is not None and one.choice else []
    label = next((label for label, value in shown if value == one.choice), "")
    return {"text": one.text, "choice": one.choice, "label": label, "media": pictures, "event": one.event or ""}
