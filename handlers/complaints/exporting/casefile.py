"""One case as a printable file, and as a package with the files that belong to it.

The forwardable one has no receipt code, no notes, no staff, no name or contact; places go to the district; words are
masked; pictures are copies without metadata, and only when somebody has looked at what they show.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot import pictures
from bot.export.package import Member
from bot.export.to_pdf import Block, Facts, Heading, Picture, Table, Text, make_pdf
from bot.i18n import _
from bot.store.media import Blobs
from bot.store.vault import CannotOpen, Vault
from handlers.complaints.case import Case, Step
from handlers.complaints.evidence import made_of
from handlers.complaints.exporting.masking import masked
from handlers.complaints.exporting.profiles import Name, Setting, district
from handlers.complaints.files import File
from handlers.complaints.record import PERSON
from handlers.complaints.status import NAMES, RATINGS, Status
from handlers.complaints.wording import yuan
from handlers.profile.service import occupation_name

FORWARDED = frozenset({"status", "words", "message", "rating"})  # steps that are handed on: no notes, owners, requests


@dataclass(frozen=True, slots=True)
class Content:
    """A case with everything a file of it shows. `own`: the worker's name and contact, for masking alone; `steps` all
    that happened, oldest first."""

    case: Case
    steps: Sequence[Step]
    files: Sequence[File]
    own: tuple[str, str]
    profile: Name
    made_at: datetime
    made_by: str
    with_pictures: bool = True

    def words(self, said: str) -> str:
        """Somebody's words as this profile shows them."""
        return masked(said, *self.own) if self.profile == "forwardable" else said


async def copies(blobs: Blobs, vault: Vault, files: Sequence[File]) -> dict[int, bytes]:
    """Media id -> its copy without metadata, of the pictures that can be opened."""
    found: dict[int, bytes] = {}
    for one in files:
        if one.status == "kept" and one.kind == "photo":
            try:
                found[one.id] = await made_of(blobs, vault, one.id, "copy")
            except (pictures.BadPicture, FileNotFoundError, CannotOpen):
                continue
    return found


async def case_pdf(content: Content, setting: Setting, shown: dict[int, bytes]) -> bytes:
    """The printable file."""
    from contextvars import copy_context

    title = _("Case file") if content.profile == "forwardable" else f"{_('Case file')} {content.case.code}"
    blocks = _blocks(content, setting, shown)
    footer = f"{title} · {_moment(content.made_at, setting)} · {content.made_by}"
    here = copy_context()  # the language
    return await asyncio.to_thread(here.run, lambda: make_pdf(title, blocks, footer=footer))


def members(content: Content, pdf: bytes, shown: dict[int, bytes]) -> list[Member]:
    """What the package of a case holds beside its manifest."""
    found = [Member("case.pdf", pdf, {})]
    for number, one in enumerate(content.files, 1):
        if one.id in shown:
            about = {"original_sha256": one.sha256, "metadata": "removed"}
            found.append(Member(f"files/{number:02}.jpg", shown[one.id], about))
    return found


def facts(content: Content, setting: Setting) -> dict[str, Any]:
    """What the manifest says of it."""
    return {
        "made_at": content.made_at.astimezone(setting.zone).isoformat(timespec="seconds"),
        "made_by": content.made_by,
        "profile": content.profile,
        "filter": content.case.code if content.profile == "working" else _("one case"),
        "cases": 1,
    }


def _blocks(content: Content, setting: Setting, shown: dict[int, bytes]) -> list[Block]:
    case = content.case
    blocks: list[Block] = [Heading(_("Facts")), Facts(_facts(content, setting))]
    blocks += [Heading(_("In the worker's words")), Text(content.words(case.story) or _("Nothing is kept of it."))]
    blocks += [Heading(_("What happened")), Table(*_timeline(content, setting), widths=(2, 2, 6))]
    if content.files:
        blocks += [Heading(_("Files")), Table(*_evidence(content), widths=(1, 1.3, 1.7, 9))]
    if content.with_pictures:
        for number, one in enumerate(content.files, 1):
            if one.id in shown:
                blocks.append(Picture(shown[one.id], _("File {number}").format(number=number), most_mm=170))
    if content.profile == "forwardable":
        blocks.append(Text(_("Made for handing on. Numbers, plates and names were masked by rule."), small=True))
    return blocks


def _facts(content: Content, setting: Setting) -> list[tuple[str, str]]:
    case, working = content.case, content.profile == "working"
    company = setting.catalogue.company_name(case.company, content.words(case.company_words))
    near = district(setting.regions, case.region)
    found = [
        (_("Receipt code"), case.code if working else ""),
        (_("Status"), _(NAMES[case.status])),
        (_("Matter"), setting.catalogue.category(case.category).name),
        (_("Company"), company),
        (_("Date"), case.happened_on.isoformat() if case.happened_on else ""),
        (_("Amount"), yuan(case.amount) if case.amount is not None else ""),
        (_("Place") if working else _("District"), (case.place or near) if working else near),
        (_("Work"), occupation_name(case.occupation)),
        (_("Submitted"), _moment(case.submitted_at, setting, day_only=not working)),
        (_("Ended on"), _moment(case.closed_at, setting, day_only=True) if case.closed_at else ""),
        (_("Outcome"), content.words(case.outcome)),
        (_("Rated"), _(RATINGS[case.rating]) if case.rating else ""),
    ]
    return [(name, value) for name, value in found if value]


def _timeline(content: Content, setting: Setting) -> tuple[list[str], list[list[str]]]:
    from handlers.complaints.showing import step_text

    rows = []
    for step in content.steps:
        if content.profile == "forwardable" and (step.kind not in FORWARDED or not step.shown):
            continue
        who = _("The worker") if step.actor == PERSON else _("The union")
        what = _(NAMES[Status(step.status)]) if step.kind == "status" else step_text(step)
        said = content.words(step.words)
        at = _moment(step.at, setting, day_only=content.profile == "forwardable")
        rows.append([at, who, f"{what}\n{said}" if said else what])
    return [_("When"), _("Who"), _("What was done")], rows


def _evidence(content: Content) -> tuple[list[str], list[list[str]]]:
    rows = [
        [str(number), one.name, f"{max(1, round(one.size / 1024))} KB" if one.status == "kept" else "", one.sha256]
        for number, one in enumerate(content.files, 1)
    ]
    return [_("No."), _("Kind"), _("Size"), _("SHA-256 of the original")], rows


def _moment(at: datetime, setting: Setting, *, day_only: bool = False) -> str:
    return f"{at.astimezone(setting.zone):{'%Y-%m-%d' if day_only else '%Y-%m-%d %H:%M'}}"
