"""How the desk's pages are made: templates, the headers they carry, the language they are in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from bot.channels.names import channel_name
from bot.channels.web.languages import preferred
from bot.i18n import LANGUAGES, _, language

if TYPE_CHECKING:
    from jinja2 import Environment

OWN = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
LANGUAGE_COOKIE = "yizhan_desk_language"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def language_of(request: Request) -> str:
    """The language chosen at the desk, else what the browser asks for."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language", ""))


def make_environment(folders: Mapping[str, Path], zone: ZoneInfo) -> Environment:
    """The templates of the desk and of every section, by the section's area; times are shown where the service is."""
    from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

    loaders = {name: FileSystemLoader(folder) for name, folder in {"desk": OWN, **folders}.items()}
    environment = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    values: dict[str, Any] = {"_": _, "language": language, "languages": LANGUAGES}
    environment.globals.update(values)
    environment.filters["channel"] = channel_name
    environment.filters["moment"] = lambda at: moment(at, zone)
    return environment


def moment(at: datetime, zone: ZoneInfo) -> str:
    """2026-11-16 14:30, where the service is."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
