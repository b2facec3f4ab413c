"""A PostgreSQL that accepts and then says nothing: what waits for it fails in its time, and goes on when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from bot.settings import Settings
from bot.store import engine
from bot.store.store import Store
from tests.fakes.bell import PATIENCE
from tests.support import TestClock


class Wire:
    """A way to the server that can be stopped."""

    def __init__(self, url: str) -> None:
        self.parts = urlsplit(url)
        self.flows = asyncio.Event()
        self.flows.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self.server.sockets[0].getsockname()[1]
        return f"postgresql://{self.parts.username or 'postgres'}@127.0.0.1:{port}{self.parts.path}"

    async def stop(self) -> None:
        self.server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        folder = parse_qs(self.parts.query).get("host", [""])[0]
        if folder:
            there, back = await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self.parts.port or 5432}")
        else:
            there, back = await asyncio.open_connection(self.parts.hostname, self.parts.port or 5432)
        self._writers += [writer, back]
        for source, target in ((reader, back), (there, writer)):
            self._tasks.add(asyncio.create_task(self._pump(source, target)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self.flows.wait()
            target.write(data)
            await target.drain()
        target.close()


@pytest.fixture
async def wire(postgres_url: str) -> AsyncIterator[Wire]:
    made = Wire(postgres_url)
    yield made
    await made.stop()


async def answers(store: Store) -> None:
    """Wait till it reads again."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with store.read() as unit:
                    assert await unit.value(sa.text("SELECT 2")) == 2
                return
            except (TimeoutError, sa.exc.SQLAlchemyError, OSError):
                await asyncio.sleep(0.05)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_server_that_hangs_fails_and_holds_nobody_for_ever(
    wire: Wire, make_settings: Callable[..., Settings], clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store(make_settings(database_url=await wire.start()), clock).open()
    try:
        monkeypatch.setattr(engine, "COMMAND_SECONDS", 0.3)
        await store.writer.dispose()
        await answers(store)
        monkeypatch.setattr(engine, "CONNECT_SECONDS", 0.3)
        wire.flows.clear()
        async with asyncio.timeout(PATIENCE):
            for _try in range(2):
                with pytest.raises((TimeoutError, sa.exc.SQLAlchemyError, OSError)):
                    async with store.write() as unit:
                        await unit.value(sa.text("SELECT 1"))
        wire.flows.set()
        await answers(store)
    finally:
        wire.flows.set()
        await store.close()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_statement_without_end_is_ended_by_the_server(
    make_settings: Callable[..., Settings], clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store(make_settings(), clock).open()
    try:
        monkeypatch.setitem(engine.SERVER_SETTINGS, "statement_timeout", "200ms")
        await store.writer.dispose()
        with pytest.raises(sa.exc.SQLAlchemyError, match="statement timeout"):
            async with store.write() as unit:
                await unit.value(sa.text("SELECT pg_sleep(30)"))
        with engine.patient():
            await store.writer.dispose()
            async with store.write() as unit:
                await unit.value(sa.text("SELECT pg_sleep(0.4)"))
    finally:
        await store.close()
