"""`yizhan export complaints`, as the command line calls it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from rich.progress import Progress

    from bot.settings import Settings
    from bot.store.store import Store

Opened = Callable[["Settings"], AbstractAsyncContextManager["Store"]]


async def export_complaints(
    settings: Settings,
    opened: Opened,
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

    Raises ValueError with one clear line for anything that can't be done. `opened` gives the store, migrated and open.
    """
    from bot.export import TableTooLong
    from bot.site import load_site
    from handlers.complaints.catalogue import open_catalogue
    from handlers.complaints.export import export, read_format, read_selection

    kind, selection = read_format(form), read_selection(since, until, company, status)
    zone, catalogue = ZoneInfo(load_site(settings.content_dir).timezone), open_catalogue(settings.content_dir)
    with _progress() as bar:
        task = bar.add_task("complaints", total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        try:
            async with opened(settings) as store:
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
    return Progress(*columns, console=Console(stderr=True))
