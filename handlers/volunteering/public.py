"""How the pages look that anybody may open: no scripts, one style under a nonce, kept by no cache."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.channels.web.languages import preferred
from bot.i18n import _, speaking

TEMPLATES = Path(__file__).with_name("templates")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all a browser names no origin, and our own form is refused
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def language_of(request: Request) -> str:
    """The language the browser asks for."""
    return preferred(request.headers.get("accept-language", ""))


def render(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """A public page in the language asked for; forms go to this service only."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    nonce, language = secrets.token_urlsafe(16), language_of(request)
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    with speaking(language):
        html = environment.get_template(template).render(_=_, lang=language.replace("_", "-"), nonce=nonce, **values)
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, status_code=status, headers={**HEADERS, "Content-Security-Policy": policy})
