"""The files of a case as its person sees them: that they are kept, and the fingerprint of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot.dialogue import Talk, dialogue
from bot.dialogue.arguments import id_in
from bot.filetypes import REASONS
from bot.i18n import N_, _, speaking
from bot.messages import Option, Reply
from bot.notices import language_of, notify
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.complaints.service import NoSuchCaseError, access_own_case
from handlers.complaints.tables import case_media, cases

SHORT = 8  # characters of a SHA-256 that tell files apart to the eye
KINDS = {"photo": N_("picture"), "document": N_("PDF"), "voice": N_("recording"), "video": N_("video")}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a case; `status`: wanted, kept or failed; `sha256` of the file as it came, "" until then."""

    id: int
    kind: str
    mime: str
    size: int
    sha256: str
    status: str
    reason: str

    @property
    def name(self) -> str:
        """What it is, in the language in force."""
        return _(KINDS.get(self.kind, "file"))


async def files_of(unit: Unit, case_id: int) -> list[File]:
    """All files of a case, in the order they came."""
    wanted = sa.select(*(media.c[name] for name in File.__slots__)).join_from(case_media, media)
    return [File(**row) for row in await unit.rows(wanted.where(case_media.c.case_id == case_id).order_by(media.c.id))]


def told(files: Sequence[File]) -> str:
    """What a receipt says of the files: kept with a short fingerprint, still coming, or not to be had; "" for none."""
    kept = [one for one in files if one.status == "kept"]
    coming = sum(one.status == "wanted" for one in files)
    lines = []
    if kept:
        marks = _(", ").join(one.sha256[:SHORT] for one in kept)
        lines.append(_("{count} files are kept, sealed. Fingerprints: {marks}").format(count=len(kept), marks=marks))
    if coming:
        lines.append(_("{count} files are still coming; you are told here when they are in.").format(count=coming))
    lines += dict.fromkeys(_failure(one) for one in files if one.status == "failed")
    return "\n".join(lines)


def _failure(one: File) -> str:
    if one.reason in REASONS:
        return _(REASONS[one.reason])
    return _("A file could not be fetched. Please send it once more.")


async def arrived(unit: Unit, media_id: int) -> None:
    """A file was kept, or can't be had: once none of its case is on the way any more, its person is told."""
    row = await unit.first(
        sa.select(cases.c.id, cases.c.code, cases.c.person_id)
        .join_from(case_media, cases)
        .where(case_media.c.media_id == media_id)
    )
    if row is None or row["person_id"] is None:
        return
    files = await files_of(unit, row["id"])
    if any(one.status == "wanted" for one in files):
        return
    with speaking(await language_of(unit, row["person_id"])):
        reply = Reply(f"{row['code']}\n{told(files)}", (files_option(row["id"]),))
        await notify(unit, row["person_id"], reply, dedupe_key=f"files:{row['id']}:{files[-1].id}")


def files_option(case_id: int) -> Option:
    """The button to all fingerprints of a case."""
    return Option(_("Files and fingerprints"), f"go:complaint_files?case={case_id}")


@dialogue("complaint_files", title=N_("Files of my complaint"))
async def show_files(talk: Talk) -> None:
    """Every file of a case with its whole SHA-256: who has the same file can prove that it was handed in."""
    ways = [Option(_("My complaints"), "go:my_complaints"), Option(_("Menu"), "go:menu")]
    try:
        case = await access_own_case(talk.store, talk.person.id, case_id=id_in(talk, "case"))
    except NoSuchCaseError:
        await talk.say(_("I find no such complaint of yours. If it was filed from another account, ask there."), ways)
        return
    files = await files_of(talk.store, case.id)
    if not files:
        await talk.say(_("No files belong to it."), ways)
        return
    head = _("{code}: its files. The fingerprint (SHA-256) shows that a file was not changed.").format(code=case.code)
    await talk.say("\n".join([head, *(_line(number, one) for number, one in enumerate(files, 1))]), ways)


def _line(number: int, one: File) -> str:
    state = {"kept": one.sha256, "wanted": _("still coming")}.get(one.status) or _failure(one)
    return f"{number} {one.name} {state}"
