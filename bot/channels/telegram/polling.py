"""Long polling: the offset is advanced only after the commit; a lease lets only one process poll."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from telegram import Bot, Update
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.limits import KINDS, POLL_LIMIT, POLL_SECONDS
from bot.dispatcher import StoreDownError
from bot.store import leases

if TYPE_CHECKING:
    from bot.app import Service

log = structlog.get_logger()

LEASE = "telegram-poll"
LEASE_LENGTH = timedelta(seconds=POLL_SECONDS + 30)
NAP = 5.0  # seconds before another try at the lease or at the platform


class Poller:
    """Polls while it holds the lease."""

    def __init__(self, service: Service, bot: Bot, take: Callable[[Update], Awaitable[None]]) -> None:
        self.service = service
        self.bot = bot
        self.take = take
        self.offset: int | None = None  # the platform keeps what is not confirmed, so a restart needs no memory

    async def run(self) -> None:
        """Poll till cancelled."""
        while True:
            try:
                if await self._lead():
                    await self.once()
                else:
                    await asyncio.sleep(NAP)
            except RetryAfter as error:
                wait = error.retry_after
                await asyncio.sleep(wait if isinstance(wait, int) else wait.total_seconds())
            except (TelegramError, StoreDownError, OSError) as error:
                log.warning("poll failed", error=type(error).__name__)
                await asyncio.sleep(NAP)

    async def once(self, timeout: int = POLL_SECONDS) -> int:  # noqa: ASYNC109  (the platform's own parameter)
        """One poll: handles what came, then moves the offset; gives how many came."""
        updates = await self.bot.get_updates(
            offset=self.offset, limit=POLL_LIMIT, timeout=timeout, allowed_updates=list(KINDS)
        )
        if updates:
            await asyncio.gather(*(self.take(update) for update in updates))
            self.offset = updates[-1].update_id + 1
        return len(updates)

    async def _lead(self) -> bool:
        async with self.service.store.write() as unit:
            return await leases.take(unit, LEASE, self.service.name, LEASE_LENGTH)

    async def give_back(self) -> None:
        """Let another process poll at once."""
        async with self.service.store.write() as unit:
            await leases.give_back(unit, LEASE, self.service.name)
