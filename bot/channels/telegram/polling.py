"""Long polling: the offset is advanced only after the commit; of all processes one polls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from telegram.error import RetryAfter

from bot.channels.telegram.client import Client, seconds
from bot.channels.telegram.limits import POLL_SECONDS
from bot.leadership import POLLING
from bot.log import get_logger

if TYPE_CHECKING:
    from bot.app import Service

log = get_logger()

NAP = 5.0  # seconds before another look whether it is our turn, or another try at the platform


class Poller:
    """Polls while this process is the one to. `take` handles one raw update and raises when it could not be stored."""

    def __init__(self, service: Service, bot: Client, take: Callable[[dict[str, Any]], Awaitable[None]]) -> None:
        self.service = service
        self.bot = bot
        self.take = take
        self.offset: int | None = None  # the platform keeps what is not confirmed, so a restart needs no memory

    async def run(self, nap: Callable[[float], Awaitable[None]]) -> None:
        """Poll till cancelled."""
        while True:
            pause = NAP
            try:
                if await self.service.leadership.leads(POLLING):
                    await self.once()
                    pause = 0.0
            except RetryAfter as error:
                pause = seconds(error)
            except Exception as error:  # whatever it was, the next look must come
                log.warning("poll failed", error=type(error).__name__)
            if pause:
                await nap(pause)

    async def once(self, wait: int = POLL_SECONDS) -> None:
        """One poll: handles what came, then moves the offset."""
        updates = await self.bot.raw_updates(self.offset, wait)
        done = await asyncio.gather(*(self.take(update) for update in updates), return_exceptions=True)
        for failure in done:
            if failure is not None:
                raise failure
        # an empty answer says that all is confirmed; after a quiet week the ids may begin anew, lower (T9)
        self.offset = max((int(update["update_id"]) for update in updates), default=-1) + 1 or None

    async def give_back(self) -> None:
        """Let another process poll at once."""
        await self.service.leadership.give_up(POLLING)
