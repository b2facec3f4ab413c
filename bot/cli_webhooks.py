"""`yizhan webhook`: systems that want to hear of what happens here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings

if TYPE_CHECKING:
    from bot.store.webhooks import Webhook


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    webhook = typer.Typer(help="Systems that want to hear of what happens here.", no_args_is_help=True)
    webhook.command("add")(add)
    webhook.command("list")(list_webhooks)
    webhook.command("end")(end)
    app.add_typer(webhook, name="webhook")


def add(
    url: Annotated[str, typer.Argument(help="Where events are posted, https://...")],
    event: Annotated[
        list[str] | None, typer.Option(help="case.created or case.status_changed; both when not given.")
    ] = None,
    database: Database = None,
) -> None:
    """Add one and show the secret its events are signed with, this once."""
    with clear_errors():
        from bot.store import webhooks

        async def work() -> str:
            async with opened(settings(database)) as store, store.write() as unit:
                try:
                    return await webhooks.add(unit, url, event or webhooks.KINDS)
                except webhooks.BadWebhookError as error:
                    raise BadInput(str(error)) from None

        typer.echo(run_async(work()))


def list_webhooks(database: Database = None) -> None:
    """All of them: id, address, events, how many wait and how many were never taken. Never the secret."""
    with clear_errors():
        from bot.store import webhooks

        async def work() -> list[Webhook]:
            async with opened(settings(database)) as store, store.read() as unit:
                return await webhooks.everything(unit)

        for one in run_async(work()):
            state = f"ended {one.ended_at.date().isoformat()}" if one.ended_at else "good"
            counts = f"{one.waiting} waiting\t{one.failed} failed"
            typer.echo(f"{one.id}\t{one.url}\t{','.join(one.kinds)}\t{counts}\t{state}")


def end(
    number: Annotated[int, typer.Argument(help="Its id, as `yizhan webhook list` shows it.")], database: Database = None
) -> None:
    """Tell it nothing any more."""
    with clear_errors():
        from bot.store import webhooks

        async def work() -> bool:
            async with opened(settings(database)) as store, store.write() as unit:
                return await webhooks.end(unit, number)

        if not run_async(work()):
            raise BadInput(f"there is no webhook {number} that is good; `yizhan webhook list` shows them")
        typer.echo("ended")
