"""An export as files: the table alone, the table with its manifest beside it, or both in one archive."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.export.draft import drafted
from bot.export.package import Member, manifest, pack
from bot.site import load_site
from bot.store.store import Store
from handlers.complaints.catalogue import open_catalogue
from handlers.complaints.export import Advance, Export, Made, export
from handlers.complaints.exporting.profiles import Setting
from handlers.regions.service import open_regions

if TYPE_CHECKING:
    from bot.settings import Settings

BESIDE = ".manifest.json"
STEM = "cases"


def open_setting(settings: Settings) -> Setting:
    """What the content folder gives to an export."""
    content = settings.content_dir
    return Setting(open_catalogue(content), open_regions(content), ZoneInfo(load_site(content).timezone))


async def write_files(
    store: Store, setting: Setting, wanted: Export, out: Path, *, manifest: bool = False, advance: Advance | None = None
) -> Made:
    """Write an export to `out`: an archive with its manifest where the name ends in .zip, else the table, with the
    manifest in `out`.manifest.json when asked for. Raises OSError, TableTooLong."""
    if out.suffix.lower() == ".zip":
        return await write_archive(store, setting, wanted, out, advance=advance)
    made = await export(store, setting, wanted, out, advance=advance)
    if manifest:
        _beside(out, made)
    return made


async def write_archive(
    store: Store, setting: Setting, wanted: Export, out: Path, *, advance: Advance | None = None
) -> Made:
    """The table and its manifest in one zip. The table lies in a private folder beside it for that while."""
    with tempfile.TemporaryDirectory(prefix="export-", dir=out.parent) as folder:
        table = Path(folder) / f"{STEM}.{wanted.form}"
        made = await export(store, setting, wanted, table, advance=advance)
        pack(out, [_member(table, made)], made.facts)
    return made


def _member(table: Path, made: Made) -> Member:
    return Member(table.name, table, {"rows": made.written.rows, "texts_cut": made.written.cut})


def _beside(out: Path, made: Made) -> None:
    with drafted(out.with_name(out.name + BESIDE)) as draft:
        draft.write_bytes(manifest([_member(out, made)], made.facts))
