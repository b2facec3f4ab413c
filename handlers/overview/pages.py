"""GET /figures: how many complaints came in and how they ended, for everybody, where the operator has it so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.desk import view
from bot.headers import Headed
from bot.i18n import _, language, speaking
from bot.site import Site
from handlers.complaints.service import Catalogue, counting
from handlers.overview.quarters import Public, Quarter, over, summed
from handlers.overview.suppress import FEW, Shown

if TYPE_CHECKING:
    from bot.app import Service

TEMPLATES = Path(__file__).with_name("templates")
HEADERS = {**view.HEADERS, "Cache-Control": "public, max-age=3600", "Vary": "Accept-Language"}


def pages(service: Service) -> list[Route]:
    """The page; 404 unless `public_figures` is on. A quarter is summed once a process: it does not change any more."""
    found: dict[Quarter, Public] = {}

    async def figures(request: Request) -> Response:
        site = service.registry.resources[Site]
        if not site.public_figures:
            return PlainTextResponse("没有这个页面。\nThere is no such page.\n", status_code=404)
        zone = ZoneInfo(site.timezone)
        quarters = over(service.clock().astimezone(zone).date())
        asked = request.query_params.get("quarter", "")
        chosen = next((one for one in quarters if one.word == asked), quarters[0])
        if chosen not in found:
            async with service.store.read() as unit:
                found[chosen] = await summed(unit, chosen, zone, service.registry.resources[Catalogue])
        with speaking(view.language_of(request)):
            return _page(found[chosen], chosen, quarters, service)

    return [Route("/figures", figures, middleware=[Middleware(Headed, headers=HEADERS)])]


def _page(found: Public, chosen: Quarter, quarters: list[Quarter], service: Service) -> Response:
    site, catalogue = service.registry.resources[Site], service.registry.resources[Catalogue]
    tables = [
        (_("What came in"), _rows(found.filed, {one.id: one.name for one in catalogue.categories})),
        (_("What came to an end"), _rows(found.ended, {one: counting.status_name(one) for one in found.ended.counts})),
        (_("How content people were"), _rows(found.rated, {str(k): v for k, v in counting.rating_names().items()})),
    ]
    environment = view.make_environment({"overview": TEMPLATES}, ZoneInfo(site.timezone))
    html = environment.get_template("overview/public.html").render(
        site=site, tables=tables, chosen=chosen, quarters=quarters, length=found.length, few=FEW, lang=language()
    )
    return HTMLResponse(html)


def _rows(shown: Shown, names: dict[str, str]) -> list[tuple[str, str]]:
    few = _("fewer than {few}").format(few=FEW)
    rows = [(names[name], few if count is None else str(count)) for name, count in shown.counts.items()]
    between = _("{least} to {most}").format(least=shown.least, most=shown.most)
    return [*rows, (_("Total"), str(shown.least) if shown.least == shown.most else between)]
