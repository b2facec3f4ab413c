"""Database engines: SQLite embedded (one writer, WAL, synchronous=FULL) or PostgreSQL shared by replicas."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio.engine import AsyncEngine, create_async_engine

from bot.settings import BadSettings
from bot.store.inline import InlineWriter

BUSY_SECONDS = 20
CHECKPOINT_PAGES = 8000  # 32 MB of WAL: a checkpoint holds up a commit, so it comes seldom
READERS = 4
READER_CACHE, WRITER_CACHE = 500, 1000  # KiB of pages a connection keeps; the system keeps the whole file anyway
POSTGRES_CONNECTIONS = 10
CONNECT_SECONDS = 10  # for a new connection to PostgreSQL
STATEMENT_SECONDS = 60  # no statement of a service takes so long; the server then ends it
IDLE_SECONDS = 120  # nor does a transaction lie open so long with nothing said
COMMAND_SECONDS = 75  # when a server that hangs does not even say that; ours is then a failure like any other


def is_sqlite(url: str) -> bool:
    """True for the embedded engine; refuses what is neither it nor PostgreSQL."""
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"}:
        raise BadSettings("YIZHAN_DATABASE_URL: must begin with sqlite:/// or postgresql://")
    return scheme == "sqlite"


def make_engines(url: str) -> tuple[AsyncEngine, AsyncEngine]:
    """(writer, reader). On SQLite the writer is one connection whose transactions begin IMMEDIATE: a plain
    read-then-write transaction fails with SQLITE_BUSY even with a busy timeout; it migrates, and `inline_writer` does
    the daily work. On PostgreSQL both are the same."""
    if not is_sqlite(url):
        engine = _postgres(url)
        return engine, engine
    try:
        path = make_url(url).database
    except ArgumentError:
        path = None
    if not path or path == ":memory:":
        raise BadSettings("YIZHAN_DATABASE_URL: sqlite needs a file, as in sqlite:////var/lib/yizhan/yizhan.sqlite3")
    _make_room(Path(path))
    return _sqlite(path, "BEGIN IMMEDIATE", size=1), _sqlite(path, "BEGIN", size=READERS, read_only=True)


def inline_writer(url: str) -> InlineWriter:
    """What writes to an embedded database while a service runs."""
    path = make_url(url).database
    assert path is not None
    return InlineWriter(path, BUSY_SECONDS, lambda raw: _set_up(raw, read_only=False))


def _make_room(path: Path) -> None:
    """The folder of the file; what SQLite would only call "unable to open" is said by its name."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"the database can't be in {path.parent}: {error.strerror}") from None
    if path.is_dir():
        raise BadSettings(f"YIZHAN_DATABASE_URL: {path} is a folder; sqlite needs a file")


def _sqlite(path: str, begin: str, size: int, read_only: bool = False) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=path),
        hide_parameters=True,  # an error says what failed, not with whose data
        pool_size=size,
        max_overflow=0,
        pool_timeout=60,
        pool_reset_on_return=None,  # every use is a transaction that ends by itself; a rollback more is a thread's hop
        async_creator=lambda: _connected(path),
    )

    def connected(connection: Any, _record: Any) -> None:
        try:
            _set_up(connection, read_only)
        except BaseException:
            connection.close()  # the pool does not know it yet, and would leave its thread running
            raise

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    def given_up(connection: Any, _record: Any, _error: BaseException | None) -> None:
        # A statement cut short by a cancelled task lives on in the error's frames, and keeps a connection that is only
        # closed, with its lock, alive as long: whoever writes next would wait for it.
        connection.rollback()

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
    event.listen(engine.sync_engine, "invalidate", given_up)
    return engine


async def _connected(path: str) -> aiosqlite.Connection:
    """A connection, opened to the end even where whoever wanted it was cancelled meanwhile: cut short, its thread would
    answer a loop that may be closed by then."""
    opening = asyncio.ensure_future(_open(path))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        await (await opening).close()
        raise


async def _open(path: str) -> aiosqlite.Connection:
    connection = aiosqlite.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection._thread.daemon = True  # as SQLAlchemy has it: a process that ends does not wait for it
    return await connection


def _set_up(connection: Any, read_only: bool) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
    cursor.execute("PRAGMA secure_delete=ON")  # what was erased must not linger in free pages
    cursor.execute(f"PRAGMA cache_size=-{READER_CACHE if read_only else WRITER_CACHE}")
    if read_only:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _postgres(url: str) -> AsyncEngine:
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=postgres_connector(url),
        hide_parameters=True,
        pool_size=POSTGRES_CONNECTIONS,
        pool_pre_ping=False,
    )


SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    # one search at the desk is not to take all the cores from who writes; to start workers takes longer than most ask
    "max_parallel_workers_per_gather": "0",
}


_patient: ContextVar[bool] = ContextVar("patient", default=False)


@contextlib.contextmanager
def patient() -> Iterator[None]:
    """Connections made inside wait as long as it takes: for migrations, whose statements may be long."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


def postgres_connector(url: str) -> Callable[[], Any]:
    """Connects by libpq's own forms (`?host=/socket/dir`, `sslmode=`), which asyncpg reads itself."""
    import asyncpg

    scheme, rest = url.split("://", 1)
    dsn = f"{scheme.split('+')[0]}://{rest}"

    async def connect() -> Any:
        try:
            return await asyncpg.connect(
                dsn,
                statement_cache_size=200,
                timeout=CONNECT_SECONDS,
                command_timeout=None if _patient.get() else COMMAND_SECONDS,
                server_settings={"timezone": "UTC"} if _patient.get() else SERVER_SETTINGS,
            )
        except ValueError as error:  # what the URL says makes no sense: a port that is no number, an unknown sslmode
            raise BadSettings(f"YIZHAN_DATABASE_URL: {error}") from None

    return connect
