"""The desk's pages of exports: asked for from the list, watched, taken once."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.background import BackgroundTask
from starlette.responses import Response, StreamingResponse

from bot.desk.refusal import Refused
from bot.desk.section import Page
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from bot.store.vault import CannotOpen
from handlers.complaints.access import NotYourAreaError
from handlers.complaints.export import profile_said, read_format, read_profile
from handlers.complaints.exporting import by_url, jobs
from handlers.complaints.exporting.files import open_setting
from handlers.complaints.exporting.worker import Exporter

LONGEST_QUERY = 2000
STATES = {
    "waiting": N_("waits for its turn"),
    "running": N_("is being made"),
    "ready": N_("is ready"),
    "taken": N_("was downloaded"),
    "gone": N_("is no longer offered"),
    "failed": N_("could not be made"),
}


async def ask(visit: Visit) -> Response:
    """An export of what the list shows, to be made in the background."""
    try:
        profile, form = read_profile(visit.form.get("profile", "")), read_format(visit.form.get("format", ""))
    except ValueError:
        raise Refused(400, _("Please choose what to export.")) from None
    query = visit.optional("query", LONGEST_QUERY)
    _gate(visit)
    try:
        async with visit.store.write() as unit:
            said = by_url.said(open_setting(visit.service.settings), by_url.filters_of(query))
            await audit.write(unit, visit.member.actor, "export.asked", "cases", f"{profile}; {form}; {said}")
            await jobs.ask(unit, visit.member.person_id, query=query, profile=profile, form=form)
    except jobs.TooManyError:
        raise Refused(409, _("Three of your exports are still being made. Please wait for one.")) from None
    return visit.done("/desk/cases/exports", "export_asked")


async def show(visit: Visit) -> Response:
    """One's own exports, newest first."""
    _gate(visit)
    setting = open_setting(visit.service.settings)
    async with visit.store.read() as unit:
        found = await jobs.own(unit, visit.member.person_id)
    values = [
        {
            "job": one,
            "state": _(STATES[one.state]),
            "profile": profile_said(one.profile),
            "filter": by_url.said(setting, by_url.filters_of(one.query)),
            "until": one.ready_at + jobs.OFFERED if one.ready_at and one.state == "ready" else None,
        }
        for one in found
    ]
    live = any(one.state in jobs.UNDER_WAY for one in found)
    return visit.render("exports.html", exports=values, live=live)


async def take(visit: Visit) -> Response:
    """The file, to its owner, once; it is removed when it went out."""
    _gate(visit)
    export_id = visit.number("export")
    files = _exporter(visit).files
    try:
        async with visit.store.write() as unit:
            job = await jobs.take(unit, visit.member.person_id, export_id)
            await audit.write(unit, visit.member.actor, "export.taken", f"export:{export_id}", job.sha256)
    except jobs.NoSuchExportError:
        raise Refused(404, _("There is no such export.")) from None
    except jobs.GoneError:
        raise Refused(410, _("This export was downloaded already, or its day is over. Please make it again.")) from None
    pieces = files.read(visit.store.vault, export_id)
    try:
        first = next(pieces)
    except (FileNotFoundError, CannotOpen):
        raise Refused(410, _("This export can't be read any more. Please make it again.")) from None

    def content() -> Iterator[bytes]:
        yield first
        yield from pieces

    name = f"cases-{job.asked_at.astimezone(open_setting(visit.service.settings).zone):%Y%m%d-%H%M}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(job.size)}
    over = BackgroundTask(files.erase, export_id)
    return StreamingResponse(content(), media_type="application/zip", headers=headers, background=over)


async def drop(visit: Visit) -> Response:
    """An export is no longer wanted."""
    _gate(visit)
    export_id = visit.number("export")
    try:
        async with visit.store.write() as unit:
            await jobs.drop(unit, visit.member.person_id, export_id)
            unit.after_commit(lambda: _exporter(visit).files.erase(export_id))
    except jobs.NoSuchExportError:
        raise Refused(404, _("There is no such export.")) from None
    return visit.done("/desk/cases/exports", "export_dropped")


def _gate(visit: Visit) -> None:
    """The gate to exports: the same as to the list. Raises `NotYourAreaError`."""
    from bot.desk.members import may_open

    if not may_open(visit.member.role, "cases"):
        raise NotYourAreaError


def _exporter(visit: Visit) -> Exporter:
    found: Exporter = visit.service.registry.resources[Exporter]
    return found


PAGES = (
    Page("/cases/exports", show),
    Page("/cases/export", ask, "POST"),
    Page("/cases/exports/{export:int}/take", take, "POST"),
    Page("/cases/exports/{export:int}/drop", drop, "POST"),
)
SAID = {
    "export_asked": N_("The export is being made. It is offered here when it is ready."),
    "export_dropped": N_("Removed."),
}
