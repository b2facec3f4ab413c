"""The bare loop broadcasts are measured against: 30 senders whose marks ride a group commit, over the same rows, with
no business around it. `python -m tests.bench.bare URL [PART OF]`: one of several processes takes its part of the rows.

It prints "ready", waits for a line, and prints when it began and ended (seconds since 1970) and how many rows it had.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

SENDERS = 30
Commit = Callable[[list[int]], Awaitable[None]]


async def send(row: int) -> None:
    """A send that does nothing."""


class Loop:
    """Senders take a row each, and the next when its mark is durable."""

    def __init__(self, rows: Iterator[int], commit: Commit) -> None:
        self.rows, self.commit = rows, commit
        self._marks: list[tuple[int, asyncio.Future[None]]] = []
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Send all rows."""
        committing = asyncio.create_task(self._commit_all())
        await asyncio.gather(*(self._sender() for _ in range(SENDERS)))
        committing.cancel()

    async def _sender(self) -> None:
        for row in self.rows:
            await send(row)
            durable = asyncio.get_running_loop().create_future()
            self._marks.append((row, durable))
            self._wake.set()
            await durable

    async def _commit_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            marks, self._marks = self._marks, []
            if marks:
                await self.commit([row for row, _durable in marks])
                for _row, durable in marks:
                    durable.set_result(None)


def sqlite(path: str) -> tuple[list[int], Commit]:
    """The rows, and how marks are made durable: one connection, synchronous=FULL."""
    raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for setting in ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=8000", "secure_delete=ON"):
        raw.execute(f"PRAGMA {setting}")
    rows = [row for (row,) in raw.execute("SELECT id FROM outbox WHERE state = 'queued' ORDER BY id")]
    thread = ThreadPoolExecutor(1)

    async def commit(ids: list[int]) -> None:
        done = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        raw.execute("BEGIN IMMEDIATE")
        update = "UPDATE outbox SET state = 'sent', attempts = 1, done_at = ? WHERE id = ?"
        raw.executemany(update, [(done, row) for row in ids])
        await asyncio.get_running_loop().run_in_executor(thread, raw.commit)

    return rows, commit


async def postgres(url: str) -> tuple[list[int], Commit]:
    """The same over one connection of asyncpg."""
    import asyncpg

    connection: Any = await asyncpg.connect(url)
    rows = [row["id"] for row in await connection.fetch("SELECT id FROM outbox WHERE state = 'queued' ORDER BY id")]

    async def commit(ids: list[int]) -> None:
        update = "UPDATE outbox SET state = 'sent', attempts = 1, done_at = $1 WHERE id = ANY($2)"
        await connection.execute(update, datetime.now(UTC), ids)

    return rows, commit


async def work(url: str, part: int, of: int) -> str:
    """When it began and ended, and how many rows it had."""
    rows, commit = sqlite(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else await postgres(url)
    own = rows[part::of]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    begun = time.time()
    await Loop(iter(own), commit).run()
    return f"{begun} {time.time()} {len(own)}"


def main() -> None:
    """Read the arguments and run."""
    import uvloop

    part, of = (int(sys.argv[2]), int(sys.argv[3])) if len(sys.argv) > 2 else (0, 1)
    sys.stdout.write(uvloop.run(work(sys.argv[1], part, of)) + "\n")


if __name__ == "__main__":
    main()
