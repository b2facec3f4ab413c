"""The store: opens the database, keeps the vault, gives out units of work."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.clock import Clock, system_clock
from bot.log import get_logger
from bot.store import tables
from bot.store.bell import OUTBOX, Bell
from bot.store.engine import inline_writer, is_sqlite, make_engines, postgres_connector
from bot.store.session import Session
from bot.store.unit import Unit
from bot.store.vault import KeyRing, Vault, new_index_key

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.direct import Direct

log = get_logger()

INDEX_KEY = "index-key"


class Store:
    """One database, opened. `write` and `read` give a transaction each; leaving `write` without an error commits."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.clock = clock
        self.sqlite = is_sqlite(settings.database)
        self.ring = KeyRing.load(
            settings.secret_keys.get_secret_value() if settings.secret_keys else None, settings.data_dir
        )
        self.writer, self.reader = make_engines(settings.database)
        self._inline = inline_writer(settings.database) if self.sqlite else None
        self._direct: Direct | None = None  # PostgreSQL's, once it is needed
        self.session = None if self.sqlite else Session(settings.database)  # begun by who has something to hang on it
        self.bell = Bell(self.session)
        self._vault: Vault | None = None
        self.on_news: Callable[[], None] | None = None  # set by the courier of this process

    @property
    def vault(self) -> Vault:
        """The vault; there once the store is open."""
        if self._vault is None:
            raise RuntimeError("the store is not open")
        return self._vault

    async def open(self) -> Store:
        """Read the index key, or make it: sealed by the ring, so a stolen file can't look anything up."""
        bare = Vault(self.ring, bytes(32))  # it only opens what the ring sealed
        fresh = bare.seal(new_index_key(), INDEX_KEY.encode())
        async with self.writer.begin() as connection:
            unit = Unit(connection, bare, self.clock())
            await unit.insert_new(
                tables.secrets, [{"name": INDEX_KEY, "value": fresh, "updated_at": unit.now}], tables.secrets.c.name
            )
            sealed = await unit.value(sa.select(tables.secrets.c.value).where(tables.secrets.c.name == INDEX_KEY))
        self._vault = Vault(self.ring, bare.open(sealed, INDEX_KEY.encode()))
        if self._inline is not None:
            await self.writer.dispose()  # it has migrated; from here on the other one writes
        return self

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Unit]:
        """A transaction that may write; its after-commit calls run once it is durable."""
        async with (self._inline or self.writer).begin() as connection:
            unit = Unit(connection, self.vault, self.clock())
            yield unit
            await unit.flush()
        for call in unit.committed:
            _follow_up(call)
        if unit.news:
            self.bell.ring(OUTBOX)
            if self.on_news is not None:
                self.on_news()

    async def at_once(self, statement: sa.Executable, values: Mapping[str, Any]) -> None:
        """On PostgreSQL, one statement as a transaction of its own, in one trip; durable when this returns."""
        if self._direct is None:
            from bot.store.direct import Direct

            self._direct = Direct(postgres_connector(self.settings.database))
        await self._direct.execute(statement, values)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Unit]:
        """A transaction that only reads."""
        async with self.reader.begin() as connection:
            yield Unit(connection, self.vault, self.clock())

    def is_there(self) -> bool:
        """False when the file of an embedded database is gone, which those who have it open do not notice."""
        path = self.writer.url.database
        return not self.sqlite or (path is not None and Path(path).exists())

    async def close(self) -> None:
        """Give all connections back."""
        if self._inline is not None:
            self._inline.close()
        if self._direct is not None:
            await self._direct.close()
        await self.bell.stop()
        if self.session is not None:
            await self.session.stop()
        await self.writer.dispose()
        if self.reader is not self.writer:
            await self.reader.dispose()


def _follow_up(call: Callable[[], None]) -> None:
    """Whatever goes wrong here, the write holds: it must not look as if it had failed, and be done again."""
    try:
        call()
    except Exception as error:
        log.error("failed", kind="after commit", error=type(error).__name__)
