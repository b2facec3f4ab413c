"""Fixtures of the desk's tests: staff with a role each, signed in through the link the bot sends them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import httpx
import pytest

from bot.app import Service
from handlers.staff import service as staff
from tests.support import Chat

BASE = "http://desk.test"


class Colleague:
    """Somebody of staff: their chat, and their browser at the desk. `page` is the last page's text."""

    def __init__(self, chat: Chat, client: httpx.AsyncClient) -> None:
        self.chat = chat
        self.client = client
        self.answer = httpx.Response(200)

    @property
    def page(self) -> str:
        return self.answer.text

    @property
    def csrf(self) -> str:
        """The token of the forms on the last page."""
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        assert found, self.page
        return found[1]

    async def link(self) -> str:
        """The path of a sign-in link, asked for in the chat."""
        await self.chat.say("登录")
        return urlsplit(self.chat.replies[0].url).path

    async def redeem(self, path: str) -> httpx.Response:
        """Press the button of a link's page."""
        return await self.client.post("/desk/sign-in", data={"token": path.rpartition("/")[2]})

    async def sign_in(self) -> None:
        """All of it; then at the first page of the desk."""
        answer = await self.redeem(await self.link())
        assert answer.status_code == 303, answer.text
        await self.open("/desk")

    async def open(self, path: str) -> str:
        """A page, as its text; redirects are followed."""
        self.answer = await self.client.get(path, follow_redirects=True)
        assert self.answer.status_code == 200, (path, self.answer.status_code, self.page)
        return self.page

    async def press(self, path: str, **fields: object) -> str:
        """Send a form of the last page; the page it leads to."""
        data = {"csrf": self.csrf, **{name: str(value) for name, value in fields.items()}}
        self.answer = await self.client.post(path, data=data, follow_redirects=True)
        return self.page


@pytest.fixture
async def visitor(service: Service) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Browsers at the desk, not signed in."""
    made: list[httpx.AsyncClient] = []
    app = service.web()

    def make() -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url=BASE, headers={"accept-language": "zh-CN"}
        )
        made.append(client)
        return client

    yield make
    for client in made:
        await client.aclose()


@pytest.fixture
def colleague(
    service: Service, visitor: Callable[[], httpx.AsyncClient], someone: Callable[[str], Chat]
) -> Callable[..., Awaitable[Colleague]]:
    """Staff: `await colleague("union")` is one who has signed in."""

    async def make(role: str, name: str = "", *, signed_in: bool = True) -> Colleague:
        async with service.store.write() as unit:
            code = await staff.invite(unit, role, name=name)
        made = Colleague(someone(f"{role}-{name}"), visitor())
        await made.chat.say(code)
        if signed_in:
            await made.sign_in()
        return made

    return make
