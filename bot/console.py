"""What every command of the command line shares: settings, clear errors, the store opened for one command."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from bot.store.store import Store

Database = Annotated[str | None, typer.Option("--database", help="Database URL instead of YIZHAN_DATABASE_URL.")]


class BadInput(Exception):
    """What was asked for can't be done; the text is the one line that is shown."""


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """Bad input and bad settings end with one line and exit code 2."""
    from bot.store.keyring import BadKeys

    try:
        yield
    except (BadInput, BadSettings, BadKeys) as error:
        typer.echo(f"yizhan: {error}", err=True)
        raise typer.Exit(2) from None


def settings(database: str | None = None) -> Settings:
    """The settings, with the database given on the command line."""
    return load(database_url=database)


def run_async(work: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine on the fast loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    return uvloop.run(work)


@contextlib.asynccontextmanager
async def opened(chosen: Settings) -> AsyncIterator[Store]:
    """The store, migrated and open, for one command."""
    from bot.i18n import use_folder
    from bot.store import migrate
    from bot.store.store import Store

    use_folder(chosen.locale_dir)
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store(chosen)
    try:
        await migrate.upgrade(store.writer)
        yield await store.open()
    finally:
        await store.close()
