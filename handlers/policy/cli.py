"""`yizhan ask`, `yizhan search` and `yizhan questions`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings

Batch = Annotated[Path | None, typer.Option("--batch", help='Questions, {"id","question"} a line.')]

Number = Annotated[int, typer.Argument(min=1, max=2**63 - 1, help="The question's number.")]


def add_commands(app: typer.Typer) -> None:
    """Hang the commands on the command line."""
    app.command()(ask)
    app.command()(search)
    questions = typer.Typer(help="Questions that wait for staff.", no_args_is_help=True)
    questions.command("list")(list_questions)
    questions.command("answer")(answer)
    questions.command("drop")(drop)
    app.add_typer(questions, name="questions")


def ask(
    text: Annotated[str | None, typer.Argument(help="The question.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As data.")] = False,
    batch: Batch = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where the answers of --batch go.")] = None,
) -> None:
    """What the bot would answer to TEXT, or to every line of a file."""
    with clear_errors():
        if (text is None) == (batch is None) or (batch is None) != (out is None):
            raise BadInput("give a question, or --batch FILE with --out FILE")
        if batch is not None and out is not None:
            _converted("batch", batch, out)
        else:
            _answered(text or "", as_json)


def _answered(text: str, as_json: bool) -> None:
    import orjson

    from handlers.policy.service import open_answers

    decision = open_answers(settings().content_dir).decide(text)
    if as_json:
        passages = [passage.as_dict() for passage in decision.passages]
        typer.echo(orjson.dumps({"decision": decision.decision, "passages": passages}).decode())
    elif decision.decision == "answer" and decision.best is not None:
        typer.echo(f"{decision.best.text}\n\n{decision.best.source}")
    elif decision.decision == "suggest":
        typer.echo("\n".join(["您是想问这几个吗？", *(passage.question for passage in decision.passages[:3])]))
    else:
        typer.echo("这个我没查到，不乱说。")


def search(
    corpus: Annotated[Path, typer.Option(help='Passages, {"id","title","text"} a line.')],
    queries: Annotated[Path, typer.Option(help='Questions, {"id","question"} a line.')],
    out: Annotated[Path, typer.Option(help='Rankings, {"id","ranked"} a line.')],
) -> None:
    """The search engine alone, on any corpus."""
    with clear_errors():
        _converted("search_files", corpus, queries, out)


def _converted(name: str, *paths: Path) -> None:
    """Run a batch: exit 0 when the file was read to its end, with the count of bad lines on stderr."""
    from handlers.policy import service

    if paths[-1].resolve() in {path.resolve() for path in paths[:-1]}:
        raise BadInput(f"{paths[-1]} can't be read and written at once; give --out another file")
    counts = getattr(service, name)(settings().content_dir, *paths)
    typer.echo(f"{counts.errors} errors", err=True)


def list_questions(database: Database = None) -> None:
    """The open questions: those somebody waits for first."""
    with clear_errors():
        from handlers.policy import questions

        async def work() -> list[questions.Question]:
            async with opened(settings(database)) as store, store.read() as unit:
                return await questions.waiting(unit)

        for one in run_async(work()):
            due = f" due {one.due_on}" if one.due_on else ""
            typer.echo(f"{one.id}  {one.asked_at:%Y-%m-%d %H:%M}  {one.reason}{due}  {one.article}  {one.words}")


def answer(
    number: Number,
    text: Annotated[str, typer.Argument(help="The answer.")],
    draft: Annotated[bool, typer.Option("--draft", help="Also save it as the draft of an article.")] = False,
    database: Database = None,
) -> None:
    """Answer a question; the asker gets it in the chat."""
    with clear_errors():
        if not text.strip():
            raise BadInput("the answer is empty")
        from handlers.policy import questions

        chosen = settings(database)

        async def work(unit: Any) -> tuple[bool, str]:
            sent = await questions.answer(unit, number, text.strip(), "operator")
            return sent, await questions.words_of(unit, number)

        sent, words = _on_store(database, work)
        typer.echo("sent to the asker" if sent else "kept; nobody waits for it")
        if draft:
            from bot.clock import system_clock

            typer.echo(questions.draft(chosen.content_dir, number, words, text.strip(), system_clock().date()))


def drop(number: Number, database: Database = None) -> None:
    """Take a question out of the queue without an answer."""
    with clear_errors():
        from handlers.policy import questions

        _on_store(database, lambda unit: questions.drop(unit, number, "operator"))
        typer.echo("dropped")


def _on_store(database: str | None, call: Any) -> Any:
    from handlers.policy.questions import NoQuestion

    async def work() -> Any:
        async with opened(settings(database)) as store, store.write() as unit:
            try:
                return await call(unit)
            except NoQuestion as error:
                raise BadInput(f"there is no open question {error.args[0]}") from None

    return run_async(work())
