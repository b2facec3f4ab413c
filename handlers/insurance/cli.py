"""`yizhan insurance`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.clock import system_clock
from bot.console import clear_errors, settings


def add_commands(app: typer.Typer) -> None:
    """Hang the command on the command line."""
    app.command()(insurance)


def insurance(
    batch: Annotated[Path, typer.Option("--batch", help='What to work out, {"id","op",...} a line.')],
    out: Annotated[Path, typer.Option("--out", help="Where the answers go, one a line.")],
) -> None:
    """The guidance as data: retirement, pension, contribution, guide."""
    with clear_errors():
        from handlers.insurance.batch import run_file

        chosen = settings()
        today = system_clock().astimezone(ZoneInfo(chosen.timezone)).date()
        counts = run_file(chosen.content_dir, batch, out, today)
        typer.echo(f"{counts.errors} errors", err=True)
