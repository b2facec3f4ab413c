"""One process of the service: its channels, dispatcher, courier and chores, started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import AsyncIterator
from functools import cached_property
from typing import TYPE_CHECKING

from bot.bulk import Bulk
from bot.channels.base import Channel
from bot.channels.terminal import Terminal
from bot.chores import Chores
from bot.clock import Clock, system_clock
from bot.courier import Courier
from bot.dispatcher import Dispatcher
from bot.heirs import Heirs
from bot.i18n import use_folder
from bot.leadership import CHORES, make_leadership
from bot.metrics import Metrics
from bot.pace import Paces
from bot.peaks import load_peaks
from bot.quiet import QuietHours
from bot.roof import arrivals, chores, make_registry, pages, retention_rules, warm
from bot.settings import Settings
from bot.site import load_site
from bot.store import migrate
from bot.store.media import Blobs
from bot.store.store import Store
from bot.sweeper import Sweeper

if TYPE_CHECKING:
    from starlette.applications import Starlette


class Service:
    """Everything of one process. `start` migrates, opens and begins; `stop` finishes what is in hand."""

    def __init__(self, settings: Settings, clock: Clock = system_clock, *, only: set[str] | None = None) -> None:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        use_folder(settings.locale_dir)
        self.settings = settings
        self.clock = clock
        self.metrics = Metrics()
        self.store = Store(settings, clock)
        self.blobs = Blobs(settings.data_dir)
        self.registry = make_registry(settings, self.blobs)
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self.leadership = make_leadership(self.store, self.name)
        self.heirs = Heirs(self.store, self.leadership)
        self.leaving = asyncio.Event()  # set when we are told to stop: what holds connections open lets go
        self.channels: dict[str, Channel] = {}
        self.dispatcher = Dispatcher(self.store, self.registry, self.channels, self.metrics, self.name)
        self.paces = Paces(self.channels)
        self.quiet = QuietHours(load_peaks(settings.content_dir), settings.timezone)
        self.courier = Courier(
            self.store,
            self.channels,
            self.dispatcher,
            self.blobs,
            self.metrics,
            paces=self.paces,
            quiet=self.quiet,
            leadership=self.leadership,
        )
        hands = (self.store, self.channels, self.dispatcher, self.paces, self.metrics, self.courier.delivery)
        self.bulk = Bulk(*hands, self.leadership.leads, self.courier.told, self.quiet)
        self.courier.delivery.arrivals = arrivals
        self._works = False  # True while this process does more than answer
        self._add_channels(only)

    @cached_property
    def sweeper(self) -> Sweeper:
        """What wipes once a day; only who serves has need of it."""
        rules = retention_rules(load_site(self.settings.content_dir), self.blobs)
        return Sweeper(self.store, rules, self.metrics)

    @cached_property
    def chores(self) -> Chores:
        """What comes round; only who serves has need of it."""
        return Chores(self.store, chores(self.registry), self.metrics, leads=self._leads_chores)

    async def _leads_chores(self) -> bool:
        return await self.leadership.leads(CHORES)

    def _add_channels(self, only: set[str] | None) -> None:
        """Channels whose settings are there; imported only then."""

        def wanted(name: str) -> bool:
            return only is None or name in only

        self.channels["terminal"] = Terminal()
        if wanted("webhook"):
            from bot.channels.webhook import Webhooks

            self.channels["webhook"] = Webhooks(self)
        if wanted("web"):
            from bot.channels.web import Web

            self.channels["web"] = Web(self)
        if wanted("telegram") and self.settings.telegram_on:
            from bot.channels.telegram import Telegram

            self.channels["telegram"] = Telegram(self)
        if wanted("wechat") and self.settings.wechat_on:
            from bot.channels.wechat import Wechat

            self.channels["wechat"] = Wechat(self)

    async def start(self, *, courier: bool = True) -> None:
        """Migrate the store, open it, begin to serve. Never waits for a platform."""
        await migrate.upgrade(self.store.writer)
        await self.store.open()
        await self.leadership.start()
        self.dispatcher.start()
        if courier:
            self._works = True
            await self.heirs.start()
            self.courier.start()
            self.bulk.start()
            self.sweeper.start()
            self.chores.start()
        for channel in self.channels.values():
            await channel.start()

    async def stop(self) -> None:
        """Finish the batch and the sends in hand, then close. Channels go last: the courier sends through them."""
        self.leaving.set()
        if self._works:
            await self.sweeper.stop()
            await self.chores.stop()
        await self.bulk.stop()
        await self.dispatcher.stop()
        await self.courier.stop()
        await self.heirs.stop()
        for channel in self.channels.values():
            await channel.stop()
        await self.leadership.stop()
        await self.store.close()

    @contextlib.asynccontextmanager
    async def running(self, *, courier: bool = True) -> AsyncIterator[Service]:
        """Start, and stop in any case."""
        try:
            await self.start(courier=courier)
        except BaseException:
            await self.leadership.stop()
            await self.store.close()
            raise
        try:
            yield self
        finally:
            await self.stop()

    def warm(self) -> None:
        """Read what the first question needs; takes its time, so it is called in a thread."""
        warm(self.registry)

    def web(self) -> Starlette:
        """The HTTP application: all channels' routes, the desk's, and operations."""
        from bot.web import make_app

        return make_app(self, pages(self))
