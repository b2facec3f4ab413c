"""`yizhan export complaints`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.settings import Settings
    from bot.store.store import Store

Opened = Callable[["Settings"], AbstractAsyncContextManager["Store"]]


Day = Annotated[str | None, typer.Option(metavar="DAY", help="Like 2026-03-05; that day is in.")]


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    export = typer.Typer(help="Tables for your own programs.", no_args_is_help=True)
    export.callback()(lambda: None)  # keeps `complaints` a word to be typed while it is the only table
    export.command("complaints")(complaints)
    app.add_typer(export, name="export")


def complaints(
    out: Annotated[Path, typer.Option(help="The file to write; it appears only when it is whole.")],
    form: Annotated[str, typer.Option("--format", help="xlsx, csv or jsonl.")] = "xlsx",
    since: Day = None,
    until: Day = None,
    company: Annotated[str | None, typer.Option(help="A company's id or any of its names.")] = None,
    status: Annotated[str | None, typer.Option(help="received, accepted, ... withdrawn.")] = None,
    full: Annotated[
        bool, typer.Option("--full", help="With names, contacts, channel; noted in the audit log.")
    ] = False,
    database: Database = None,
) -> None:
    """Complaints as a table, oldest first. May run beside a live server."""
    with clear_errors():
        chosen = settings(database)
        work = export_complaints(
            chosen, opened, out, form=form, since=since, until=until, company=company, status=status, full=full
        )
        try:
            typer.echo(run_async(work))
        except ValueError as error:
            raise BadInput(str(error)) from None


async def export_complaints(
    chosen: Settings,
    open_store: Opened,
    out: Path,
    *,
    form: str = "xlsx",
    since: str | None = None,
    until: str | None = None,
    company: str | None = None,
    status: str | None = None,
    full: bool = False,
) -> str:
    """Write complaints to a file, with a progress bar on stderr; gives the line that says what was written.

    `open_store` gives the store, migrated and open. Raises ValueError with one clear line for what can't be done.
    """
    from bot.export import TableTooLong
    from bot.site import load_site
    from handlers.complaints.catalogue import open_catalogue
    from handlers.complaints.export import export, read_format, read_selection

    kind, selection = read_format(form), read_selection(since, until, company, status)
    zone, catalogue = ZoneInfo(load_site(chosen.content_dir).timezone), open_catalogue(chosen.content_dir)
    with _progress() as bar:
        task = bar.add_task("complaints", total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        async with open_store(chosen) as store:
            try:
                written = await export(store, catalogue, selection, out, kind, zone=zone, full=full, advance=advance)
            except TableTooLong as error:
                raise ValueError(str(error)) from None
            except OSError as error:
                raise ValueError(f"--out: {out} can't be written: {error.strerror or error}") from None
    cut = f", {written.cut} texts cut to what a cell holds" if written.cut else ""
    return f"{written.rows} complaints in {out}{cut}"


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)
