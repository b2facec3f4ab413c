"""Pages anybody may open: one confirms a certificate, with the first character of its name only; one is a calendar
file; one leads from the QR code at the place into the chat. And the certificate as a file, for who holds its link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.i18n import speaking
from bot.site import Site
from handlers.volunteering.asking import LARGEST_ID
from handlers.volunteering.calendar import calendar_file
from handlers.volunteering.certificate_file import linked_certificate, printable
from handlers.volunteering.certificates import look_up, read_code
from handlers.volunteering.checkin_page import checkin_routes
from handlers.volunteering.guessing import Turns, is_marked
from handlers.volunteering.public import HEADERS, language_of, render
from handlers.volunteering.slots import NoSuchSlotError, find
from handlers.volunteering.wording import lasts

if TYPE_CHECKING:
    from bot.app import Service


def pages(service: Service) -> list[BaseRoute]:
    """GET /certificates/<code>: 200 with what is certified, 404 when no such certificate was issued, 429 when too many
    numbers are tried (see `guessing`).
    GET /certificate-files/<link>: the certificate as PDF, for a day; 404 for any other link.
    GET /activities/<slot>.ics: what everybody may know of a slot, for a calendar.
    GET, POST /checkin/<slot>/<code>: see `checkin_page`."""
    site: Site = service.registry.resources[Site]
    turns = Turns()

    async def confirm(request: Request) -> Response:
        code = read_code(request.path_params["code"])
        who = request.client.host if request.client else ""
        marked = is_marked(service.store.vault, code, request.query_params.get("mark", ""))
        if code and not marked and not await turns.taken(who):
            return render(request, "wait.html", 429)
        async with service.store.read() as unit:
            found = await look_up(unit, code) if code else None
        if code and found is None:
            turns.wrong(who)
        with speaking(language_of(request)):
            operator = site.said("operator")
        return render(request, "certificate.html", 200 if found else 404, found=found, lasts=lasts, operator=operator)

    async def file(request: Request) -> Response:
        code = linked_certificate(service.store.vault, request.path_params["link"], service.clock())
        async with service.store.read() as unit:
            found = await look_up(unit, code) if code else None
        if found is None:
            text = "链接已失效，请在对话里重新发“志愿证明”。\nThis link no longer works.\n"
            return PlainTextResponse(text, status_code=404, headers=HEADERS)
        base = service.settings.public_url or str(request.base_url).rstrip("/")
        with speaking(language_of(request)):
            content = await printable(service.store.vault, found, site.said("operator"), base)
        headers = {**HEADERS, "Content-Disposition": f'attachment; filename="{found.code}.pdf"'}
        return Response(content, media_type="application/pdf", headers=headers)

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

    return [
        Route("/certificates/{code}", confirm),
        Route("/certificate-files/{link}", file),
        Route("/activities/{slot:int}.ics", calendar),
        *checkin_routes(service),
    ]
