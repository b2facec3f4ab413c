"""The staff pages of reports: the list, a report with its pictures and its map link, another state, points."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk import pictures
from bot.desk.members import Member
from bot.desk.refusal import Refused, telling
from bot.desk.section import Figure, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.grid import listing, service
from handlers.grid.report import ALLOWED, NAMES, NotAllowedError, Report, Status
from handlers.grid.service import GridKinds, NoSuchReportError
from handlers.grid.tables import grid_media, grid_reports
from handlers.regions.service import NoFigure, Regions
from handlers.rewards.service import PointRules
from handlers.staff import service as staff

LONGEST = 500  # characters to the reporter

told = telling(
    {
        NoSuchReportError: (404, N_("There is no such report.")),
        NotAllowedError: (409, N_("The report has moved on meanwhile. Please look at it again.")),
    }
)


async def access_report(unit: Unit, member: Member, report_id: int, action: str = "report.read") -> Report:
    """The gate to a report; its row stays locked till the commit. Raises `NoSuchReportError`."""
    report = await service.find(unit, report_id)
    await audit.write(unit, member.actor, action, f"report:{report_id}")
    return report


async def access_photo(unit: Unit, member: Member, report_id: int, media_id: int) -> str:
    """The gate to a picture of a report; gives its state: wanted, kept or failed."""
    await access_report(unit, member, report_id, "report.photo")
    belongs = sa.and_(grid_media.c.report_id == report_id, grid_media.c.media_id == media_id)
    state = await unit.value(sa.select(media.c.status).join_from(grid_media, media).where(belongs))
    if state is None:
        raise NoSuchReportError
    return str(state)


def kinds_of(visit: Visit) -> GridKinds:
    """What can be reported."""
    return cast(GridKinds, visit.service.registry.resources[GridKinds])


def place_name(visit: Visit, code: str) -> str:
    """A region by its name."""
    try:
        return cast(Regions, visit.service.registry.resources[Regions]).region(code).name if code else ""
    except NoFigure:
        return code


@told
async def list_reports(visit: Visit) -> Response:
    """The list, as the URL filters it."""
    filters = listing.Filters.read(visit.query, kinds_of(visit))
    async with visit.store.write() as unit:
        await audit.write(unit, visit.member.actor, "report.list", "reports", filters.url().partition("?")[2])
        rows, following = await listing.page(unit, filters, visit.query("after"))
        counted = await listing.counts(unit, filters)
        regions = await listing.regions(unit)
    return visit.render(
        "reports.html",
        rows=rows,
        filters=filters,
        following=filters.url(after=following) if following else "",
        counted=counted,
        names=NAMES,
        kinds=kinds_of(visit),
        regions=[(code, place_name(visit, code)) for code in regions],
    )


@told
async def show_report(visit: Visit) -> Response:
    """One report with everything that happened to it."""
    async with visit.store.write() as unit:
        report = await access_report(unit, visit.member, visit.number("report"))
        happened = await service.steps(unit, report.id)
        who = {step.actor: await staff.name_of(unit, step.actor) for step in happened}
        of_it = sa.select(media.c.id, media.c.status, media.c.kind).join_from(grid_media, media)
        photos = await unit.rows(of_it.where(grid_media.c.report_id == report.id).order_by(media.c.id))
    return visit.render(
        "report.html",
        report=report,
        steps=happened,
        who=who,
        photos=photos,
        kind=kinds_of(visit).kind(report.kind).said,
        region=place_name(visit, report.region),
        names=NAMES,
        moves=[(to.value, _(NAMES[to])) for to in ALLOWED[report.status]],
        map_url=listing.map_url(report),
        points=cast(PointRules, visit.service.registry.resources[PointRules]).report,
        longest=LONGEST,
    )


@told
async def photo(visit: Visit) -> Response:
    """A picture of a report."""
    media_id = visit.number("photo")
    async with visit.store.write() as unit:
        state = await access_photo(unit, visit.member, visit.number("report"), media_id)
    return await pictures.opened(visit, media_id, state)


@told
async def move(visit: Visit) -> Response:
    """Another state, from the one the member saw, with words to the reporter."""
    try:
        to = Status(visit.form.get("to", ""))
    except ValueError:
        raise Refused(400, _("Please choose a status.")) from None
    needed = to in {Status.DONE, Status.NOT_OURS}
    words = visit.needed("words", LONGEST) if needed else visit.optional("words", LONGEST)
    async with visit.store.write() as unit:
        report = await service.find(unit, visit.number("report"))
        if visit.form.get("from") != report.status:
            raise NotAllowedError
        await service.move(unit, kinds_of(visit), report, to, visit.member.actor, words)
    return visit.done(f"/desk/reports/{report.id}", "moved")


@told
async def confirm(visit: Visit) -> Response:
    """It is so: points for who reported it."""
    rules = cast(PointRules, visit.service.registry.resources[PointRules])
    async with visit.store.write() as unit:
        report = await service.find(unit, visit.number("report"))
        await service.confirm(unit, kinds_of(visit), rules, report, visit.member.actor)
    return visit.done(f"/desk/reports/{report.id}", "confirmed")


async def waiting(unit: Unit, _member: Member) -> list[Figure]:
    """What nobody has looked at, and what is passed on."""

    async def count(status: Status) -> int:
        counted = sa.select(sa.func.count()).where(grid_reports.c.status == status.value)
        return int(await unit.value(counted))

    return [
        Figure(await count(Status.RECEIVED), _("new reports"), "/desk/reports?status=received", urgent=True),
        Figure(await count(Status.PASSED_ON), _("passed on"), "/desk/reports?status=passed_on"),
    ]


SECTION = Section(
    area="reports",
    title=N_("Reports"),
    path="/desk/reports",
    pages=(
        Page("/reports", list_reports),
        Page("/reports/{report:int}", show_report),
        Page("/reports/{report:int}/photos/{photo:int}", photo),
        Page("/reports/{report:int}/move", move, "POST"),
        Page("/reports/{report:int}/confirm", confirm, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "moved": N_("Done. Who reported or supports it is told."),
        "confirmed": N_("Confirmed. The points are given, and the reporter is told."),
    },
    waiting=waiting,
)
