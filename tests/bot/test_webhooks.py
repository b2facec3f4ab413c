"""Webhooks: an event goes out with the commit it tells of, signed, again till it is taken; its words stay here."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.app import Service
from bot.people import Person
from bot.settings import Settings
from bot.site import load_site
from bot.store import webhooks
from bot.store.tables import identities, outbox
from handlers.complaints.case import Report
from handlers.complaints.service import Status, access_own_case, move, submit
from tests.fakes.bell import Bell
from tests.fakes.server import Dropped, LocalServer
from tests.support import Chat, TestClock


class Other:
    """The other system: what it got, and what it answers next (200 when nothing is set; 0 cuts the line)."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.bell = Bell()
        self.app = Starlette(routes=[Route("/hook", self.hook, methods=["POST"])])

    async def hook(self, request: Request) -> Response:
        self.got.append((dict(request.headers), await request.body()))
        self.bell.ring()
        status = self.answers.pop(0) if self.answers else 200
        return Response(status_code=status) if status else Dropped()

    async def until(self, count: int) -> None:
        assert await self.bell.until(lambda: len(self.got) >= count), self.got


@pytest.fixture
async def other() -> AsyncIterator[tuple[Other, str]]:
    """A system that listens, and where."""
    made = Other()
    async with LocalServer(made.app) as server:
        yield made, f"{server.url}/hook"


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """With its courier running."""
    async with Service(make_settings(), clock, only={"terminal", "webhook"}).running() as running:
        yield running


async def add(service: Service, url: str, *kinds: str) -> bytes:
    """A webhook; its secret."""
    async with service.store.write() as unit:
        shown = await webhooks.add(unit, url, kinds or webhooks.KINDS)
    return base64.b64decode(shown.removeprefix(webhooks.PREFIX))


async def states(service: Service) -> list[tuple[str, str]]:
    await service.courier.idle()
    async with service.store.read() as unit:
        rows = await unit.rows(sa.select(outbox).where(outbox.c.channel == "webhook").order_by(outbox.c.id))
        return [(row["state"], row["result"]) for row in rows]


async def emit(service: Service, number: int = 1) -> None:
    async with service.store.write() as unit:
        await webhooks.emit(unit, "case.created", {"receipt": f"YZ-{number}"})


async def test_an_event_is_signed(service: Service, other: tuple[Other, str], clock: TestClock) -> None:
    system, url = other
    secret = await add(service, url)
    await emit(service)
    await system.until(1)
    [(headers, body)] = system.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert int(headers["webhook-timestamp"]) == int(clock().timestamp())
    assert json.loads(body) == {
        "type": "case.created",
        "timestamp": clock().isoformat(),
        "data": {"receipt": "YZ-1"},
    }
    assert await states(service) == [("sent", "")]


@pytest.mark.parametrize("answer", [500, 404, 301, 429, 0])
async def test_what_is_not_taken_goes_again_under_the_same_id(
    service: Service, other: tuple[Other, str], clock: TestClock, answer: int
) -> None:
    system, url = other
    await add(service, url)
    system.answers = [answer]
    await emit(service)
    await system.until(1)
    [(state, _why)] = await states(service)
    assert state == "waiting"
    clock.move(minutes=1)
    service.courier.wake()
    await system.until(2)
    (first, _), (second, _) = system.got
    assert first["webhook-id"] == second["webhook-id"]
    assert await states(service) == [("sent", "")]


async def test_who_is_gone_is_not_asked_again(service: Service, other: tuple[Other, str]) -> None:
    system, url = other
    await add(service, url)
    system.answers = [410]
    await emit(service)
    await system.until(1)
    assert await states(service) == [("failed", "answered 410")]


async def test_an_ended_webhook_hears_nothing(service: Service, other: tuple[Other, str]) -> None:
    system, url = other
    await add(service, url)
    async with service.store.write() as unit:
        [hook] = await webhooks.everything(unit)
        await webhooks.emit(unit, "case.created", {"receipt": "YZ-1"})
        assert await webhooks.end(unit, hook.id)
        assert not await webhooks.end(unit, hook.id)
        await webhooks.emit(unit, "case.created", {"receipt": "YZ-2"})
    service.courier.wake()
    assert await service.courier.look() >= 0
    assert await states(service) == [("failed", "webhook ended")]
    assert system.got == []


async def test_nothing_leaves_when_the_transaction_fails(service: Service, other: tuple[Other, str]) -> None:
    system, url = other
    await add(service, url)
    with pytest.raises(ZeroDivisionError):
        async with service.store.write() as unit:
            await webhooks.emit(unit, "case.created", {"receipt": "YZ-1"})
            raise ZeroDivisionError
    await emit(service, 2)
    await system.until(1)
    assert [json.loads(body)["data"]["receipt"] for _headers, body in system.got] == ["YZ-2"]


async def test_cases_tell_where_they_stand_and_no_words(
    service: Service, other: tuple[Other, str], clock: TestClock
) -> None:
    from handlers.complaints.tables import cases

    system, url = other
    await add(service, url)
    await add(service, url, "case.created")
    chat = Chat(service.dispatcher, clock)
    await chat.say("你好")
    people = await known(service)
    async with service.store.write() as unit:
        report = Report(category="pay", story="拖欠我三个月", company="meituan", name="王强", contact="13800000000")
        receipt = await submit(unit, people, report, load_site(service.settings.content_dir))
    await system.until(2)
    async with service.store.write() as unit:
        case = await access_own_case(unit, people.id, code=receipt.code)
        await move(unit, case, Status.ACCEPTED, "staff:7", said="已接手")
        assert await unit.value(sa.select(cases.c.status)) == "accepted"
    await system.until(3)
    await service.courier.idle()
    bodies = [json.loads(body) for _headers, body in system.got]
    assert sorted(body["type"] for body in bodies) == ["case.created", "case.created", "case.status_changed"]
    assert bodies[-1]["data"] == {
        "receipt": receipt.code,
        "status": "accepted",
        "previous": "received",
        "due_on": receipt.due_on.isoformat(),
        "category": "pay",
        "company": "meituan",
        "region": "",
    }
    everything = b"".join(body for _headers, body in system.got).decode()
    assert not [word for word in ("拖欠", "王强", "138", "已接手", "staff") if word in everything]


async def known(service: Service) -> Person:
    """The one person the store knows."""
    async with service.store.read() as unit:
        row = await unit.first(sa.select(identities))
    assert row is not None
    return Person(row["person_id"], row["id"], row["channel"], "rider-1", "zh_CN", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://x.example/", "https"),
        ("http://x.example/hook", "https"),
        ("https://", "plain URL"),
        ("https://user:secret@x.example/", "plain URL"),
        ("https://x.example/" + "a" * 500, "plain URL"),
        ("", "plain URL"),
    ],
)
async def test_an_address_that_cannot_be_used(service: Service, url: str, said: str) -> None:
    with pytest.raises(webhooks.BadWebhookError, match=said):
        await add(service, url)
    async with service.store.read() as unit:
        assert await webhooks.everything(unit) == []


async def test_an_event_nobody_knows(service: Service) -> None:
    with pytest.raises(webhooks.BadWebhookError, match=r"case\.created"):
        await add(service, "https://x.example/", "case.lost")


async def test_its_address_and_secret_are_sealed_and_turned_with_the_keys(service: Service) -> None:
    from bot.store.rotate import sealed_columns
    from bot.store.tables import webhooks as table

    await add(service, "https://union.example/hook")
    async with service.store.read() as unit:
        row = await unit.first(sa.select(table))
    assert row is not None
    assert b"union.example" not in row["url"]
    assert {table.c.url, table.c.secret} <= sealed_columns().keys()
