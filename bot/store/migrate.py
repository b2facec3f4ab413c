"""Migrations, up and down, on both databases. Alembic is imported only when there is something to do."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio.engine import AsyncEngine

from bot.store.engine import make_engines, patient

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).resolve().parent / "migrations"
LOCK = 0x5917_2A4E  # one migrating process at a time on PostgreSQL


def revisions() -> list[str]:
    """All revisions, oldest first: files are named by their number."""
    return sorted(path.stem.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The newest revision."""
    return revisions()[-1]


async def current(engine: AsyncEngine) -> str | None:
    """The revision the database is at; None for an empty one."""
    async with engine.connect() as connection:
        try:
            return (await connection.execute(sa.text("SELECT version_num FROM alembic_version"))).scalar()
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):  # no such table
            if await connection.run_sync(_has_versions):
                raise
            return None


def _has_versions(connection: sa.Connection) -> bool:
    connection.rollback()
    return sa.inspect(connection).has_table("alembic_version")


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the database up to `revision`; does nothing, and imports nothing, when it is there."""
    if revision == "head" and await current(engine) == head():
        return
    await _run(engine, "upgrade", revision)


@contextlib.contextmanager
def upgrading(url: str) -> Iterator[None]:
    """Bring the database up in a child process, so that Alembic's 15 MB do not stay with a process that serves, and
    beside whatever is imported meanwhile; it is done when the block ends.

    Entered before any thread or loop is there. A child that fails changes nothing: the service migrates by itself.
    """
    child = _child(url) if hasattr(os, "fork") and asyncio.run(_is_behind(url)) else None
    try:
        yield
    finally:
        if child is not None:
            os.waitpid(child, 0)


async def _is_behind(url: str) -> bool:
    writer, _reader = make_engines(url)
    try:
        return await current(writer) != head()
    finally:
        await writer.dispose()


def _child(url: str) -> int:
    async def work() -> None:
        writer, _reader = make_engines(url)
        await upgrade(writer)
        await writer.dispose()

    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work())
        finally:
            os._exit(0)
    return child


async def downgrade(engine: AsyncEngine, revision: str) -> None:
    """Bring the database down to `revision` ("base" for empty)."""
    await _run(engine, "downgrade", revision)


async def _run(engine: AsyncEngine, verb: str, revision: str) -> None:
    from alembic import command

    def work(connection: sa.Connection) -> None:
        config = _config()
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)

    await engine.dispose()  # those open already would cut a long statement short
    with patient():
        async with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.run_sync(work)
    await engine.dispose()


async def differences(engine: AsyncEngine, metadata: sa.MetaData) -> list[Any]:
    """What the database lacks, or has too much, against the tables the code knows; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def compare(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
