"""One request of a member: who, what was sent, and how to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.body import plain
from bot.desk import forms, sessions
from bot.desk.members import Member
from bot.desk.paging import LARGEST_ID
from bot.desk.refusal import Refused
from bot.desk.section import Section
from bot.desk.sessions import Session
from bot.i18n import _
from bot.store.store import Store

if TYPE_CHECKING:
    from bot.app import Service
    from bot.desk.desk import Desk


@dataclass(slots=True)
class Visit:
    """What a page's handler works with. The gate has let the member in; a form's token is checked."""

    desk: Desk
    section: Section
    request: Request
    member: Member
    session: Session
    form: dict[str, str] = field(default_factory=dict)
    photo: bytes = b""  # the picture of a form that may hold one

    @property
    def service(self) -> Service:
        """Everything of this process."""
        return self.desk.service

    @property
    def store(self) -> Store:
        """The store."""
        return self.desk.service.store

    @property
    def csrf(self) -> str:
        """What the page's forms carry."""
        return sessions.csrf_of(self.store.vault, self.session.token)

    def query(self, name: str) -> str:
        """A parameter of the URL, "" when it is not there."""
        return plain(self.request.query_params.get(name, ""))[:200]

    def number(self, name: str) -> int:
        """The id in the path. Raises `Refused` for what no row can have."""
        found: int = self.request.path_params[name]
        if found > LARGEST_ID:
            raise Refused(404, _("There is no such page."))
        return found

    def needed(self, name: str, longest: int) -> str:
        """A field of the form that must not be empty."""
        return forms.needed(self.form, name, longest)

    def optional(self, name: str, longest: int) -> str:
        """A field of the form that may be empty."""
        return forms.optional(self.form, name, longest)

    def render(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of this section, in the desk's layout."""
        name = template if template.startswith("desk/") else f"{self.section.area}/{template}"
        return HTMLResponse(self.desk.html(name, self.request, visit=self, **values), status)

    def done(self, path: str, said: str) -> Response:
        """After a change: on to a page, which shows one of the section's sentences."""
        return RedirectResponse(f"{path}?{urlencode({'done': said})}", 303)
