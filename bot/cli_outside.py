"""`yizhan token`, `yizhan webhook`: what other systems read here, and what they are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import LARGEST_ID, BadInput, Database, clear_errors, in_store

if TYPE_CHECKING:
    from bot.store.unit import Unit


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    token = typer.Typer(help="Keys of other systems to our interfaces.", no_args_is_help=True)
    token.command("create")(create)
    token.command("list")(list_tokens)
    token.command("end")(end_token)
    app.add_typer(token, name="token")
    webhook = typer.Typer(help="Systems that want to hear of what happens here.", no_args_is_help=True)
    webhook.command("add")(add)
    webhook.command("list")(list_webhooks)
    webhook.command("end")(end_webhook)
    app.add_typer(webhook, name="webhook")


def create(
    scope: Annotated[list[str], typer.Option(help="What it opens: open311, cases, originals; may be given twice.")],
    name: Annotated[str, typer.Option(help="Whose it is, for you.")],
    database: Database = None,
) -> None:
    """Make a key and show it, this once."""
    with clear_errors():
        from bot.store import tokens

        work = lambda unit: tokens.make(unit, name, set(scope))  # noqa: E731
        typer.echo(in_store(database, work, refused=tokens.UnknownScopeError))


def list_tokens(database: Database = None) -> None:
    """All keys: id, name, scopes, last used, whether it has ended. Never the key itself."""
    with clear_errors():
        from bot.store import tokens

        for one in in_store(database, tokens.everything):
            used = f"used {one.used_at.date().isoformat() if one.used_at else 'never'}"
            _line(one.id, one.name, ",".join(sorted(one.scopes)), used, _state(one.ended_at))


def end_token(
    number: Annotated[int, typer.Argument(max=LARGEST_ID, help="Its id, as `yizhan token list` shows it.")],
    database: Database = None,
) -> None:
    """Let a key open nothing any more."""
    with clear_errors():
        from bot.store import tokens

        _end(database, "key", number, tokens.end, "yizhan token list")


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

        work = lambda unit: webhooks.add(unit, url, event or webhooks.KINDS)  # noqa: E731
        typer.echo(in_store(database, work, refused=webhooks.BadWebhookError))


def list_webhooks(database: Database = None) -> None:
    """All of them: id, address, events, how many wait and how many were never taken. Never the secret."""
    with clear_errors():
        from bot.store import webhooks

        for one in in_store(database, webhooks.everything):
            counts = (f"{one.waiting} waiting", f"{one.failed} failed")
            _line(one.id, one.url, ",".join(one.kinds), *counts, _state(one.ended_at))


def end_webhook(
    number: Annotated[int, typer.Argument(max=LARGEST_ID, help="Its id, as `yizhan webhook list` shows it.")],
    database: Database = None,
) -> None:
    """Tell it nothing any more."""
    with clear_errors():
        from bot.store import webhooks

        _end(database, "webhook", number, webhooks.end, "yizhan webhook list")


def _line(*parts: object) -> None:
    typer.echo("\t".join(map(str, parts)))


def _state(ended_at: datetime | None) -> str:
    return f"ended {ended_at.date().isoformat()}" if ended_at else "good"


def _end(
    database: str | None, what: str, number: int, end: Callable[[Unit, int], Awaitable[bool]], listed: str
) -> None:
    if not in_store(database, lambda unit: end(unit, number)):
        raise BadInput(f"there is no {what} {number} that is good; `{listed}` shows them")
    typer.echo("ended")
