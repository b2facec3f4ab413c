"""`yizhan insurance`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.clock import system_clock
from bot.console import BadInput, clear_errors, settings
from bot.content import BrokenContent


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

        if out.exists() and batch.exists() and out.samefile(batch):
            raise BadInput("--out must be another file than --batch")
        chosen = settings()
        today = system_clock().astimezone(ZoneInfo(chosen.timezone)).date()
        try:
            errors = run_file(chosen.content_dir, batch, out, today)
        except OSError as error:
            raise BadInput(f"{error.filename}: {error.strerror}") from None
        except BrokenContent as problem:
            raise BadInput(str(problem)) from None
        if errors:
            typer.echo(f"{errors} lines could not be answered", err=True)
