"""Fixtures of the browser tests: a real Chromium, and the whole service behind a real socket."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from bot.app import Service
from bot.settings import Settings
from tests.fakes.server import LocalServer

EXECUTABLE = os.environ.get("YIZHAN_TEST_BROWSER") or shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=SpareRendererForSitePerProcess",  # a process kept ready beside every page
    "--no-first-run",
]
PATIENCE = 30_000  # ms for anything a person would wait for; only a failing test waits so long


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """A browser without anybody in it."""
    if not Path(EXECUTABLE).exists():
        pytest.skip("no browser here")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield running
        await running.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """The service as it is run, on a database of its own, its courier at work."""
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("live"))
    async with Service(settings).running() as service:
        yield service


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(live: Service) -> AsyncIterator[str]:
    """Where it is."""
    async with LocalServer(live.web()) as server:
        yield server.url


class Phones:
    """People with a phone each; what their pages complain of is kept in `complaints`."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    async def person(self, **more: object) -> Page:
        """A new person with the chat page open; `more` as for Playwright's contexts."""
        given = {"viewport": {"width": 360, "height": 740}, "locale": "zh-CN", "has_touch": True, **more}
        context = await self.browser.new_context(base_url=self.url, **given)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        return await self.tab(context)

    async def tab(self, context: BrowserContext, path: str = "/") -> Page:
        """One more tab of the same person."""
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._console)
        await page.goto(path)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        # a request that fails is the page's business, and what a test may be about; a script or a rule broken is not
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    async def away(self) -> None:
        """All pages closed."""
        await asyncio.gather(*(context.close() for context in self._contexts))


@pytest_asyncio.fixture(loop_scope="module")
async def phones(browser: Browser, url: str) -> AsyncIterator[Phones]:
    """People to be. A page that complains in its console fails the test."""
    made = Phones(browser, url)
    yield made
    await made.away()
    assert made.complaints == []


@pytest_asyncio.fixture(loop_scope="module")
async def rider(phones: Phones) -> Page:
    """A rider who has just opened the page."""
    return await phones.person()
