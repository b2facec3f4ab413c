"""The writer of SQLite waits for no lock by itself any more, as only a beginning may have to; but opening the file may
as well: while another process made it, or mended it after a crash, whoever started was told that it is locked."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store.inline import InlineWriter

HELD = 0.3  # seconds


@contextmanager
def held(path: Path, lock: str) -> Iterator[None]:
    """Another connection has the file for a while, from now on."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute(lock)
    timer = threading.Timer(HELD, other.rollback)
    timer.start()
    yield
    timer.join()
    other.close()


def set_up(raw: sqlite3.Connection) -> None:
    raw.execute("PRAGMA journal_mode=WAL")


async def wrote(writer: InlineWriter) -> bool:
    async with writer.begin() as connection:
        await connection.execute(sa.text("INSERT INTO held VALUES (1)"))
    return True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that is no WAL yet."""
    made = sqlite3.connect(tmp_path / "made.sqlite3")
    made.execute("CREATE TABLE held (id INTEGER)")
    made.close()
    return tmp_path / "made.sqlite3"


async def test_opening_waits_for_who_makes_the_file(path: Path) -> None:
    writer = InlineWriter(str(path), 30, set_up)
    with held(path, "BEGIN EXCLUSIVE"):
        assert await wrote(writer)
    writer.close()


async def test_a_write_waits_beside_the_loop_and_the_next_one_begins_at_once(path: Path) -> None:
    writer = InlineWriter(str(path), 30, set_up)
    assert await wrote(writer)
    with held(path, "BEGIN IMMEDIATE"):
        write = asyncio.create_task(wrote(writer))
        await asyncio.sleep(0)
        assert not write.done()  # and here we are: the loop goes on
        assert await write
    assert await wrote(writer)
    writer.close()


async def test_who_waits_too_long_is_told(path: Path) -> None:
    writer = InlineWriter(str(path), 0.05, set_up)
    assert await wrote(writer)
    with held(path, "BEGIN IMMEDIATE"), pytest.raises(sqlite3.OperationalError, match="locked"):
        await wrote(writer)
    assert await wrote(writer)
    writer.close()
