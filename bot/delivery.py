"""One row of the outbox on its way: sent through its channel, or fetched from the platform and kept sealed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import structlog

from bot.channels.base import SENT, Channel, Fetched, Outcome, Payload
from bot.messages import Reply
from bot.metrics import Metrics
from bot.store import media
from bot.store.outbox import Row
from bot.store.store import Store

log = structlog.get_logger()

PATIENCE = 25.0  # seconds a send may take before its outcome counts as unknown; less than half a claim
MOST_ATTEMPTS = 12  # with the pauses between them, about two hours

Delivered = tuple[Outcome, Payload | None]  # what became of it; what is left to send, when part of it went out


class Delivery:
    """Sends and fetches; never raises for what goes wrong there."""

    def __init__(self, store: Store, channels: Mapping[str, Channel], blobs: media.Blobs, metrics: Metrics) -> None:
        self.store = store
        self.channels = channels
        self.blobs = blobs
        self.metrics = metrics
        self.patience = PATIENCE

    async def deliver(self, row: Row) -> Delivered:
        """Do what the row asks for."""
        channel = self.channels.get(row.channel)
        if channel is None:
            return Outcome("retry", "the channel is switched off", 600), None
        try:
            if row.kind == "fetch":
                return await self._fetch(channel, row), None
            if not row.address:
                return Outcome("refused", "no address"), None
            if not row.reachable:
                return Outcome("blocked", "unreachable"), None
            async with asyncio.timeout(self.patience):
                return await self._say(channel, row)
        except TimeoutError:
            return Outcome("unknown", "timed out"), None
        except Exception as error:
            self.metrics.failures.labels("send").inc()
            log.error("failed", kind="send", error=type(error).__name__)
            return Outcome("unknown", type(error).__name__), None

    async def _say(self, channel: Channel, row: Row) -> Delivered:
        """One message; or what is the same for every channel, as this channel shows it: perhaps several."""
        parts = row.payload.get("parts") or (
            channel.notice(Reply.from_json(row.payload["reply"])) if "reply" in row.payload else [row.payload]
        )
        for number, part in enumerate(parts):
            outcome = await channel.send(row.address, part)
            if outcome.result != "sent":  # what went out is not said again
                return outcome, {**row.payload, "parts": list(parts[number:])} if number else None
        return SENT, None

    async def _fetch(self, channel: Channel, row: Row) -> Outcome:
        """Get a picture from the platform; it is kept, sealed, before it is marked."""
        media_id = int(row.payload["media"])
        try:
            async with asyncio.timeout(2 * self.patience):  # a fetch may be repeated, so it may outlast its claim
                fetched = await channel.fetch(str(row.payload["ref"]))
        except TimeoutError:
            fetched = Fetched(reason="timed out", again=True)
        if fetched.again and (fetched.after is not None or row.attempts + 1 < MOST_ATTEMPTS):
            return Outcome("retry", fetched.reason, fetched.after)
        if fetched.reason:
            async with self.store.write() as unit:
                await media.failed(unit, media_id, fetched.reason)
            return Outcome("refused", fetched.reason)
        await asyncio.to_thread(self.blobs.write, self.store.vault, media_id, fetched.content)
        async with self.store.write() as unit:
            wanted = await media.kept(unit, media_id, fetched.content, fetched.mime)
        if not wanted:  # erased while it was on its way
            self.blobs.erase(media_id)
        return SENT
