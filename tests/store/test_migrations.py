"""Migrations, up and down, on both databases; and the code's tables are what they make."""

from __future__ import annotations

import asyncio

import pytest

from bot.roof import load_tables
from bot.store import migrate
from bot.store.engine import make_engines
from bot.store.tables import metadata

REVISIONS = sorted(path.stem.split("_")[0] for path in (migrate.FOLDER / "versions").glob("[0-9]*.py"))


async def test_what_the_migrations_make_is_what_the_code_knows(database_url: str) -> None:
    load_tables()
    writer, reader = make_engines(database_url)
    try:
        assert await migrate.current(writer) == migrate.head() == REVISIONS[-1]
        assert await migrate.differences(writer, metadata) == []
    finally:
        await writer.dispose()
        await reader.dispose()


async def test_down_to_nothing_and_up_again_step_by_step(database_url: str) -> None:
    writer, reader = make_engines(database_url)
    try:
        for revision in reversed(["base", *REVISIONS[:-1]]):
            await migrate.downgrade(writer, revision)
            assert await migrate.current(writer) == (None if revision == "base" else revision)
        for revision in REVISIONS:
            await migrate.upgrade(writer, revision)
            assert await migrate.current(writer) == revision
    finally:
        await writer.dispose()
        await reader.dispose()


@pytest.mark.parametrize("processes", [4])
async def test_several_processes_starting_at_once_migrate_once(database_url: str, processes: int) -> None:
    first, second = make_engines(database_url)
    await migrate.downgrade(first, "base")
    engines = [make_engines(database_url) for _ in range(processes)]
    try:
        await asyncio.gather(*(migrate.upgrade(writer) for writer, _reader in engines))
        assert await migrate.current(first) == migrate.head()
    finally:
        for pair in [*engines, (first, second)]:
            for engine in pair:
                await engine.dispose()
