"""Open311 GeoReport v2 (https://wiki.open311.org/GeoReport_v2): other systems read the reports, and send theirs.

Reading needs no key. Who reported something is never told, and no picture is given out. What came in the chat is told
as its person was promised: kind, place and state, never the words; the day and not the minute, because whoever knows
where all riders were at that minute (their platform does) would know who it was. Places, and the words other systems
sent, are given out once staff have looked at the report, with numbers of phones and identity cards masked. Sending
needs a key of the scope open311; name, phone and mail of a sender are not kept. One jurisdiction, so `jurisdiction_id`
is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.desk import forms
from bot.desk.refusal import Refused
from bot.headers import Headed
from bot.i18n import _, speaking
from bot.site import Site
from bot.store import tokens
from bot.understand.private import masked
from handlers.grid import codes, service
from handlers.grid.open311_format import Answer, answered, text_format
from handlers.grid.report import NAMES, OPEN, Draft, Report, Status, open_report
from handlers.grid.service import GridKinds
from handlers.grid.tables import grid_reports

if TYPE_CHECKING:
    from bot.app import Service

BASE = "/open311/v2"
SCOPE = "open311"
CHAT = "chat"  # the source of what a person told here
YEARS = range(1900, 9000)  # of dates that are counted with
MOST = 1000  # requests an answer, as the standard has it
SPAN = timedelta(days=90)  # the longest, and the one when no dates are given
LONGEST = 4000  # characters of a description
LONGEST_ADDRESS = 200
CHANGED = "2026-11-21T00:00:00Z"  # of this interface
HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}


class BadRequestError(ValueError):
    """What the standard answers with an error: its status and a sentence."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


class Open311:
    """The resources, over one service."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.kinds: GridKinds = service.registry.resources[GridKinds]
        self.site: Site = service.registry.resources[Site]
        self.zone = ZoneInfo(self.site.timezone)

    def routes(self) -> list[BaseRoute]:
        """Every resource in both formats; an error is the standard's too."""
        resources = {
            "discovery": self.discovery,
            "services": self.services,
            "services/{code}": self.definition,
            "requests/{code}": self.one,
        }
        made: list[BaseRoute] = [self._route(path, handler) for path, handler in resources.items()]
        return [*made, self._route("requests", self.requests, ("GET", "POST"))]

    def _route(self, path: str, handler: Any, methods: tuple[str, ...] = ("GET",)) -> Route:
        async def endpoint(request: Request) -> Response:
            form = text_format(request.path_params["format"])
            with speaking("en" if request.headers.get("accept-language", "").startswith("en") else "zh_CN"):
                try:
                    return answered(await handler(request), form)
                except BadRequestError as error:
                    one = {"code": error.status, "description": error.description}
                    return answered(Answer("errors", "error", [one], error.status), form)

        headed = [Middleware(Headed, headers=HEADERS)]
        return Route(f"{BASE}/{path}.{{format}}", endpoint, methods=list(methods), middleware=headed)

    # -- what there is

    async def discovery(self, request: Request) -> Answer:
        """Where the interface is."""
        base = self.service.settings.public_url or str(request.base_url).rstrip("/")
        endpoint = {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": f"{base}{BASE}",
            "changeset": CHANGED,
            "type": "production",
            "formats": ["application/json", "text/xml"],
        }
        whole = {"changeset": CHANGED, "contact": self.site.said("operator"), "key_service": self.site.said("operator")}
        return Answer("discovery", "", whole | {"endpoints": [endpoint]})

    async def services(self, _request: Request) -> Answer:
        """What can be reported."""
        return Answer("services", "service", [self._service(one.id) for one in self.kinds.kinds])

    def _service(self, kind_id: str) -> dict[str, Any]:
        kind = self.kinds.kind(kind_id)
        return {
            "service_code": kind.id,
            "service_name": kind.said,
            "description": kind.said,
            "metadata": False,
            "type": "realtime",
            "keywords": ",".join(kind.signs[:5]).replace("…", " "),
            "group": _("Grid helper reports"),
        }

    async def definition(self, request: Request) -> Answer:
        """A service's own questions: none has any."""
        code = request.path_params["code"]
        if not self.kinds.known(code):
            raise BadRequestError(404, "service_code was not found")
        return Answer("service_definition", "", {"service_code": code, "attributes": []})

    # -- reports

    async def requests(self, request: Request) -> Answer:
        """The reports a query asks for; a POST files one."""
        if request.method == "POST":
            return await self._file(request)
        wanted = self._chosen(request.query_params).order_by(grid_reports.c.made_at.desc(), grid_reports.c.id.desc())
        async with self.service.store.read() as unit:
            rows = await unit.rows(wanted.limit(MOST))
            found = [self._request(open_report(unit.vault, row)) for row in rows]
        return Answer("service_requests", "request", found)

    async def one(self, request: Request) -> Answer:
        """One report."""
        code = codes.read(request.path_params["code"])
        async with self.service.store.read() as unit:
            row = await unit.first(sa.select(grid_reports).where(grid_reports.c.code == code)) if code else None
            if row is None:
                raise BadRequestError(404, "service_request_id was not found")
            return Answer("service_requests", "request", [self._request(open_report(unit.vault, row))])

    def _chosen(self, query: Mapping[str, str]) -> sa.Select[Any]:
        """What a query chooses; ids override all else. Raises `BadRequestError`."""
        wanted = sa.select(grid_reports)
        if ids := query.get("service_request_id", ""):
            given = [codes.read(one) for one in ids.split(",")[:MOST]]
            return wanted.where(grid_reports.c.code.in_([code for code in given if code]))
        since, until = map(self._day, self._span(query))
        wanted = wanted.where(grid_reports.c.made_at >= since, grid_reports.c.made_at < until + timedelta(days=1))
        if kinds := query.get("service_code", ""):
            wanted = wanted.where(grid_reports.c.kind.in_(kinds.split(",")[:50]))
        if status := query.get("status", ""):
            asked = set(status.split(","))
            if not asked <= {"open", "closed"}:
                raise BadRequestError(400, "status must be open or closed")
            both = {one for one in Status if ("open" if one in OPEN else "closed") in asked}
            wanted = wanted.where(grid_reports.c.status.in_([one.value for one in both]))
        return wanted

    def _span(self, query: Mapping[str, str]) -> tuple[datetime, datetime]:
        now = self.service.clock()
        until = _instant(query, "end_date")
        since = _instant(query, "start_date")
        until = until or (min(now, since + SPAN) if since else now)
        since = since or until - SPAN
        if since > until:
            raise BadRequestError(400, "start_date is after end_date")
        if until - since > SPAN:
            raise BadRequestError(400, "start_date and end_date may be at most 90 days apart")
        return since, until

    def _day(self, at: datetime) -> datetime:
        """The beginning of its day, where the service is."""
        return datetime.combine(at.astimezone(self.zone).date(), time(), self.zone)

    def _request(self, report: Report) -> dict[str, Any]:
        looked_at, told_here = report.status is not Status.RECEIVED, report.source == CHAT
        made, changed = report.made_at, report.changed_at
        if told_here:
            made, changed = self._day(made), changed if looked_at else self._day(changed)
        return {
            "service_request_id": report.code,
            "status": "open" if report.open else "closed",
            "status_notes": _(NAMES[report.status]),
            "service_name": self.kinds.kind(report.kind).said,
            "service_code": report.kind,
            "description": masked(report.words) if looked_at and not told_here else None,
            "agency_responsible": self.site.said("operator"),
            "service_notice": None,
            "requested_datetime": self._said(made),
            "updated_datetime": self._said(changed),
            "expected_datetime": None,
            "address": masked(report.place) if looked_at else None,
            "address_id": None,
            "zipcode": None,
            "lat": _coarse(report.latitude) if looked_at else None,
            "long": _coarse(report.longitude) if looked_at else None,
            "media_url": None,
        }

    def _said(self, at: datetime) -> str:
        return at.astimezone(self.zone).isoformat(timespec="seconds")

    # -- a new one

    async def _file(self, request: Request) -> Answer:
        try:
            form = await forms.read(request)
        except Refused as refusal:
            raise BadRequestError(refusal.status, refusal.sentence) from None
        async with self.service.store.read() as unit:
            token = await tokens.find(unit, form.get("api_key", ""), SCOPE)
        if token is None:
            raise BadRequestError(403, "api_key is missing or not valid")
        draft = self._draft(form)
        async with self.service.store.write() as unit:
            await tokens.note_used(unit, token)
            filed = await service.file(unit, self.kinds, draft, source=token.actor)
        notice = _("Reported there already; this was counted in.") if filed.joined else None
        made = {"service_request_id": filed.report.code, "service_notice": notice, "account_id": None}
        return Answer("service_requests", "request", [made], 201)

    def _draft(self, form: Mapping[str, str]) -> Draft:
        kind = form.get("service_code", "")
        if not kind:
            raise BadRequestError(400, "service_code was not provided")
        if not self.kinds.known(kind):
            raise BadRequestError(404, "service_code was not found")
        address = (form.get("address_string") or form.get("address_id") or "").strip()
        latitude, longitude = _degrees(form, "lat", 90), _degrees(form, "long", 180)
        if (latitude is None) != (longitude is None):
            raise BadRequestError(400, "lat and long must both be provided")
        if latitude is None and not address:
            raise BadRequestError(400, "lat and long, address_string or address_id must be provided")
        words = form.get("description", "").strip()
        if len(words) > LONGEST or len(address) > LONGEST_ADDRESS:
            raise BadRequestError(400, f"description may have {LONGEST} characters, an address {LONGEST_ADDRESS}")
        return Draft(kind, self.site.region, address, latitude, longitude, words)


def _instant(query: Mapping[str, str], name: str) -> datetime | None:
    """A date or an instant with its zone (W3C note on ISO 8601); a plus sign that came as a space counts."""
    given = query.get(name, "").strip().replace(" ", "+")
    if not given:
        return None
    try:
        at = datetime.fromisoformat(given)
        if at.year not in YEARS:
            raise ValueError
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequestError(400, f"{name} must be like 2026-11-05T08:15:30+08:00") from None


def _degrees(form: Mapping[str, str], name: str, most: int) -> float | None:
    given = form.get(name, "").strip()
    if not given:
        return None
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or abs(value) > most:
        raise BadRequestError(400, f"{name} must be degrees between -{most} and {most}")
    return value


def _coarse(degrees: float | None) -> float | None:
    """To ten metres or so: the hole in the road, not the door it was seen from."""
    return None if degrees is None else round(degrees, 4)


def pages(service: Service) -> list[BaseRoute]:
    """The interface's routes."""
    return Open311(service).routes()
