"""One row of the outbox on its way: sent through its channel, or fetched from the platform and kept sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bot.channels.base import SENT, Channel, Fetched, Outcome, Payload
from bot.filetypes import NotTaken, judge
from bot.log import get_logger
from bot.messages import Reply
from bot.metrics import Metrics
from bot.pace import Paces
from bot.store import media, results
from bot.store.outbox import Row
from bot.store.store import Store
from bot.store.unit import Unit
from bot.store.windows import SPEND, Windows

log = get_logger()

PATIENCE = 25.0  # seconds a send may take before its outcome counts as unknown; less than half a claim
MOST_ATTEMPTS = 12  # with the pauses between them, about two hours
AGAIN = 60.0  # seconds before a store that did not answer is asked again

Delivered = tuple[Outcome, Payload | None]  # what became of it; what is left to send, when part of it went out


Arrivals = Callable[[Unit, int], Awaitable[None]]
Ride = Callable[[sa.Executable, Sequence[Mapping[str, Any]]], "asyncio.Future[None]"]


class Delivery:
    """Sends and fetches; never raises for what goes wrong there. `ride`: a write that goes with the next commit."""

    def __init__(
        self,
        store: Store,
        channels: Mapping[str, Channel],
        blobs: media.Blobs,
        metrics: Metrics,
        paces: Paces,
        ride: Ride,
    ) -> None:
        self.store = store
        self.channels = channels
        self.blobs = blobs
        self.metrics = metrics
        self.paces = paces
        self.ride = ride
        self.arrivals: Arrivals | None = None  # told of every file that was kept or can't be had
        self.patience = PATIENCE

    async def deliver(self, row: Row) -> Delivered:
        """Do what the row asks for. The turn of the first message of something unasked was taken by the caller."""
        channel = self.channels[row.channel]
        if row.kind == "fetch":
            return await self._fetch(channel, row), None
        try:
            if not row.address and row.kind != "call":  # that one knows itself where it goes
                return Outcome("refused", results.NO_ADDRESS), None
            if not row.reachable:
                return Outcome("blocked", results.UNREACHABLE), None
            return await self._say(channel, row)
        except Exception as error:
            return Outcome("unknown", self._note("send", error)), None

    async def _say(self, channel: Channel, row: Row) -> Delivered:
        """One message; or what is the same for every channel, as this channel shows it: perhaps several."""
        parts = row.payload.get("parts") or (
            channel.notice(Reply.from_json(row.payload["reply"])) if "reply" in row.payload else [row.payload]
        )
        for number, part in enumerate(parts):
            await self._turn(row, number)
            outcome = await self._part(channel, row, part, number)
            if outcome.result != "sent":  # what went out is not said again
                return outcome, {**row.payload, "parts": list(parts[number:])} if number else None
        return SENT, None

    async def _turn(self, row: Row, number: int) -> None:
        """Answers go at once and are only counted; the second message of a notice waits for its turn like the first."""
        if not row.unasked:
            self.paces[row.channel].note(row.address)
        elif number:
            await self.paces[row.channel].turn(row.address)

    async def _part(self, channel: Channel, row: Row, part: Payload, number: int) -> Outcome:
        if number and (row.until - self.store.clock()).total_seconds() < self.patience:
            return Outcome("retry", "out of time", 0.0)  # by its end another process may have the row
        try:
            async with asyncio.timeout(self.patience):
                if channel.windows is not None and row.identity_id is not None:
                    return await self._in_window(channel, channel.windows, row, row.identity_id, part)
                return await channel.send(row.address, part)
        except TimeoutError:
            return Outcome("unknown", results.TIMED_OUT)

    async def _in_window(self, channel: Channel, windows: Windows, row: Row, who: int, part: Payload) -> Outcome:
        """Send while the platform lets us; else what is their own matter is announced another way, and waits."""
        async with self.store.read() as unit:
            left = await windows.left(unit, who)
        if not left:
            return await windows.nudge(who, row.address) if row.kind == "notice" else Outcome("contact", results.WINDOW)
        outcome = await channel.send(row.address, part)
        if outcome.result in {"sent", "unknown"}:
            riding = self.ride(SPEND, [windows.spent(who, 1, self.store.clock())])
            riding.add_done_callback(lambda ride: ride.cancelled() or ride.exception())  # counted or not: no harm
        return outcome

    async def _fetch(self, channel: Channel, row: Row) -> Outcome:
        """Get a picture from the platform. Whatever goes wrong with it here or there, it may be tried again."""
        try:
            async with asyncio.timeout(2 * self.patience):  # so it may outlast its claim, too
                fetched = await channel.fetch(str(row.payload["ref"]))
            return await self._keep(row, fetched)
        except Exception as error:
            return await self._give_up(row, Fetched(reason=self._note("fetch", error), again=True))

    async def _keep(self, row: Row, fetched: Fetched) -> Outcome:
        """What came is on the disk, sealed, before it is marked."""
        if fetched.reason or fetched.again:
            return await self._give_up(row, fetched)
        media_id = int(row.payload["media"])
        kind, mime = "", fetched.mime
        if self.arrivals is not None:
            try:
                kind, mime = await judge(fetched.content)
            except NotTaken as refused:
                return await self._give_up(row, Fetched(reason=refused.reason))
        await asyncio.to_thread(self.blobs.write, self.store.vault, media_id, fetched.content)
        async with self.store.write() as unit:
            wanted = await media.kept(unit, media_id, fetched.content, mime, kind)
            if wanted and self.arrivals is not None:
                await self.arrivals(unit, media_id)
        if not wanted:  # erased while it was on its way
            self.blobs.erase(media_id)
        return SENT

    async def _give_up(self, row: Row, fetched: Fetched) -> Outcome:
        """Try again later, or note that it can't be had."""
        if fetched.again and (fetched.after is not None or row.attempts + 1 < MOST_ATTEMPTS):
            return Outcome("retry", fetched.reason, fetched.after)
        try:
            async with self.store.write() as unit:
                await media.failed(unit, int(row.payload["media"]), fetched.reason)
                if self.arrivals is not None:
                    await self.arrivals(unit, int(row.payload["media"]))
        except Exception as error:
            return Outcome("retry", self._note("fetch", error), AGAIN)
        return Outcome("refused", fetched.reason)

    def _note(self, kind: str, error: Exception) -> str:
        name = type(error).__name__
        self.metrics.failures.labels(kind).inc()
        log.error("failed", kind=kind, error=name)
        return name
