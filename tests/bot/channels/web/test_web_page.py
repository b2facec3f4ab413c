"""The page and its files: language, headers, caching."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import people
from tests.web_talk import Browser

STATIC = Path(__file__).parents[4] / "bot/channels/web_page/static"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The page is the same on every database."""
    return sqlite_url


async def test_the_page_in_the_language_the_browser_asks_for(somebody: Callable[..., Browser]) -> None:
    chinese = (await somebody().client.get("/")).text
    english = (await somebody(**{"Accept-Language": "en-US"}).client.get("/")).text
    assert '<html lang="zh-CN">' in chinese
    assert "菜单" in chinese
    assert '<html lang="en">' in english
    assert "菜单" not in english


async def test_a_known_person_gets_their_own_language(rider: Browser, bot: Service) -> None:
    await rider.say("hello")
    async with bot.store.write() as unit:
        await unit.execute(sa.update(people).values(language="en"))
    assert '<html lang="en">' in (await rider.client.get("/", headers={"Accept-Language": "zh"})).text


async def test_headers_of_the_page(rider: Browser) -> None:
    headers = (await rider.client.get("/")).headers
    assert headers["content-security-policy"] == (
        "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "private, no-cache"
    assert headers["content-type"] == "text/html; charset=utf-8"


async def test_opening_the_page_renews_the_cookie(rider: Browser) -> None:
    await rider.client.get("/")
    token = rider.token
    response = await rider.client.get("/")
    assert f"yizhan={token};" in response.headers["set-cookie"]
    assert "Max-Age=34560000" in response.headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "kind"), [("chat.js", "javascript"), ("chat.css", "text/css"), ("icon.svg", "image/svg+xml")]
)
async def test_files_are_sent_again_only_when_they_changed(rider: Browser, name: str, kind: str) -> None:
    first = await rider.client.get(f"/static/chat/{name}")
    assert first.content == (STATIC / name).read_bytes()
    assert kind in first.headers["content-type"]
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["x-content-type-options"] == "nosniff"
    again = await rider.client.get(f"/static/chat/{name}", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["nothing.js", "../chat.html", "%2e%2e/chat.html", "a%00b", "x" * 3000])
async def test_other_files_are_not_served(rider: Browser, path: str) -> None:
    assert (await rider.client.get(f"/static/chat/{path}")).status_code == 404


async def test_every_file_the_page_names_is_there(rider: Browser) -> None:
    page = (await rider.client.get("/")).text
    named = [part.split('"')[0] for part in page.split('="/static/chat/')[1:]]
    assert len(named) > 10
    for name in named:
        assert (await rider.client.get(f"/static/chat/{name}")).status_code == 200, name
