"""Event streams: what is new in a person's chat, pushed to each of their open pages.

What a person says here is pushed to their other pages as it is. For all else a bell rings, and the stream reads the
history for what it has not sent yet: after a send of this process's courier, when another process rings, or when a
look at the store finds that one was there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from bot.channels.web import transcript
from bot.channels.web.limits import HEARTBEAT, LOOK_EVERY
from bot.log import get_logger
from bot.store.bell import WEB
from bot.store.people import address_mac, mac_of
from bot.store.tables import identities, outbox, receipts
from bot.store.unit import Unit

if TYPE_CHECKING:
    from bot.store.store import Store

log = get_logger()
OPENING = b"retry: 1000\n\n"  # ms after which a browser connects again
ALIVE = b": alive\n\n"
OVERLAP = timedelta(minutes=1)  # sent again on opening: the page drops what it has
SOON = (0.02, 0.1, 0.5, 1.5)  # seconds after a send in which its mark is committed, most likely at first
MOST_AT_ONCE = 1000  # addresses in one look
Sign = tuple[Any, ...]


class Listener:
    """One open page: what waits to be sent to it, and whether there may be more in the history."""

    def __init__(self) -> None:
        self.waiting: list[transcript.Message] = []
        self.seen: set[str] = set()  # ids sent, or older than the page
        self.must_look = True
        self.bell = asyncio.Event()

    def fresh(self, messages: Iterable[transcript.Message]) -> list[transcript.Message]:
        """Those not seen yet; they count as seen from now on."""
        found = [one for one in messages if one["id"] not in self.seen]
        self.seen.update(one["id"] for one in found)
        return found


class Streams:
    """The open pages of this process."""

    def __init__(self, store: Store, leaving: asyncio.Event, heartbeat: float = HEARTBEAT) -> None:
        self.store = store
        self.leaving = leaving
        self.heartbeat = heartbeat
        self.look_every = LOOK_EVERY
        self._open: dict[str, set[Listener]] = {}
        self._signs: dict[str, Sign] = {}  # what the last look saw, by address
        self._reading: set[asyncio.Task[list[transcript.Message]]] = set()
        self._watch: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for what other processes send, and for our own end."""
        self.store.bell.on(WEB, self._others_rang)
        self._watch = asyncio.create_task(self._look_on(), name="web-streams")

    async def stop(self) -> None:
        """End all streams."""
        self.leaving.set()
        if self._watch is not None:
            await self._watch
        await asyncio.gather(*self._reading)

    def push(self, address: str, messages: Sequence[transcript.Message]) -> None:
        """Send these to all open pages of a person."""
        for listener in self._open.get(address, ()):
            listener.waiting.extend(messages)
            listener.bell.set()

    def ring(self, address: str) -> None:
        """There may be something new in this person's history."""
        for listener in self._open.get(address, ()):
            listener.must_look = True
            listener.bell.set()

    def ring_soon(self, address: str) -> None:
        """Something is about to be committed for this person: a send is marked just after it was made."""
        loop = asyncio.get_running_loop()
        if address in self._open:
            for seconds in SOON:
                loop.call_later(seconds, self.ring, address)
        if self.store.session is not None:
            for seconds in SOON[1:3]:
                loop.call_later(seconds, self.ring_others, address)

    def ring_others(self, address: str) -> None:
        """Tell the other processes, where this person may have pages open too; the address itself stays here."""
        if self.store.session is not None:
            self.store.bell.ring(WEB, self._mark(address))

    def _others_rang(self, marks: Sequence[str]) -> None:
        rung = set(marks)
        for address in [one for one in self._open if self._mark(one) in rung]:
            self.ring(address)

    def _mark(self, address: str) -> str:
        return mac_of(self.store.vault, "web", address).hex()

    # -- one stream

    async def events(self, address: str) -> AsyncIterator[bytes]:
        """The stream of one page, until it goes away or we do."""
        with self._listening(address) as listener:
            yield OPENING
            listener.seen = await self._long_seen(address)
            while not self.leaving.is_set():
                listener.bell.clear()
                for message in await self._news(address, listener):
                    yield _event(message)
                if not await self._rung(listener.bell):
                    yield ALIVE

    async def _rung(self, bell: asyncio.Event) -> bool:
        """Wait for the bell; False when it is time for a sign of life instead."""
        if self.leaving.is_set():
            return True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.heartbeat):
                await bell.wait()
        return bell.is_set()

    async def _long_seen(self, address: str) -> set[str]:
        """The ids a page that opens now has read for sure; what is younger is sent again, and the page drops it."""
        before = self.store.clock() - OVERLAP
        return {one["id"] for one in await self._newest(address) if datetime.fromisoformat(one["at"]) < before}

    async def _news(self, address: str, listener: Listener) -> list[transcript.Message]:
        """What this page has not been sent yet."""
        waiting, listener.waiting = listener.waiting, []
        if not listener.must_look:
            return listener.fresh(waiting)
        listener.must_look = False
        newest = await self._newest(address)
        fresh = listener.fresh([*newest, *waiting])
        if newest:  # older ids are not asked for again
            listener.seen = {one["id"] for one in (*newest, *waiting)}
        return fresh

    async def _newest(self, address: str) -> list[transcript.Message]:
        """The newest page of the history. A page that goes away does not cut the store short in the middle of it."""
        task = asyncio.create_task(self._read(address))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)
        return await asyncio.shield(task)

    async def _read(self, address: str) -> list[transcript.Message]:
        """A store that does not answer has none."""
        try:
            async with self.store.read() as unit:
                who = await transcript.known(unit, address)
                return (await transcript.page(unit, who))[0] if who is not None else []
        except sa.exc.SQLAlchemyError as error:
            log.warning("failed", kind="stream", error=type(error).__name__)
            return []

    @contextlib.contextmanager
    def _listening(self, address: str) -> Iterator[Listener]:
        listener = Listener()
        self._open.setdefault(address, set()).add(listener)
        try:
            yield listener
        finally:
            self._open[address].discard(listener)
            if not self._open[address]:
                del self._open[address]
                self._signs.pop(address, None)

    # -- what other processes did

    async def _look_on(self) -> None:
        while not self.leaving.is_set():
            try:
                async with asyncio.timeout(self.look_every):
                    await self.leaving.wait()
            except TimeoutError:
                await self._look_once()
        for address in self._open:
            self.ring(address)

    async def _look_once(self) -> None:
        try:
            await self.look()
        except Exception as error:
            log.warning("failed", kind="stream", error=type(error).__name__)

    async def look(self) -> None:
        """Ring for everybody whose chat has grown since the last look: one cheap query for a thousand open pages."""
        everybody = list(self._open)
        for start in range(0, len(everybody), MOST_AT_ONCE):
            addresses = everybody[start : start + MOST_AT_ONCE]
            async with self.store.read() as unit:
                signs = await _signs(unit, addresses)
            for address, sign in signs.items():
                if address in self._open and self._signs.get(address) != sign:
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
