"""A connection to SQLite for the one writer: statements run where they are, only what may wait goes to a thread.

aiosqlite hands every call to a thread, four a statement; beside a busy loop each is a turn at the interpreter's lock.
A statement inside the write transaction takes microseconds (the lock is held, the pages are cached); beginning may
wait for another process, committing for the disk. It offers what SQLAlchemy's aiosqlite dialect uses, no more.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Self

WAITS = ("BEGIN", "COMMIT", "VACUUM", "PRAGMA wal_checkpoint")


class InlineCursor:
    """A cursor with aiosqlite's face."""

    def __init__(self, owner: InlineConnection) -> None:
        self._owner = owner
        self._cursor = owner.raw.cursor()

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> Self:
        """Run one statement."""
        if statement.startswith(WAITS):
            await self._owner.apart(self._cursor.execute, statement, parameters or ())
        else:
            self._owner.here()
            self._cursor.execute(statement, parameters or ())
        return self

    async def executemany(self, statement: str, parameters: Iterable[Any]) -> Self:
        """Run one statement for many rows."""
        self._owner.here()
        self._cursor.executemany(statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """What is left of the rows."""
        return self._cursor.fetchall()

    async def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """The next rows."""
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def close(self) -> None:
        """End it."""
        self._cursor.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)  # description, rowcount, lastrowid, arraysize


class InlineConnection:
    """A connection with aiosqlite's face; one task uses it at a time."""

    def __init__(self, path: str, patience: float) -> None:
        self.raw = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._under_way: Future[Any] | None = None

    async def apart(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Do something that may wait in the connection's own thread."""
        self._under_way = self._thread.submit(call, *arguments)
        return await asyncio.wrap_future(self._under_way)

    def here(self) -> None:
        """Make sure nothing is under way in the thread: a task that was cancelled may have left a commit there."""
        if self._under_way is not None and not self._under_way.done():
            self._under_way.exception()

    def cursor(self) -> InlineCursor:
        """A new cursor."""
        return InlineCursor(self)

    async def commit(self) -> None:
        """Make the transaction durable."""
        if self.raw.in_transaction:
            await self.apart(self.raw.commit)

    async def rollback(self) -> None:
        """Take the transaction back."""
        self.here()
        self.raw.rollback()

    async def close(self) -> None:
        """Close; what is under way comes to its end first."""
        self.stop()

    def stop(self) -> None:
        """The same, at once."""
        self.here()
        self.raw.close()
        self._thread.shutdown(wait=False)

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        """SQLAlchemy's regexp function."""
        self.raw.create_function(*arguments, **options)

    @property
    def isolation_level(self) -> str | None:
        """None: transactions begin where we say so."""
        return self.raw.isolation_level

    @property
    def _connection(self) -> sqlite3.Connection | None:
        return self.raw


async def connect(path: str, patience: float) -> InlineConnection:
    """Open the writer's connection; seconds to wait for another process's write."""
    return InlineConnection(path, patience)
