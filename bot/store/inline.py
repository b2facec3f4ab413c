"""SQLite's one writer: statements run where they are, only what may wait goes to a thread.

Through SQLAlchemy's asyncio every statement is a switch of greenlets, and through aiosqlite four turns of a thread; a
statement inside the write transaction takes microseconds (the lock is held, the pages are cached). Beginning where
another process writes, and committing, may take long: these two go to a thread, the rest is SQLAlchemy's own plain
connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool

from bot.store.prepared import Prepared

PATIENCE = 60.0  # seconds to wait for the transactions of this process that came before


class Cursor(sqlite3.Cursor):
    """Fetches all rows at once, so that no statement is left open behind a commit or a change of its table."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._left: deque[Any] = deque()

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """Run one statement."""
        super().execute(sql, parameters)
        self._left = deque(super().fetchall()) if self.description is not None else deque()
        return self

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Self:
        """Run one statement for many rows; it gives none."""
        super().executemany(sql, parameters)
        self._left = deque()
        return self

    def fetchone(self) -> Any:
        """The next row."""
        return self._left.popleft() if self._left else None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """The next rows."""
        return [self._left.popleft() for _row in range(min(size or 1, len(self._left)))]

    def fetchall(self) -> list[Any]:
        """What is left of the rows."""
        rows, self._left = list(self._left), deque()
        return rows


class _Raw(sqlite3.Connection):
    def cursor(self, *_arguments: Any) -> Cursor:  # type: ignore[override]
        return super().cursor(Cursor)


class InlineConnection:
    """The write transaction under way, with the face of SQLAlchemy's asynchronous connection."""

    def __init__(self, connection: sa.Connection, raw: sqlite3.Connection) -> None:
        self._connection = connection
        self._raw = raw
        self.dialect = connection.dialect

    async def execute(
        self, statement: sa.Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None
    ) -> sa.CursorResult[Any]:
        """Run one statement; its rows are there."""
        return self._connection.execute(statement, values)

    async def many(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement that lives as long as the process for rows of the same keys; it gives nothing."""
        prepared = _prepared(statement, tuple(rows[0]), self.dialect)
        try:
            self._raw.executemany(prepared.sql, prepared.values(rows))
        except sqlite3.Error as error:
            raise sa.exc.DBAPIError.instance(prepared.sql, None, error, sqlite3.Error, hide_parameters=True) from error


class InlineWriter:
    """The connection that writes; one transaction at a time. `set_up` is told each new connection."""

    def __init__(self, path: str, busy: float, set_up: Callable[[Any], None]) -> None:
        """busy: seconds to wait for another process's write."""
        self._path = path
        self._busy = busy
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._under_way: Future[Any] | None = None
        self._raw: sqlite3.Connection | None = None
        self._connection: sa.Connection | None = None
        self._engine = sa.create_engine(
            "sqlite+pysqlite://", creator=self._connect, poolclass=StaticPool, hide_parameters=True
        )

        def connected(raw: Any, _record: Any) -> None:
            set_up(raw)  # waits for a process that makes, or mends, the file just now; from here on see `begin`
            raw.execute("PRAGMA busy_timeout=0")

        sa.event.listen(self._engine, "connect", connected)

    def _connect(self) -> sqlite3.Connection:
        self._raw = sqlite3.connect(
            self._path, timeout=self._busy, isolation_level=None, check_same_thread=False, factory=_Raw
        )
        return self._raw

    @contextlib.asynccontextmanager
    async def begin(self) -> AsyncIterator[InlineConnection]:
        """One transaction, begun IMMEDIATE; leaving it without an error makes it durable."""
        async with asyncio.timeout(PATIENCE):
            await self._turn.acquire()
        try:
            connection = self._connection = self._connection or self._engine.connect()
            assert self._raw is not None
            try:
                if not _begins(self._raw):
                    await self._apart(self._wait_and_begin)
                yield InlineConnection(connection, self._raw)
                await self._apart(self._raw.commit)
                connection.commit()  # to SQLAlchemy, that is; nothing is left to do
            except BaseException:
                self._take_back(connection)
                raise
        finally:
            self._turn.release()

    def _wait_and_begin(self) -> None:
        """Begin when the other process is done; nothing but this ever has to wait for one."""
        assert self._raw is not None
        self._raw.execute(f"PRAGMA busy_timeout={round(self._busy * 1000)}")
        try:
            self._raw.execute("BEGIN IMMEDIATE")
        finally:
            self._raw.execute("PRAGMA busy_timeout=0")

    async def _apart(self, call: Callable[..., Any], *arguments: Any) -> None:
        """Do what may wait in the connection's own thread."""
        self._under_way = self._thread.submit(call, *arguments)
        await asyncio.wrap_future(self._under_way)

    def _take_back(self, connection: sa.Connection) -> None:
        """Roll back; a task that was cancelled may have left a beginning or a commit in the thread."""
        if self._under_way is not None and not self._under_way.done():
            self._under_way.exception()
        assert self._raw is not None
        self._raw.rollback()
        connection.rollback()

    def close(self) -> None:
        """Close; what is under way comes to its end first."""
        self._thread.shutdown(wait=True)
        if self._connection is not None:
            self._connection.close()
        self._engine.dispose()
        if self._raw is not None:
            self._raw.close()


@lru_cache(maxsize=256)
def _prepared(statement: sa.Executable, keys: tuple[str, ...], dialect: sa.Dialect) -> Prepared:
    return Prepared(statement, keys, dialect)


def _begins(raw: sqlite3.Connection) -> bool:
    """Begin at once; False where another process is writing."""
    try:
        raw.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:  # the lowest byte, whatever it is busy with
            raise
        return False
    return True
