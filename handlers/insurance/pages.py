"""The card behind a link, to read, to print and to keep; and its days as a calendar file."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.i18n import _, speaking
from bot.site import Site
from handlers.insurance.agenda import agenda, calendar_file
from handlers.insurance.chat import recommend
from handlers.insurance.chat.wording import age, basis, length, month, plain_months, titled
from handlers.insurance.links import open_link
from handlers.insurance.person import Person
from handlers.insurance.service import Insurance, open_insurance

if TYPE_CHECKING:
    from bot.app import Service

GONE = "链接已失效，请在对话里重新发“办参保”。\nThis link no longer works; ask for a new one in the chat.\n"
TEMPLATES = Path(__file__).with_name("templates")
PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def pages(service: Service) -> list[Route]:
    """GET /cards/<link> and /cards/<link>/reminders.ics."""

    def opened(request: Request) -> tuple[Person, str] | None:
        return open_link(service.store.vault, request.path_params["token"], service.clock())

    async def card(request: Request) -> Response:
        found = opened(request)
        if found is None:
            return PlainTextResponse(GONE, status_code=404, headers=PRIVATE)
        person, language = found
        with speaking(language):
            site: Site = service.registry.resources[Site]
            path = f"/cards/{request.path_params['token']}/reminders.ics"
            return _card(open_insurance(service.settings.content_dir), person, language, site, path)

    async def calendar(request: Request) -> Response:
        found = opened(request)
        if found is None:
            return PlainTextResponse(GONE, status_code=404, headers=PRIVATE)
        person, language = found
        with speaking(language):
            rules = open_insurance(service.settings.content_dir)
            days = agenda(rules, person, rules.guide(person), person.as_of)
            content = calendar_file(days, service.clock(), _("Social insurance"))
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="reminders.ics"'}
        return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)

    return [Route("/cards/{token}/reminders.ics", calendar), Route("/cards/{token}", card)]


def _card(rules: Insurance, person: Person, language: str, site: Site, path: str) -> Response:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    nonce = secrets.token_urlsafe(16)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    values = contents(rules, person) | {"site": site.said("name"), "ics": path}
    html = environment.get_template("card.html").render(_=_, lang=language.replace("_", "-"), nonce=nonce, **values)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={**PRIVATE, "Content-Security-Policy": policy})


def contents(rules: Insurance, person: Person) -> dict[str, Any]:
    """What a card shows: the answer, the schemes with cost and source, retirement, the days to keep."""
    guide = rules.guide(person)
    way = rules.retirement(person.birth, person.track)
    schemes = [
        {
            "name": recommend.name(rules, one),
            "cost": recommend.cost(one),
            "why": plain_months(one.why[0]),
            "levels": list(recommend.levels(one, person)) if one.levels else [],
            "basis": basis(one.sources),
            "about": recommend.about(rules, person, one),
        }
        for one in guide.options
        if one.eligible
    ]
    closed = [titled(recommend.name(rules, one), plain_months(one.why[0])) for one in guide.options if not one.eligible]
    return {
        "answer": recommend.answer(rules, person, guide).splitlines(),
        "warnings": [plain_months(one) for one in guide.warnings],
        "schemes": schemes,
        "closed": closed,
        "retirement": _("{month}, at {age}").format(month=month(way.month), age=age(way.age_months)),
        "flexible": _("{earliest} to {latest}").format(earliest=month(way.earliest), latest=month(way.latest)),
        "required": length(way.required_months),
        "retirement_basis": basis(way.sources),
        "days": agenda(rules, person, guide, person.as_of),
        "as_of": person.as_of,
        "place": rules.regions.region(person.work_region).name,
    }
