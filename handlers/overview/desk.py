"""The staff page of the overview."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from starlette.responses import Response

from bot.desk.section import Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store import audit
from handlers.complaints.service import Catalogue
from handlers.overview.figures import PERIODS, Filters, overview
from handlers.overview.showing import figures
from handlers.regions.service import NoFigure, Regions
from handlers.staff import service as staff


async def show(visit: Visit) -> Response:
    """A period, as the URL has it. Staff see every number: they may open the cases behind it."""
    filters = Filters.read(visit.query)
    catalogue: Catalogue = visit.service.registry.resources[Catalogue]
    async with visit.store.read() as unit:
        found = await overview(unit, filters, ZoneInfo(visit.desk.site.timezone))
        called = {one.actor: one.name for one in await staff.members(unit)}
    async with visit.store.write() as unit:
        looked_at = filters.cases(weeks=str(filters.weeks)).partition("?")[2]
        await audit.write(unit, visit.member.actor, "overview.read", "cases", looked_at)
    return visit.render(
        "overview.html",
        figures=figures(found, filters, catalogue, called),
        filters=filters,
        place=_place(visit, filters.region),
        periods=[(str(weeks), _("{weeks} weeks").format(weeks=weeks)) for weeks in PERIODS],
        categories=[("", _("all")), *((one.id, one.name) for one in catalogue.categories)],
        companies=[("", _("all")), *((one.id, one.name) for one in catalogue.companies)],
    )


def _place(visit: Visit, code: str) -> str:
    regions: Regions = visit.service.registry.resources[Regions]
    try:
        return regions.region(code).name if code else ""
    except NoFigure:
        return code


SECTION = Section(
    area="overview",
    title=N_("Overview"),
    path="/desk/overview",
    pages=(Page("/overview", show),),
    templates=Path(__file__).with_name("templates"),
)
