"""Public pages: one confirms a certificate, with the first character of its name only; one is a calendar file."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.i18n import DEFAULT, _, speaking
from bot.site import Site
from handlers.volunteering.asking import LARGEST_ID
from handlers.volunteering.calendar import calendar_file
from handlers.volunteering.certificates import Certificate, look_up
from handlers.volunteering.slots import NoSuchSlotError, find
from handlers.volunteering.wording import lasts

if TYPE_CHECKING:
    from bot.app import Service

TEMPLATES = Path(__file__).with_name("templates")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def pages(service: Service) -> list[Route]:
    """GET /certificates/<code>: 200 with what is certified, 404 when no such certificate was issued.
    GET /activities/<slot>.ics: what everybody may know of a slot, for a calendar."""

    async def confirm(request: Request) -> Response:
        async with service.store.read() as unit:
            found = await look_up(unit, request.path_params["code"])
        language = "en" if request.headers.get("accept-language", "").lower().startswith("en") else DEFAULT
        with speaking(language):
            return _page(found, service.registry.resources[Site], language)

    async def calendar(request: Request) -> Response:
        slot_id = request.path_params["slot"]
        try:
            async with service.store.read() as unit:
                slot = await find(unit, slot_id if slot_id <= LARGEST_ID else 0)
        except NoSuchSlotError:
            return PlainTextResponse("找不到这个活动。\nThere is no such activity.\n", status_code=404, headers=HEADERS)
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="activity.ics"'}
        content = calendar_file(slot, service.clock())
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route("/certificates/{code}", confirm), Route("/activities/{slot:int}.ics", calendar)]


def _page(found: Certificate | None, site: Site, language: str) -> Response:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    nonce = secrets.token_urlsafe(16)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template("certificate.html").render(
        _=_, lang=language.replace("_", "-"), nonce=nonce, found=found, lasts=lasts, operator=site.said("operator")
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers = {**HEADERS, "Content-Security-Policy": policy}
    return HTMLResponse(html, status_code=200 if found else 404, headers=headers)
