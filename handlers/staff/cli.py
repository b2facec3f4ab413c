"""`yizhan staff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import LARGEST_ID, Database, clear_errors, in_store, settings

if TYPE_CHECKING:
    from bot.desk.members import Member
    from bot.store.unit import Unit


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    staff = typer.Typer(help="Staff.", no_args_is_help=True)
    staff.command("invite")(invite)
    staff.command("list")(list_staff)
    staff.command("reset")(reset)
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


def list_staff(database: Database = None) -> None:
    """Who works here: id, role, name, whether a second factor is on."""
    with clear_errors():
        from bot.desk import totp
        from handlers.staff import service

        async def work(unit: Unit) -> tuple[list[Member], set[int]]:
            return await service.members(unit), await totp.on_for(unit)

        everybody, guarded = in_store(database, work)
        for one in everybody:
            factor = "second factor on" if one.person_id in guarded else "no second factor"
            typer.echo(f"{one.person_id}\t{one.role}\t{one.name}\t{factor}")


def reset(
    number: Annotated[int, typer.Argument(max=LARGEST_ID, help="Their id, as `yizhan staff list` shows it.")],
    database: Database = None,
) -> None:
    """Let somebody back in who lost the phone and the recovery codes: their second factor goes, they are signed out
    everywhere, and a link is shown that signs in once, within ten minutes. Noted in the audit log."""
    with clear_errors():
        from handlers.staff import service

        link = in_store(database, lambda unit: service.let_back_in(unit, number), refused=service.NoSuchMember)
        public = settings(database).public_url
        typer.echo(f"{public}{link}" if public else f"{link}\nOpen it at the address of the desk.")
