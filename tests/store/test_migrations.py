"""Migrations, up and down, on both databases; and the code's tables are what they make."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

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


async def test_a_partial_index_is_one_on_every_database(database_url: str) -> None:
    """The tables tell SQLite alone which rows are meant; the migrations tell both."""
    load_tables()
    wanted = {
        str(index.name)
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    sqlite = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    postgresql = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    writer, reader = make_engines(database_url)
    try:
        async with reader.connect() as connection:
            found = await connection.execute(sa.text(sqlite if database_url.startswith("sqlite") else postgresql))
            partial = {name for name, made in found if " WHERE " in made.replace("\n", " ")}
    finally:
        await writer.dispose()
        await reader.dispose()
    assert "ix_cases_reminding" in wanted
    assert partial == wanted


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
