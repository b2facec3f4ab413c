"""`yizhan token`: keys of other systems to our interfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings

if TYPE_CHECKING:
    from bot.store.tokens import Token


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    token = typer.Typer(help="Keys of other systems to our interfaces.", no_args_is_help=True)
    token.command("create")(create)
    token.command("list")(list_tokens)
    token.command("end")(end)
    app.add_typer(token, name="token")


def create(
    scope: Annotated[list[str], typer.Option(help="What it opens: open311, cases, originals; may be given twice.")],
    name: Annotated[str, typer.Option(help="Whose it is, for you.")],
    database: Database = None,
) -> None:
    """Make a key and show it, this once."""
    with clear_errors():
        from bot.store import tokens

        async def work() -> str:
            async with opened(settings(database)) as store, store.write() as unit:
                try:
                    return await tokens.make(unit, name, set(scope))
                except tokens.UnknownScopeError as error:
                    raise BadInput(str(error)) from None

        typer.echo(run_async(work()))


def list_tokens(database: Database = None) -> None:
    """All keys: id, name, scopes, last used, whether it has ended. Never the key itself."""
    with clear_errors():
        from bot.store import tokens

        async def work() -> list[Token]:
            async with opened(settings(database)) as store, store.read() as unit:
                return await tokens.everything(unit)

        for one in run_async(work()):
            used = one.used_at.date().isoformat() if one.used_at else "never"
            state = f"ended {one.ended_at.date().isoformat()}" if one.ended_at else "good"
            typer.echo(f"{one.id}\t{one.name}\t{','.join(sorted(one.scopes))}\tused {used}\t{state}")


def end(
    number: Annotated[int, typer.Argument(help="Its id, as `yizhan token list` shows it.")], database: Database = None
) -> None:
    """Let a key open nothing any more."""
    with clear_errors():
        from bot.store import tokens

        async def work() -> bool:
            async with opened(settings(database)) as store, store.write() as unit:
                return await tokens.end(unit, number)

        if not run_async(work()):
            raise BadInput(f"there is no key {number} that is good; `yizhan token list` shows them")
        typer.echo("ended")
