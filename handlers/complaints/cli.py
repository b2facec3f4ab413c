"""`yizhan export`: complaints as a table; one case is next door, in cli_case.py."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings
from handlers.complaints.cli_case import case

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.settings import Settings
    from bot.store.store import Store

Opened = Callable[["Settings"], AbstractAsyncContextManager["Store"]]


Day = Annotated[str | None, typer.Option(metavar="DAY", help="Like 2026-03-05; that day is in.")]


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    export = typer.Typer(help="Complaints for your own programs, or to print.", no_args_is_help=True)
    export.command("complaints")(complaints)
    export.command("case")(case)
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
    view: Annotated[
        str | None, typer.Option(metavar="URL", help="Filters as the desk's list has them in its URL.")
    ] = None,
    profile: Annotated[str, typer.Option(help="working, or forwardable: nothing tells who the worker is.")] = "working",
    manifest: Annotated[
        bool, typer.Option("--manifest", help="A manifest with SHA-256 beside the file; in it, when FILE is a .zip.")
    ] = False,
    database: Database = None,
) -> None:
    """Complaints as a table, oldest first. May run beside a live server."""
    with clear_errors():
        chosen = settings(database)
        work = export_complaints(
            chosen,
            opened,
            out,
            form=form,
            since=since,
            until=until,
            company=company,
            status=status,
            full=full,
            view=view,
            profile=profile,
            manifest=manifest,
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
    view: str | None = None,
    profile: str = "working",
    manifest: bool = False,
) -> str:
    """Write complaints to a file, with a progress bar on stderr; gives the line that says what was written.

    `open_store` gives the store, migrated and open. Raises ValueError with one clear line for what can't be done.
    """
    from bot.export import TableTooLong
    from handlers.complaints.export import Export, conditions, read_format, read_profile, read_selection
    from handlers.complaints.exporting.by_url import read_view
    from handlers.complaints.exporting.files import open_setting, write_files
    from handlers.complaints.exporting.reading import Chosen

    kind, selection, shown = read_format(form), read_selection(since, until, company, status), read_profile(profile)
    if full and shown == "forwardable":
        raise ValueError("--full names the workers: it can't go with --profile forwardable")
    setting = open_setting(chosen)
    with _progress() as bar:
        task = bar.add_task("complaints", total=None)

        async def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        async with open_store(chosen) as store:
            own = conditions(setting.catalogue, selection, setting.zone)
            found = Chosen()
            said = str(selection)
            if view is not None:
                async with store.read() as unit:
                    found, said = await read_view(unit, setting, view, said)
            wanted = Export(chosen=found.also(*own), said=said, made_by="operator", profile=shown, form=kind, full=full)
            try:
                made = await write_files(store, setting, wanted, out, manifest=manifest, advance=advance)
            except TableTooLong as error:
                raise ValueError(str(error)) from None
            except OSError as error:
                raise ValueError(f"--out: {out} can't be written: {error.strerror or error}") from None
    cut = f", {made.written.cut} texts cut to what a cell holds" if made.written.cut else ""
    return f"{made.written.rows} complaints in {out}{cut}"


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, disable=not console.is_terminal)
