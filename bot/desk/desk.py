"""The desk: takes each request through sign-in, role and CSRF token before a page's handler sees it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.web.door import same_origin
from bot.channels.web.site import Static
from bot.desk import forms, me, sessions, totp, view
from bot.desk.home import home
from bot.desk.members import Accounts, Member, may_open
from bot.desk.refusal import Refused
from bot.desk.section import Page, Section
from bot.desk.sessions import COOKIE, NOTED_EVERY, Session
from bot.desk.signing import Signing
from bot.desk.visit import Visit
from bot.headers import Headed
from bot.i18n import LANGUAGES, _, speaking
from bot.site import load_site

if TYPE_CHECKING:
    from jinja2 import Environment

    from bot.app import Service


class Desk:
    """All of /desk. `accounts` says who is staff; `sections` are the capabilities' pages."""

    def __init__(self, service: Service, accounts: Accounts, sections: Sequence[Section]) -> None:
        self.service = service
        self.accounts = accounts
        self.sections = tuple(sections)
        self.site = load_site(service.settings.content_dir)
        self.signing = Signing(self)
        self.home = Section("home", "", "/desk", (Page("", home),), view.OWN)
        self.me = me.SECTION

    @cached_property
    def environment(self) -> Environment:
        """The templates; made with the first page."""
        folders = {one.area: one.templates for one in self.sections}
        return view.make_environment(folders, ZoneInfo(self.site.timezone))

    # -- routes

    def routes(self) -> list[BaseRoute]:
        """Every route of the desk."""
        pages = [
            self._route(section, page) for section in (self.home, self.me, *self.sections) for page in section.pages
        ]
        elsewhere = self._route(self.home, Page("/{rest:path}", _nowhere))
        files = Mount(
            "/static/desk", Static(directory=view.STATIC), middleware=[Middleware(Headed, headers=view.HEADERS)]
        )
        return [files, *self.signing.routes(), *pages, elsewhere]

    def _route(self, section: Section, page: Page) -> Route:
        async def endpoint(request: Request) -> Response:
            with speaking(view.language_of(request)):
                return self.chosen_language(request) or await self._guarded(section, page, request)

        return Route(
            f"/desk{page.path}", endpoint, methods=[page.method], middleware=[Middleware(Headed, headers=view.HEADERS)]
        )

    def chosen_language(self, request: Request) -> Response | None:
        """A page asked for with ?language=... is asked for again without it, in that language."""
        chosen = request.query_params.get("language")
        if chosen not in LANGUAGES or request.method != "GET":
            return None
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "language"]
        response = RedirectResponse(request.url.path + (f"?{urlencode(kept)}" if kept else ""), 303)
        self.set_cookie(response, view.LANGUAGE_COOKIE, chosen, 365 * 86400)
        return response

    # -- the way in

    async def _guarded(self, section: Section, page: Page, request: Request) -> Response:
        """Own origin, session, role, token: only then the page."""
        try:
            self.check_origin(request)
            found = await self.signed_in(request)
            if found is None:
                return self.signing.ask(request)
            session, member = found
            visit = Visit(self, section, request, member, session)
            if not may_open(member.role, section.area):
                raise Refused(403, _("Your role does not open this page."))
            if section is not self.me and await self._lacks_factor(member):
                if page.method == "POST":
                    raise Refused(403, _("Your role needs the second factor. Set it up first, under My sign-in."))
                return RedirectResponse("/desk/me", 303)
            if page.method == "POST":
                if page.photo:
                    visit.form, visit.photo = await forms.read_with_photo(request)
                else:
                    visit.form = await forms.read(request)
                if not sessions.is_csrf(self.service.store.vault, session.token, visit.form.get("csrf", "")):
                    raise Refused(403, _("This form is from another sign-in. Please open the page again."))
            return await page.handler(visit)
        except Refused as refusal:
            return self.refused(request, refusal)

    async def _lacks_factor(self, member: Member) -> bool:
        """True when the operator wants a second factor of this role, and this member has none yet."""
        if member.role not in self.site.second_factor:
            return False
        async with self.service.store.read() as unit:
            return not await totp.is_on(unit, member.person_id)

    def check_origin(self, request: Request) -> None:
        """Refuse what another site's page sends. Raises `Refused`."""
        if not same_origin(request.headers, self.service.settings.public_url):
            raise Refused(403, _("Please use the desk's own pages."))

    async def signed_in(self, request: Request) -> tuple[Session, Member] | None:
        """The session of the cookie and who it belongs to; None when either is no more."""
        token = request.cookies.get(COOKIE, "")
        store = self.service.store
        if not token:
            return None
        async with store.read() as unit:
            session = await sessions.find(unit, token)
            member = await self.accounts.member(unit, session.person_id) if session is not None else None
        if session is None or member is None:
            return None
        if self.service.clock() - session.seen_at >= NOTED_EVERY:
            async with store.write() as unit:
                await sessions.note_seen(unit, session)
        return session, member

    # -- answers

    def html(self, template: str, request: Request, *, visit: Visit | None = None, **values: Any) -> str:
        """A template as text, with what the layout needs. `visit` is None for who is not signed in."""
        said = visit.section.said.get(request.query_params.get("done", "")) if visit else None
        layout = {
            "visit": visit,
            "site_name": self.site.said("name"),
            "menu": [one for one in self.sections if may_open(visit.member.role, one.area)] if visit else [],
            "notice": _(said) if said else "",
            "here": request.url.path,
            "kept": [
                pair for pair in request.query_params.multi_items() if pair[0] not in {"language", "done", "after"}
            ],
        }
        return self.environment.get_template(template).render(**layout, **values)

    def refused(self, request: Request, refusal: Refused) -> Response:
        """The sentence on a page of its own, with a way back."""
        back = _own_path(request.headers.get("referer", ""))
        html = self.html("desk/refused.html", request, sentence=refusal.sentence, back=back)
        return HTMLResponse(html, refusal.status)

    def set_cookie(self, response: Response, name: str, value: str, seconds: int) -> None:
        """A cookie of the desk: for its own pages, out of reach of scripts."""
        secure = self.service.settings.secure
        response.set_cookie(name, value, max_age=seconds, path="/desk", httponly=True, samesite="lax", secure=secure)


async def _nowhere(visit: Visit) -> Response:
    """Any other path; "/desk/" is the desk."""
    if not visit.request.path_params["rest"]:
        return RedirectResponse("/desk", 303)
    raise Refused(404, _("There is no such page."))


def _own_path(url: str) -> str:
    """The path and query of a page of the desk; "/desk" for anything else."""
    try:
        parts = urlsplit(url)
    except ValueError:  # http://[
        return "/desk"
    query = f"?{parts.query}" if parts.query else ""
    return parts.path + query if parts.path.startswith("/desk") else "/desk"
