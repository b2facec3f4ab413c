"""What platforms told us: to wait with one chat, or with everything. Kept in the store, so a restart knows it."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from bot.pace import Paces
from bot.store import batches, recipients
from bot.store.outbox import TOLD
from bot.store.store import Store
from bot.store.unit import Unit

AT_ONCE = timedelta(seconds=10)  # when so many chats are told to wait within this, everybody is meant
CHATS = 3  # the platform does not say which it means (platform-rules T5, T6)


class Told:
    """The pauses of one process."""

    def __init__(self, store: Store, paces: Paces) -> None:
        self.store = store
        self.paces = paces
        self._chats: dict[int, tuple[datetime, str]] | None = None  # identity -> till when, and why; None: not read yet
        self._lately: dict[str, deque[tuple[datetime, int]]] = {}  # channel -> who was told to wait

    async def learn(self, unit: Unit) -> None:
        """Read what was kept: single chats once, channels every time, as another process may have been told."""
        if self._chats is None:
            kept = await recipients.pauses(unit)
            self._chats = {one: (until, TOLD) for one, until in kept.items()}
        for channel, until in (await batches.closed_channels(unit)).items():
            if channel in self.paces.channels:
                self.paces[channel].close((until - unit.now).total_seconds())

    def paused(self, identity_id: int | None, now: datetime) -> tuple[datetime, str] | None:
        """Till when nothing goes to this chat, and why."""
        if not self._chats or identity_id is None or identity_id not in self._chats:
            return None
        if self._chats[identity_id][0] <= now:
            del self._chats[identity_id]
            return None
        return self._chats[identity_id]

    async def hold(self, channel: str, identity_id: int | None, until: datetime, why: str) -> None:
        """A send to this chat was put off till then. Too many of them at once close the channel."""
        now = self.store.clock()
        if identity_id is None:
            return
        self._chats = {**(self._chats or {}), identity_id: (until, why)}
        if why.startswith(TOLD) and self._everybody(channel, identity_id, now):
            self.paces[channel].close((until - now).total_seconds())
            async with self.store.write() as unit:
                await batches.close_channel(unit, channel, until)

    def _everybody(self, channel: str, identity_id: int, now: datetime) -> bool:
        lately = self._lately.setdefault(channel, deque(maxlen=2 * CHATS))
        lately.append((now, identity_id))
        return len({who for at, who in lately if now - at <= AT_ONCE}) >= CHATS
