"""`yizhan export case`: one case as a PDF, or as a package with its pictures and a manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import BadInput, Database, clear_errors, opened, run_async, settings

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.store.unit import Unit
    from handlers.complaints.case import Case


def case(
    code: Annotated[str, typer.Argument(help="The receipt, like YZ-7K3M-92QD.")],
    out: Annotated[Path, typer.Option(help="The file to write: .pdf, or .zip with pictures and a manifest.")],
    profile: Annotated[str, typer.Option(help="working, or forwardable: nothing tells who the worker is.")] = "working",
    looked: Annotated[
        bool, typer.Option("--looked", help="Forwardable with pictures: somebody has looked at what they show.")
    ] = False,
    database: Database = None,
) -> None:
    """One case, printable; noted in the audit log. May run beside a live server."""
    with clear_errors():
        try:
            out.write_bytes(run_async(case_file(settings(database), code, out, profile, looked=looked)))
        except ValueError as error:
            raise BadInput(str(error)) from None
        except OSError as error:
            raise BadInput(f"--out: {out} can't be written: {error.strerror or error}") from None
        typer.echo(f"one case in {out}")


async def case_file(chosen: Settings, code: str, out: Path, profile: str, *, looked: bool) -> bytes:
    """What is to be written to `out`. Raises ValueError with one clear line."""
    from bot.export.package import packed
    from bot.store.media import Blobs
    from handlers.complaints.export import read_profile
    from handlers.complaints.exporting import casefile
    from handlers.complaints.exporting.casefile_page import read
    from handlers.complaints.exporting.files import open_setting

    form, shown = out.suffix.lower(), read_profile(profile)
    if form not in {".pdf", ".zip"}:
        raise ValueError(f"--out: {out} must end in .pdf or .zip")
    pictures = shown == "working" or looked
    async with opened(chosen) as store:
        async with store.write() as unit:
            found = await _access(unit, code, f"{shown}; {form[1:]}")
            content = await read(unit, found, shown, "operator", with_pictures=pictures)
        setting = open_setting(chosen)
        kept = await casefile.copies(Blobs(chosen.data_dir), store.vault, content.files) if pictures else {}
        made = await casefile.case_pdf(content, setting, kept)
        if form == ".zip":
            made = packed(casefile.members(content, made, kept), casefile.facts(content, setting))
    return made


async def _access(unit: Unit, code: str, detail: str) -> Case:
    """The operator's gate to a case by its receipt. Raises ValueError."""
    import sqlalchemy as sa

    from bot.store import audit
    from bot.store.codes import BadCode, parse_code
    from handlers.complaints.case import open_case
    from handlers.complaints.tables import cases

    try:
        receipt = parse_code(code)
    except BadCode:
        raise ValueError(f"{code!r} is no receipt; one looks like YZ-7K3M-92QD") from None
    row = await unit.first(sa.select(cases).where(cases.c.code == receipt))
    if row is None:
        raise ValueError(f"there is no case {receipt}")
    await audit.write(unit, "operator", "case.export", f"case:{row['id']}", detail)
    return open_case(unit.vault, row)
