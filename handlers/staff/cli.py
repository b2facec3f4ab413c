"""`yizhan staff`."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.console import Database, clear_errors, in_store


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    staff = typer.Typer(help="Staff.", no_args_is_help=True)
    staff.command("invite")(invite)
    app.add_typer(staff, name="staff")


def invite(
    role: Annotated[str, typer.Option(help="union, community or admin.")],
    name: Annotated[str, typer.Option(help="What colleagues will see.")] = "",
    database: Database = None,
) -> None:
    """An invitation code, used by sending it in any chat; serves once, within seven days."""
    with clear_errors():
        from handlers.staff import service

        work = lambda unit: service.invite(unit, role, name=name)  # noqa: E731
        typer.echo(in_store(database, work, refused=service.UnknownRole))
