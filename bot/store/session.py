"""This process's own connection to PostgreSQL: what must end with the process hangs on it.

Advisory locks are given back and listening ends the moment the server sees the connection go: with the process, or,
by its keepalives, half a minute after a machine that vanished. A pooler between us and the server must keep sessions.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from bot.log import get_logger
from bot.store.engine import postgres_connector

log = get_logger()

PULSE = 5.0  # seconds between signs of life
PATIENCE = 5.0  # seconds one statement may take here
AGAIN = 1.0  # seconds before the next try to connect
KEEPALIVES = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"


class Session:
    """Keeps one connection up. `upkeep` is done with each new one and every few seconds; `on_lost` when it went."""

    def __init__(self, url: str, nap: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.nap = nap
        self.upkeep: list[Callable[[], Awaitable[None]]] = []
        self.on_lost: list[Callable[[], None]] = []
        self._connect = postgres_connector(url)
        self._connection: Any = None
        self._one = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    @property
    def alive(self) -> bool:
        """True while the connection stands, as far as we know: asked every few seconds."""
        return self._connection is not None and not self._connection.is_closed()

    async def start(self) -> None:
        """Connect; raises what the database says. Then keep the connection up."""
        if self._keeper is None:
            await self._open()
            self._keeper = asyncio.create_task(self._keep(), name="session")

    async def stop(self) -> None:
        """End the connection, and with it all that hangs on it."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        await self._drop()

    async def value(self, statement: str, *values: Any) -> Any:
        """The first column of the first row; raises `ConnectionError` when the connection is not there, or went."""
        async with self._one:
            if not self.alive:
                raise ConnectionError("no connection")
            try:
                async with asyncio.timeout(PATIENCE):
                    return await self._connection.fetchval(statement, *values)
            except Exception as error:
                await self._drop()
                raise ConnectionError(type(error).__name__) from None

    async def listen(self, channel: str, call: Callable[..., None]) -> None:
        """Have notifications of this channel given to `call` as (connection, process id, channel, payload); done twice
        it is done once. Raises `ConnectionError`."""
        async with self._one:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._connection.add_listener(channel, call)
            except Exception as error:
                raise ConnectionError(type(error).__name__) from None

    @property
    def own_pid(self) -> int:
        """The server's number for this connection."""
        return int(self._connection.get_server_pid()) if self.alive else 0

    async def _keep(self) -> None:
        while True:
            await self.nap(PULSE if self.alive else AGAIN)
            try:
                if self.alive:
                    await self.value("SELECT 1")
                    await self._maintain()
                else:
                    await self._open()
                    log.info("session is back")
            except Exception as error:  # whatever it was, the next try must come
                log.warning("failed", kind="session", error=type(error).__name__)

    async def _open(self) -> None:
        await self._drop()
        async with asyncio.timeout(2 * PATIENCE):
            self._connection = await self._connect()
            await self._connection.execute(KEEPALIVES)
        await self._maintain()

    async def _maintain(self) -> None:
        for call in self.upkeep:
            await call()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        for call in self.on_lost:
            call()
        with contextlib.suppress(Exception):
            await connection.close(timeout=1.0)


def lock_key(name: str) -> int:
    """The number of an advisory lock: 63 bits of a hash."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1


class SessionLocks:
    """Named locks on the session; lost with it, asked for again by whoever comes first."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._mine: set[str] = set()
        session.on_lost.append(self._mine.clear)

    async def start(self) -> None:
        """Connect."""
        await self.session.start()

    async def stop(self) -> None:
        """Give all back."""
        await self.session.stop()

    async def hold(self, name: str) -> bool:
        """Take the lock, or confirm it; False when another process has it, or the database does not answer."""
        if not self.session.alive:
            self._mine.clear()
        if name in self._mine:
            return True
        try:
            taken = bool(await self.session.value("SELECT pg_try_advisory_lock($1)", lock_key(name)))
        except ConnectionError:
            return False
        if taken:
            self._mine.add(name)
        return taken

    async def let_go(self, name: str) -> None:
        """Give one back."""
        if name in self._mine:
            self._mine.discard(name)
            with contextlib.suppress(ConnectionError):
                await self.session.value("SELECT pg_advisory_unlock($1)", lock_key(name))

    async def held(self, names: set[str]) -> set[str]:
        """Those of the names some process holds now; raises `ConnectionError`."""
        keys = {lock_key(name): name for name in names}
        return {keys[key] for key in await self.session.value(HELD, list(keys))}


HELD = """
    SELECT coalesce(array_agg((classid::bigint << 32) | objid::bigint), '{}') FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((classid::bigint << 32) | objid::bigint) = ANY($1::bigint[])
"""
