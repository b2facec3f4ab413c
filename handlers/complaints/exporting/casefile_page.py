"""The desk's page that gives out one case: as a PDF, or as a package with its pictures and a manifest."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.desk.refusal import Refused
from bot.desk.section import Page
from bot.desk.visit import Visit
from bot.export.package import packed
from bot.i18n import _
from bot.store.unit import Unit
from handlers.complaints import service
from handlers.complaints.access import access_case
from handlers.complaints.case import Case
from handlers.complaints.export import read_profile
from handlers.complaints.exporting import casefile
from handlers.complaints.exporting.casefile import Content
from handlers.complaints.exporting.files import open_setting
from handlers.complaints.exporting.profiles import Name
from handlers.complaints.files import files_of

FORMS = {"pdf": "application/pdf", "zip": "application/zip"}


async def give_out(visit: Visit) -> Response:
    """One case as a file; noted in the audit log before anything is made."""
    form, profile = visit.form.get("format", ""), _profile(visit)
    looked = profile == "working" or visit.form.get("looked") == "1"
    async with visit.store.write() as unit:
        case = await access_case(unit, visit.member, visit.number("case"), "case.export", f"{profile}; {form}")
        if form not in FORMS:
            raise Refused(400, _("Please choose what to export."))
        content = await read(unit, case, profile, visit.member.name, with_pictures=looked)
    setting = open_setting(visit.service.settings)
    shown = await casefile.copies(visit.service.blobs, visit.store.vault, content.files) if looked else {}
    made = await casefile.case_pdf(content, setting, shown)
    if form == "zip":
        parts = casefile.members(content, made, shown)
        made = await asyncio.to_thread(packed, parts, casefile.facts(content, setting))
    name = case.code if profile == "working" else "case"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return Response(made, media_type=FORMS[form], headers=headers)


async def read(unit: Unit, case: Case, profile: Name, name: str, *, with_pictures: bool) -> Content:
    """Everything a file of a case shows. The gate was passed; the identity is read for masking alone, never shown."""
    own = await service.identity(unit, case.id)
    return Content(
        case=case,
        steps=await service.steps(unit, case, all_of_them=True),
        files=await files_of(unit, case.id),
        own=own,
        profile=profile,
        made_at=unit.now,
        made_by=name if profile == "working" else _("an officer of the union"),
        with_pictures=with_pictures,
    )


def _profile(visit: Visit) -> Name:
    try:
        return read_profile(visit.form.get("profile", ""))
    except ValueError:
        raise Refused(400, _("Please choose what to export.")) from None


PAGES = (Page("/cases/{case:int}/file", give_out, "POST"),)
