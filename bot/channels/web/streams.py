"""Event streams: what is new in a person's chat, pushed to each of their open pages.

A bell rings a page's stream whenever there may be something new; the stream then reads the history and sends what it
has not sent yet. Rung by this process's own messages and sends; what another process sent is found by looking.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa
import structlog

from bot.channels.web import transcript
from bot.channels.web.limits import HEARTBEAT, LOOK_EVERY
from bot.store.people import address_mac
from bot.store.tables import identities, outbox, receipts
from bot.store.unit import Unit

if TYPE_CHECKING:
    from bot.store.store import Store

log = structlog.get_logger()
OPENING = b"retry: 1000\n\n"  # ms after which a browser connects again
ALIVE = b": alive\n\n"
OVERLAP = timedelta(minutes=1)  # sent again on opening: the page drops what it has
MOST_AT_ONCE = 1000  # addresses in one look
Sign = tuple[Any, ...]


class Streams:
    """The open pages of this process."""

    def __init__(self, store: Store, leaving: asyncio.Event, heartbeat: float = HEARTBEAT) -> None:
        self.store = store
        self.leaving = leaving
        self.heartbeat = heartbeat
        self.look_every = LOOK_EVERY
        self._bells: dict[str, set[asyncio.Event]] = {}
        self._signs: dict[str, Sign] = {}  # what the last look saw, by address
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for what other processes send, and for our own end."""
        self._watch = asyncio.create_task(self._look_on(), name="web-streams")

    async def stop(self) -> None:
        """End all streams."""
        self.leaving.set()
        if self._watch is not None:
            await self._watch

    def ring(self, address: str) -> None:
        """There may be something new for this person."""
        for bell in self._bells.get(address, ()):
            bell.set()

    def ring_soon(self, address: str) -> None:
        """Something is about to be committed for this person: a send is marked just after it was made."""
        if address in self._bells:
            loop = asyncio.get_running_loop()
            for seconds in (0.02, 0.1, 0.5, 1.5):
                loop.call_later(seconds, self.ring, address)

    def ring_all(self) -> None:
        """Wake every stream."""
        for address in self._bells:
            self.ring(address)

    # -- one stream

    async def events(self, address: str) -> AsyncIterator[bytes]:
        """The stream of one page, until it goes away or we do."""
        with self._listening(address) as bell:
            yield OPENING
            since: datetime | None = self.store.clock() - OVERLAP
            seen: set[str] = set()
            while not self.leaving.is_set():
                bell.clear()
                fresh, seen = await self._news(address, seen, since)
                since = None
                for message in fresh:
                    yield _event(message)
                if not await self._rung(bell):
                    yield ALIVE

    async def _rung(self, bell: asyncio.Event) -> bool:
        """Wait for the bell; False when it is time for a sign of life instead."""
        if self.leaving.is_set():
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(bell.wait(), self.heartbeat)
        return bell.is_set()

    async def _news(
        self, address: str, seen: set[str], since: datetime | None
    ) -> tuple[list[transcript.Message], set[str]]:
        """(the newest messages that were not sent yet, the ids of the newest). On opening those before `since`
        count as sent. A store that does not answer has no news."""
        try:
            async with self.store.read() as unit:
                who = await transcript.known(unit, address)
                newest = (await transcript.page(unit, who))[0] if who is not None else []
        except sa.exc.SQLAlchemyError as error:
            log.warning("failed", kind="stream", error=type(error).__name__)
            return [], seen
        fresh = [one for one in newest if one["id"] not in seen]
        if since is not None:
            fresh = [one for one in fresh if datetime.fromisoformat(one["at"]) >= since]
        return fresh, {one["id"] for one in newest}

    @contextlib.contextmanager
    def _listening(self, address: str) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._bells.setdefault(address, set()).add(bell)
        try:
            yield bell
        finally:
            self._bells[address].discard(bell)
            if not self._bells[address]:
                del self._bells[address]
                self._signs.pop(address, None)

    # -- what other processes did

    async def _look_on(self) -> None:
        while not self.leaving.is_set():
            try:
                await asyncio.wait_for(self.leaving.wait(), self.look_every)
            except TimeoutError:
                await self._look_once()
        self.ring_all()

    async def _look_once(self) -> None:
        try:
            await self.look()
        except Exception as error:
            log.warning("failed", kind="stream", error=type(error).__name__)

    async def look(self) -> None:
        """Ring for everybody whose chat has grown since the last look: one cheap query for a thousand open pages."""
        everybody = list(self._bells)
        for start in range(0, len(everybody), MOST_AT_ONCE):
            addresses = everybody[start : start + MOST_AT_ONCE]
            async with self.store.read() as unit:
                signs = await _signs(unit, addresses)
            for address, sign in signs.items():
                if address in self._bells and self._signs.get(address) != sign:
                    self._signs[address] = sign
                    self.ring(address)


async def _signs(unit: Unit, addresses: Sequence[str]) -> dict[str, Sign]:
    """What changes when a chat grows: the newest receipt, how much was sent unasked, and when last."""
    macs = {address_mac(unit, "web", address): address for address in addresses}
    mine = sa.and_(outbox.c.identity_id == identities.c.id, outbox.c.state == "sent")
    statement = sa.select(
        identities.c.address_mac,
        sa.select(sa.func.max(receipts.c.id)).where(receipts.c.identity_id == identities.c.id).scalar_subquery(),
        sa.select(sa.func.count()).select_from(outbox).where(mine).scalar_subquery(),
        sa.select(sa.func.max(outbox.c.done_at)).where(mine).scalar_subquery(),
    ).where(identities.c.channel == "web", identities.c.address_mac.in_(list(macs)))
    return {macs[bytes(row[0])]: tuple(row[1:]) for row in await unit.execute(statement)}


def _event(message: transcript.Message) -> bytes:
    return b"event: message\nid: %s\ndata: %s\n\n" % (message["id"].encode(), orjson.dumps(message))
