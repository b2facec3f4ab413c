"""The command line, `yizhan`: exits 2 on bad input with one clear line. Everything heavy is imported when used."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from bot.console import BadInput, Database, OneLine, clear_errors, explain, run_async, settings

app = typer.Typer(
    name="yizhan",
    cls=OneLine,
    help="驿站: a chat service for gig workers.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they print the values of variables, secrets among them
)


@app.command()
def run(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    database: Database = None,
) -> None:
    """Web chat at /, desk at /desk, webhooks, courier."""
    with clear_errors():
        from bot.log import set_up
        from bot.store import migrate

        chosen = settings(database)
        set_up(chosen.log_level)
        _check_port(host, port)
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        with migrate.upgrading(chosen.database):
            from bot.server import serve
        run_async(serve(chosen, host, port, _announce(chosen.public_url, host)))


def _check_port(host: str, port: int) -> None:
    import socket

    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise BadInput(f"can't listen on {host}:{port}: {error.strerror}") from None


def _announce(public_url: str, host: str) -> Any:
    from handlers.staff.service import first_link

    async def say(service: Any, port: int) -> None:
        base = public_url or f"http://{f'[{host}]' if ':' in host else host}:{port}"
        on = ", ".join(sorted(set(service.channels) - {"terminal", "webhook"}))
        typer.echo(f"Workers' chat: {base}/\nDesk:          {base}/desk\nChannels on:   {on}")
        async with service.store.write() as unit:
            first = await first_link(unit)
        if first is not None:
            typer.echo(f"No administrator yet. Sign in once, within 24 hours:\n               {base}{first}")
        sys.stdout.flush()

    return say


@app.command()
def chat(database: Database = None) -> None:
    """Talk in the terminal, on the same store."""
    with clear_errors():
        from bot.channels.terminal import converse
        from bot.log import set_up
        from bot.store import migrate

        chosen = settings(database)
        set_up("ERROR")
        chosen.data_dir.mkdir(parents=True, exist_ok=True)
        with migrate.upgrading(chosen.database):
            from bot.app import Service

            service = Service(chosen, only={"terminal"})

        async def work() -> None:
            async with service.running(courier=False):
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
    with clear_errors():
        from bot.store import migrate

        known = ["base", *migrate.revisions()]
        if revision not in known:
            raise BadInput(f"there is no revision {revision!r}; they are {', '.join(known)}")
    _migrate(database, "downgrade", revision)


def _migrate(database: str | None, verb: str, revision: str) -> None:
    with clear_errors():
        from bot.store import migrate
        from bot.store.engine import make_engines

        async def work() -> str | None:
            writer, _reader = make_engines(settings(database).database)
            try:
                await getattr(migrate, verb)(writer, revision)
                return await migrate.current(writer)
            except Exception as error:
                raise BadInput(f"{verb} to {revision} failed: {explain(error) or _first_line(error)}") from None
            finally:
                await writer.dispose()

        typer.echo(f"at {run_async(work()) or 'base'}")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


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
        if at != migrate.head():
            raise BadInput(f"the database is at {at or 'base'}, the newest is {migrate.head()}; run: yizhan db upgrade")
        if differences:
            raise BadInput(f"the database is at {at}, but its tables are not the code's: {str(differences[0])[:200]}")
        typer.echo(f"at {at}, in order")


def _load_tables() -> None:
    """All capabilities' tables, so that the metadata is whole."""
    from bot.roof import load_tables

    load_tables()


audit_log = typer.Typer(help="The log of who did what to whose data.", no_args_is_help=True)
app.add_typer(audit_log, name="audit")
audit_log.callback()(lambda: None)  # keeps `verify` a word to be typed while it is the only command


@audit_log.command("verify")
def audit_verify(database: Database = None) -> None:
    """Say whether the log is whole: every entry is chained to the one before. Exit 2 at the first that does not fit."""
    with clear_errors():
        from bot.console import opened
        from bot.store import audit

        async def work() -> tuple[int, int | None]:
            async with opened(settings(database)) as store, store.read() as unit:
                return await audit.count(unit), await audit.broken(unit)

        entries, broken = run_async(work())
        if broken is not None:
            raise BadInput(f"the audit log was changed: entry {broken} does not fit the one before it")
        typer.echo(f"{entries} entries, whole")


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


@app.command("retention")
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    database: Database = None,
) -> None:
    """End what has been kept long enough, as content/site.yaml says; a running service does so every day."""
    with clear_errors():
        from bot.console import opened
        from bot.roof import retention_rules
        from bot.site import load_site
        from bot.store.media import Blobs
        from bot.store.retention import sweep

        chosen = settings(database)
        rules = retention_rules(load_site(chosen.content_dir), Blobs(chosen.data_dir))

        async def work() -> dict[str, int]:
            async with opened(chosen) as store:
                return await sweep(store, rules, dry_run=dry_run)

        for name, count in run_async(work()).items():
            typer.echo(f"{name}: {count}")


content = typer.Typer(help="What the operator edits.", no_args_is_help=True)
app.add_typer(content, name="content")


@content.command("check")
def content_check() -> None:
    """Say what is wrong with the content: file, line, what to do. Exit 2 when anything is broken."""
    with clear_errors():
        from bot.roof import content_findings

        findings = content_findings(settings())
        for finding in findings:
            typer.echo(f"{finding.path}:{finding.line}: {finding.severity}: {finding.message}")
        errors = sum(finding.severity == "error" for finding in findings)
        typer.echo(f"{errors} errors, {len(findings) - errors} warnings")
        if errors:
            raise typer.Exit(2)


wechat = typer.Typer(help="The WeChat account.", no_args_is_help=True)
app.add_typer(wechat, name="wechat")


@wechat.command("menu")
def wechat_menu(database: Database = None) -> None:
    """Publish the menu of content/wechat_menu.yaml under the account's chat."""
    with clear_errors():
        from bot.channels.wechat.operator import publish_menu
        from bot.log import set_up
        from bot.roof import make_registry
        from bot.store.media import Blobs

        chosen = settings(database)
        set_up("CRITICAL")  # what goes wrong is told in one line
        dialogues = make_registry(chosen, Blobs(chosen.data_dir)).by_name
        typer.echo(run_async(publish_menu(chosen, dialogues)))


@wechat.command("check")
def wechat_check(database: Database = None) -> None:
    """Ask WeChat for a token; when it gives none, say which page of its console to repair."""
    with clear_errors():
        from bot.channels.wechat.operator import check_account

        typer.echo(run_async(check_account(settings(database))))


catalogue = typer.Typer(help="Translations.", no_args_is_help=True)
app.add_typer(catalogue, name="catalogue", hidden=True)


@catalogue.command("check")
def catalogue_check() -> None:
    """Fail when a sentence of the source has no Chinese, or a catalogue has one the source lacks."""
    with clear_errors():
        from bot.checks import catalogue_problems

        problems = catalogue_problems(settings().locale_dir)
        for problem in problems:
            typer.echo(problem)
        if problems:
            raise typer.Exit(2)
        typer.echo("catalogues complete")


def _mount() -> None:
    """The capabilities' own commands, and those of rooms of the engine."""
    from bot.cli_outside import add_commands as outside
    from handlers.complaints.cli import add_commands as complaints
    from handlers.insurance.cli import add_commands as insurance
    from handlers.policy.cli import add_commands as policy
    from handlers.staff.cli import add_commands as staff

    for add in (complaints, insurance, outside, policy, staff):
        add(app)


_mount()


def main() -> None:
    """Entry point."""
    app()
