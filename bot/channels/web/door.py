"""The door of the web chat: what every request and answer goes through.

A request from another site's page is refused. Who comes without a cookie gets one: an unguessable token that is the
person's address, known only to their browser. Every answer carries the security headers.
"""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.languages import preferred
from bot.channels.web.limits import COOKIE_DAYS
from bot.i18n import _, speaking

COOKIE = "yizhan"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes, urlsafe base64
PORTS = {"http": 80, "https": 443}
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
VISITOR = "yizhan.visitor"  # where the address stands in the scope


class Door:
    """Lets a person's own browser through to `app`, with the person's address in the scope. Use inside `Headed`."""

    def __init__(self, app: ASGIApp, public_url: str, secure: bool) -> None:
        self.app = app
        self.public_url = public_url
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or answer with a cookie where one is needed."""
        headers = Headers(scope=scope)
        if not same_origin(headers, self.public_url):
            with speaking(preferred(headers.get("accept-language", ""))):
                response = JSONResponse({"error": _("Please use our own page to write to us.")}, 403)
            await response(scope, receive, send)
            return
        given = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        is_known = TOKEN.fullmatch(given) is not None
        scope[VISITOR] = given if is_known else secrets.token_urlsafe(32)

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", self._cookie(scope[VISITOR]))
            await send(message)

        # the page renews the cookie, so that it lasts as long as the person keeps coming
        await self.app(scope, receive, send if is_known and scope["path"] != "/" else with_cookie)

    def _cookie(self, token: str) -> str:
        tail = "; Secure" if self.secure else ""
        return f"{COOKIE}={token}; Path=/; Max-Age={COOKIE_DAYS * 86400}; HttpOnly; SameSite=Lax{tail}"


def visitor(connection: HTTPConnection) -> str:
    """The address of whoever sent this request."""
    address: str = connection.scope[VISITOR]
    return address


def same_origin(headers: Headers, public_url: str) -> bool:
    """True without an Origin (no browser sends none with another site's POST), or with our own."""
    given = headers.get("origin")
    if given is None:
        return True
    origin = _origin(given)
    if origin is None:
        return False
    scheme, _host, _port = origin
    # behind a proxy that ends TLS we don't know our own scheme: the host has to match under the origin's
    return origin in {_origin(public_url), _origin(f"{scheme}://{headers.get('host', '')}")}


def _origin(url: str) -> tuple[str, str, int] | None:
    """(scheme, host, port) of a URL or Origin header; None when it is no web origin ("null", say)."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname else None
