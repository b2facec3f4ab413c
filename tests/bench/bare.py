"""The bare loop broadcasts are measured against: 30 senders whose marks ride a group commit, over the same rows, with
no business around it. `python -m tests.bench.bare URL [PART OF --dealt]`: one of several processes.

SQLite has one process, and it knows its rows. On PostgreSQL every process claims its rows in chunks of 500 with SKIP
LOCKED, each claim durable, as whoever sends must who shares with others; `--dealt` leaves the claims out: each is dealt
every so-manieth row beforehand, which costs half the writes, and no work that is shared can do it.

It prints "ready", waits for a line, and prints when it began and ended (seconds since 1970) and how many rows it had.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

SENDERS = 30
CHUNK = 500
CLAIM = timedelta(seconds=60)
Take = Callable[[], Awaitable[list[int]]]  # the next rows, none when there are no more
Commit = Callable[[list[int]], Awaitable[None]]


async def send(row: int) -> None:
    """A send that does nothing."""


class Loop:
    """Senders take a row each, and the next when its mark is durable. A chunk is claimed while the last is sent."""

    def __init__(self, take: Take, commit: Commit) -> None:
        self.take, self.commit = take, commit
        self.sent = 0
        self._rows: deque[int] = deque()
        self._all_taken = False
        self._marks: list[tuple[int, asyncio.Future[None]]] = []
        self._wake, self._low, self._more = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run(self) -> None:
        """Send all rows."""
        committing = asyncio.create_task(self._commit_all())
        await asyncio.gather(self._take_all(), *(self._sender() for _ in range(SENDERS)))
        committing.cancel()

    async def _take_all(self) -> None:
        while rows := await self.take():
            self._rows.extend(rows)
            self._more.set()
            self._low.clear()
            await self._low.wait()
        self._all_taken = True
        self._more.set()

    async def _sender(self) -> None:
        while await self._there():
            row = self._rows.popleft()
            if len(self._rows) <= CHUNK // 2:
                self._low.set()
            await send(row)
            durable = asyncio.get_running_loop().create_future()
            self._marks.append((row, durable))
            self._wake.set()
            await durable
            self.sent += 1

    async def _there(self) -> bool:
        while not self._rows and not self._all_taken:
            self._more.clear()
            await self._more.wait()
        return bool(self._rows)

    async def _commit_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            marks, self._marks = self._marks, []
            if marks:
                await self.commit([row for row, _durable in marks])
                for _row, durable in marks:
                    durable.set_result(None)


def dealt(rows: list[int]) -> Take:
    """All at once: nobody else has them."""
    left = [rows]

    async def take() -> list[int]:
        return left.pop() if left else []

    return take


def sqlite(path: str) -> tuple[Take, Commit]:
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

    return dealt(rows), commit


_CLAIM = """
    WITH mine AS MATERIALIZED (
        SELECT id FROM outbox
        WHERE batch_id = $1 AND state = 'queued' AND channel = $2 AND claimed_until IS NULL AND id > $3
        ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED
    )
    UPDATE outbox SET claimed_by = $5, claimed_until = $6 WHERE id = ANY(ARRAY(SELECT id FROM mine)) RETURNING id"""


async def postgres(url: str, own: slice | None) -> tuple[Take, Commit]:
    """The same over asyncpg: one connection claims, one marks. `own`: the rows that were dealt to this process."""
    import asyncpg

    claiming: Any = await asyncpg.connect(url)
    marking: Any = await asyncpg.connect(url)
    which = "SELECT batch_id, channel FROM outbox WHERE state = 'queued' AND batch_id IS NOT NULL LIMIT 1"
    batch, channel = await claiming.fetchrow(which)
    who, last = str(os.getpid()), 0

    async def take() -> list[int]:
        nonlocal last
        until = datetime.now(UTC) + CLAIM
        ids = sorted(row["id"] for row in await claiming.fetch(_CLAIM, batch, channel, last, CHUNK, who, until))
        last = ids[-1] if ids else last
        return ids

    async def commit(ids: list[int]) -> None:
        update = "UPDATE outbox SET state = 'sent', attempts = 1, done_at = $1 WHERE id = ANY($2)"
        await marking.execute(update, datetime.now(UTC), ids)

    if own is None:
        return take, commit
    found = await claiming.fetch("SELECT id FROM outbox WHERE state = 'queued' ORDER BY id")
    return dealt([row["id"] for row in found][own]), commit


async def work(url: str, own: slice | None) -> str:
    """When it began and ended, and how many rows it had."""
    sqlite_path = url.removeprefix("sqlite:///") if url.startswith("sqlite") else ""
    take, commit = sqlite(sqlite_path) if sqlite_path else await postgres(url, own)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    begun, loop = time.time(), Loop(take, commit)
    await loop.run()
    return f"{begun} {time.time()} {loop.sent}"


def main() -> None:
    """Read the arguments and run."""
    import uvloop

    own = slice(int(sys.argv[2]), None, int(sys.argv[3])) if sys.argv[4:] == ["--dealt"] else None
    sys.stdout.write(uvloop.run(work(sys.argv[1], own)) + "\n")


if __name__ == "__main__":
    main()
