"""Fixtures of the desk's tests: staff with a role each, signed in through the link the bot sends them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Reply
from bot.settings import packaged
from bot.store.outbox import payload_aad
from bot.store.people import address_mac
from bot.store.tables import identities, outbox
from handlers.complaints.tables import cases
from handlers.policy import questions
from handlers.staff import service as staff
from tests.support import Chat

BASE = "http://desk.test"


@pytest.fixture(autouse=True)
def drafts_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Answers kept as drafts of articles do not land in the content of the house."""
    write = questions.draft
    own = packaged("content")
    monkeypatch.setattr(questions, "draft", lambda folder, *said: write(tmp_path if folder == own else folder, *said))


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


STORY = "美团上周五扣了我200说超时 那天下暴雨"


async def file_case(chat: Chat, opening: str = STORY, *, named: bool = False, photos: int = 0) -> str:
    """A complaint from the first word to the receipt; its code."""
    await chat.say(opening)
    if "同意" in chat.labels:
        await chat.tap("同意")
    for number in range(photos):
        await chat.photo(f"photo-{number}")
    for _step in range(14):
        if "提交" in chat.labels:
            break
        if "不留姓名" in chat.labels:
            await chat.tap("留姓名和电话" if named else "不留姓名")
            if named:
                await chat.say("张伟国", "13812345678")
        else:
            await chat.tap("好了" if "好了" in chat.labels else "跳过")
    found = re.search(r"YZ-[0-9A-Z]{4}-[0-9A-Z]{4}", await chat.tap("提交"))
    assert found, chat.text
    return found[0]


class Notices:
    """What was promised to people unasked, as the courier would carry it."""

    def __init__(self, service: Service) -> None:
        self.service = service

    async def to(self, chat: Chat) -> list[Reply]:
        """All notices to one person, oldest first; the newest becomes the last answer of their chat."""
        async with self.service.store.read() as unit:
            own = sa.select(identities.c.id).where(
                identities.c.channel == chat.channel,
                identities.c.address_mac == address_mac(unit, chat.channel, chat.address),
            )
            wanted = sa.select(outbox).where(outbox.c.identity_id == own.scalar_subquery(), outbox.c.kind == "notice")
            rows = await unit.rows(wanted.order_by(outbox.c.id))
            found = [
                Reply.from_json(unit.vault.open_json(row["payload"], payload_aad(row["id"]))["reply"]) for row in rows
            ]
        if found:
            chat.replies = (found[-1],)
        return found


@pytest.fixture
def notices(service: Service) -> Notices:
    """What goes out unasked."""
    return Notices(service)


async def case_id(service: Service, code: str) -> int:
    """The id of a case."""
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(cases.c.id).where(cases.c.code == code))
        return found
