"""The rate law of one channel: so many sends in any rolling second, and not more often than so to one chat.

Who just wrote is answered at once: such a send is only noted. What is sent unasked takes the turns that are left, and
leaves a few free, so that an answer in the same second does not break the law either.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channels.base import Channel

SLACK = 0.05  # seconds added to a second: what left a second apart may arrive a little closer
KEPT_FREE = 0.1  # of the turns of a second, for answers to who writes in it
A_CHAT = 1.0  # sends a second to one chat (platform-rules T5: "about one message per second")


class Pace:
    """Counts the sends of one channel in this process. `per_second` None: no law, every turn is free.

    `clock` gives seconds that only grow; `nap` sleeps that long.
    """

    def __init__(
        self,
        per_second: float | None,
        clock: Callable[[], float] = monotonic,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.clock = clock
        self.nap = nap
        self._most = 0  # unasked sends in one window; 0: no law
        self._window = 0.0
        if per_second is not None:
            whole = max(1, math.floor(per_second))
            self._most = max(1, math.floor(whole * (1 - KEPT_FREE)))
            self._window = max(1.0, whole / per_second) + SLACK
        self._sent: deque[float] = deque()
        self._chats: dict[str, float] = {}  # chat -> its last send; the oldest first
        self._closed = -math.inf

    def note(self, chat: str) -> None:
        """Somebody was answered: it counts, and did not wait."""
        if not self._most:
            return
        now = self.clock()
        self._forget(now)
        self._sent.append(now)
        self._chats.pop(chat, None)
        self._chats[chat] = now

    def wait(self, chat: str) -> float:
        """Seconds till something unasked may go to this chat; 0 when it may go now."""
        if not self._most:
            return 0.0
        now = self.clock()
        self._forget(now)
        moments = [self._closed]
        if len(self._sent) >= self._most:
            moments.append(self._sent[-self._most] + self._window)
        if chat in self._chats:
            moments.append(self._chats[chat] + 1 / A_CHAT + SLACK)
        return max(0.0, max(moments) - now)

    async def turn(self, chat: str) -> None:
        """Wait till something unasked may go to this chat, and take the turn."""
        while (seconds := self.wait(chat)) > 0:
            await self.nap(seconds)
        self.note(chat)

    def close(self, seconds: float) -> None:
        """The platform told us to send nothing to anybody for so long."""
        self._closed = max(self._closed, self.clock() + seconds)

    @property
    def closed(self) -> float:
        """Seconds till the platform lets us send again; 0 when it does now."""
        return max(0.0, self._closed - self.clock())

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] <= now - self._window:
            self._sent.popleft()
        while self._chats and (chat := next(iter(self._chats))) and self._chats[chat] <= now - 1 / A_CHAT - SLACK:
            del self._chats[chat]


class Paces:
    """The pace of each channel, one for all who send through it in this process."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        clock: Callable[[], float] = monotonic,
        nap: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.channels = channels
        self.clock = clock
        self.nap = nap
        self._paces: dict[str, Pace] = {}

    def __getitem__(self, channel: str) -> Pace:
        """The one of this channel; made when it is first asked for, as channels are added after their users."""
        if channel not in self._paces:
            self._paces[channel] = Pace(self.channels[channel].per_second, self.clock, self.nap)
        return self._paces[channel]
