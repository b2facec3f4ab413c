"""What every command of the command line shares: settings, clear errors, the store opened for one command."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from bot.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from bot.store.store import Store
    from bot.store.unit import Unit

T = TypeVar("T")

LARGEST_ID = 2**63 - 1  # of a row
INTERRUPTED = 130  # as a shell says it of Ctrl-C
Database = Annotated[str | None, typer.Option("--database", help="Database URL instead of YIZHAN_DATABASE_URL.")]


class BadInput(Exception):
    """What was asked for can't be done; the text is the one line that is shown."""


class OneLine(TyperGroup):
    """The command line as a whole: a slip in how it is typed is told in one line, too. A bare group shows its help."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """As a program, which ends with the exit code, unless `standalone_mode` is off."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        try:
            code = super().main(args, prog_name, complete_var, False, windows_expand_args, **extra)
        except TyperException as error:
            message = error.format_message()
            helps = message.startswith("Usage:")
            typer.echo(message if helps else f"yizhan: {' '.join(message.split())}", err=True)
            code = error.exit_code
        except typer.Abort:
            code = INTERRUPTED
        sys.exit(code if isinstance(code, int) else 0)


@contextlib.contextmanager
def clear_errors() -> Iterator[None]:
    """What can't be done, for whatever reason a person can mend, ends with one line and exit code 2."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        line = explain(error)
        if line is None:
            raise
        typer.echo(f"yizhan: {line}", err=True)
        raise typer.Exit(2) from None


def explain(error: Exception) -> str | None:
    """One line an operator can act on; None for what only a programmer can mend."""
    from bot.batch import BatchError
    from bot.content import BrokenContent
    from bot.store.keyring import BadKeys

    if isinstance(error, BadInput | BadSettings | BadKeys | BatchError | BrokenContent):
        return " ".join(str(error).split())
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return _of_the_store(error)


def _of_the_store(error: Exception) -> str | None:
    """What a database says in many lines, and with the statement, in one line without it."""
    from asyncpg import InterfaceError, PostgresError
    from sqlalchemy.exc import DBAPIError

    from bot.store.vault import CannotOpen

    if isinstance(error, CannotOpen):
        return "the keys do not open what is stored; give YIZHAN_SECRET_KEYS or DATA_DIR/secret.key as they were"
    if isinstance(error, DBAPIError):
        return f"the database can't be used: {str(error.orig).splitlines()[0]}"
    if isinstance(error, PostgresError | InterfaceError | OSError):
        return f"the database can't be reached: {' '.join(str(error).split()) or type(error).__name__}"
    return None


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


def in_store(
    database: str | None, work: Callable[[Unit], Awaitable[T]], *, refused: type[Exception] | tuple[()] = ()
) -> T:
    """What one command does, in one transaction; what it refuses for a reason of the person's is bad input."""

    async def run() -> T:
        async with opened(settings(database)) as store, store.write() as unit:
            try:
                return await work(unit)
            except refused as error:
                raise BadInput(str(error)) from None

    found: T = run_async(run())
    return found


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
