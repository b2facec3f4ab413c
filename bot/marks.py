"""Marks of what was sent: all that are ready go in one commit, many at the price of one.

On SQLite they ride along with the dispatcher's next commit, as there is one writer. PostgreSQL has many: there they are
a statement by themselves, one trip to the server instead of three, and in nobody's way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.dispatcher import Dispatcher
from bot.line import Ride, StoreDownError
from bot.store.recipients import SENT

NAP, MOST_NAPS = 0.005, 40  # seconds, times: a batch gives way to answers for at most 0.2 s at each commit
AGAIN = 1.0  # seconds before a store that did not answer is asked again


class Marks:
    """What this process writes about rows of batches. It is written until it holds: what was sent and is not marked
    would be sent again."""

    def __init__(self, dispatcher: Dispatcher, nap: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.dispatcher = dispatcher
        self.nap = nap
        self._statement = SENT[dispatcher.store.sqlite]
        self._ride: Ride | None = None
        self._ids: list[int] = []  # what goes with that ride
        self._committing: asyncio.Task[None] | None = None

    async def sent(self, row_id: int) -> None:
        """A row was sent; durable when this returns."""
        while True:
            ride = self._open_ride()
            self._ids.append(row_id)
            try:
                await asyncio.shield(ride.done)
            except StoreDownError:
                await self.nap(AGAIN)
            else:
                return

    def _open_ride(self) -> Ride:
        """One that has not left yet."""
        if self._ride is None or self._ride.boarded:
            self._ids = []
            values = {"ids": self._ids, "by": self.dispatcher.name, "at": self.dispatcher.store.clock()}
            if self.dispatcher.store.sqlite:
                self._ride = self.dispatcher.shared_ride(self._statement, [values])
            else:
                self._ride = Ride(self._statement, [values], asyncio.get_running_loop().create_future())
                if self._committing is None or self._committing.done():
                    self._committing = asyncio.create_task(self._commit_all())
        return self._ride

    async def _commit_all(self) -> None:
        """One commit after the other, as long as there are marks."""
        while (ride := self._ride) is not None and not ride.boarded:
            await self._let_answers_pass()
            await asyncio.sleep(0)  # who is ready in this pass of the loop comes along
            ride.boarded = True
            try:
                await self.dispatcher.store.at_once(ride.statement, ride.values[0])
            except Exception as error:
                self.dispatcher.metrics.failures.labels("marks").inc()
                ride.done.set_exception(StoreDownError(type(error).__name__))
            else:
                ride.done.set_result(None)
                await asyncio.sleep(0)  # they send their next ones

    async def _let_answers_pass(self) -> None:
        """While somebody waits for an answer the machine is theirs, but not for ever."""
        for _nap in range(MOST_NAPS):
            if not self.dispatcher.talks:
                return
            await asyncio.sleep(NAP)

    async def write(self, statement: sa.Executable, values: Mapping[str, Any]) -> None:
        """Anything else about one row; durable when this returns."""
        while True:
            try:
                await self.dispatcher.ride(statement, [values])
            except StoreDownError:
                await self.nap(AGAIN)
            else:
                return
