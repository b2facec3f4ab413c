"""The command line, `yizhan`: exits 2 on bad input with one clear line. Everything heavy is imported when used."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.settings import BadSettings, Settings, load

if TYPE_CHECKING:
    from bot.store.store import Store

app = typer.Typer(
    name="yizhan",
    help="驿站: a chat service for gig workers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
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


@app.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    database: Database = None,
) -> None:
    """Web chat at /, desk at /desk, webhooks, courier."""
    with clear_errors():
        from bot.app import serve
        from bot.log import set_up

        chosen = settings(database)
        set_up(chosen.log_level)
        _check_port(host, port)
        run_async(serve(chosen, host, port, _announce(chosen.public_url or f"http://{host}:{port}")))


def _check_port(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"can't listen on {host}:{port}: {error.strerror}") from None


def _announce(base: str) -> Any:
    async def say(service: Any) -> None:
        on = ", ".join(sorted(set(service.channels) - {"terminal"}))
        typer.echo(f"Workers' chat: {base}/\nDesk:          {base}/desk\nChannels on:   {on}")
        sys.stdout.flush()

    return say


@app.command()
def chat(database: Database = None) -> None:
    """Talk in the terminal, on the same store."""
    with clear_errors():
        from bot.app import Service
        from bot.channels.terminal import converse
        from bot.log import set_up

        chosen = settings(database)
        set_up("ERROR")

        async def work() -> None:
            async with Service(chosen, only={"terminal"}).running(courier=False) as service:
                await converse(service.dispatcher, service.clock)

        run_async(work())


db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(db, name="db")


@db.command("upgrade")
def db_upgrade(database: Database = None) -> None:
    """Bring the database up to the newest revision."""
    _migrate(database, "upgrade", "head")


@db.command("downgrade")
def db_downgrade(
    revision: Annotated[str, typer.Argument(help="A revision like 0001, or base for empty.")], database: Database = None
) -> None:
    """Bring the database down to a revision."""
    _migrate(database, "downgrade", revision)


def _migrate(database: str | None, verb: str, revision: str) -> None:
    with clear_errors():
        from bot.store import migrate
        from bot.store.engine import make_engines

        async def work() -> str | None:
            writer, _reader = make_engines(settings(database).database)
            try:
                await getattr(migrate, verb)(writer, revision)
            except Exception as error:
                raise BadInput(f"{verb} to {revision} failed: {str(error).splitlines()[0]}") from None
            finally:
                at = await _current(writer)
                await writer.dispose()
            return at

        typer.echo(f"at {run_async(work()) or 'base'}")


async def _current(engine: Any) -> str | None:
    from bot.store import migrate

    with contextlib.suppress(Exception):
        return await migrate.current(engine)
    return None


@db.command("check")
def db_check(database: Database = None) -> None:
    """Say whether the database is at the newest revision and agrees with the code; exit 2 when not."""
    with clear_errors():
        from bot.store import migrate
        from bot.store.engine import make_engines
        from bot.store.tables import metadata

        async def work() -> tuple[str | None, list[Any]]:
            _load_tables()
            writer, _reader = make_engines(settings(database).database)
            try:
                return await migrate.current(writer), await migrate.differences(writer, metadata)
            finally:
                await writer.dispose()

        at, differences = run_async(work())
        if at != migrate.head() or differences:
            raise BadInput(f"the database is at {at or 'base'}, the newest is {migrate.head()}; run: yizhan db upgrade")
        typer.echo(f"at {at}, in order")


def _load_tables() -> None:
    """All capabilities' tables, so that the metadata is whole."""
    from bot.app import load_tables

    load_tables()


keys = typer.Typer(help="The keys that protect what is stored.", no_args_is_help=True)
app.add_typer(keys, name="keys")


@keys.command("rotate")
def keys_rotate(database: Database = None) -> None:
    """Make a new key where keys are kept in DATA_DIR, and seal everything stored with the newest key."""
    with clear_errors():
        from bot.store.rotate import rotate

        _load_tables()
        count = run_async(rotate(settings(database)))
        typer.echo(f"resealed {count} values")


staff = typer.Typer(help="Staff.", no_args_is_help=True)
app.add_typer(staff, name="staff")


@staff.command("invite")
def staff_invite(
    role: Annotated[str, typer.Option(help="union, community or admin.")], database: Database = None
) -> None:
    """An invitation code, used by sending it in any chat; serves once, within seven days."""
    with clear_errors():
        from handlers.staff import service

        async def work() -> str:
            async with opened(settings(database)) as store, store.write() as unit:
                try:
                    return await service.invite(unit, role)
                except service.UnknownRole as error:
                    raise BadInput(str(error)) from None

        typer.echo(run_async(work()))


def main() -> None:
    """Entry point."""
    app()
