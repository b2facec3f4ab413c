"""Who had no key took the one writer's turn before they were refused, and a webhook's other side could answer without
an end, all of it kept in memory; a broadcast's picture was made anew for each of those who came before it was ready."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.app import Service
from bot.channels.webhook import Webhooks
from bot.store import webhooks
from bot.store.store import Store
from handlers.broadcasts import picture_page, pictures, work
from handlers.broadcasts.record import Plan
from handlers.broadcasts.segments import Segment
from handlers.broadcasts.words import Words, picture_path
from tests.handlers.broadcasts.conftest import WRITER
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat
from tests.web_talk import picture

MANY = 8


@contextlib.asynccontextmanager
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as made:
        yield made


async def test_who_has_no_key_does_not_get_to_the_writer(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_store: Store) -> None:
        raise AssertionError("the writer")

    async with client(service) as stranger:
        monkeypatch.setattr(Store, "write", refused)
        for headers in ({}, {"authorization": "Bearer yz_x"}, {"authorization": "Basic x"}):
            assert (await stranger.get("/api/v1/cases", headers=headers)).status_code == 401
        answer = await stranger.post("/open311/v2/requests.json", data={"api_key": "yz_x"})
        assert answer.status_code == 403


async def test_an_answer_without_an_end_is_not_read(service: Service) -> None:
    async with service.store.write() as unit:
        await webhooks.add(unit, "https://union.example/hook", webhooks.KINDS)
        [one] = await webhooks.everything(unit)
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        while True:
            read += 1
            assert read < 5
            yield b"x" * 65536

    async def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=endless())

    channel = Webhooks(service)
    channel._client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    outcome = await channel.send("", {"webhook": one.id, "event": "evt_1", "body": {}})
    await channel.stop()
    assert outcome.result == "sent"


async def test_a_picture_is_made_once(service: Service, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> None:
    await chat.say("菜单")
    own = await person_of(service, chat)
    kept = await pictures.keep(service.store, service.blobs, own, picture())
    async with service.store.write() as unit:
        plan = Plan(title="x", words=Words("x"), topic="volunteering", segment=Segment(), picture=kept)
        number = await work.create(unit, WRITER, plan)
    made: list[int] = []
    there, everybody = [0], asyncio.Event()
    looked_up = picture_page._of

    async def of(store: Store, broadcast_id: int) -> int | None:
        found = await looked_up(store, broadcast_id)
        there[0] += 1
        if there[0] == MANY:
            everybody.set()
        return found

    async def slow(*_given: object) -> bytes:
        made.append(1)
        await everybody.wait()
        return b"jpeg"

    monkeypatch.setattr(picture_page, "_of", of)
    monkeypatch.setattr(picture_page, "_copy", slow)
    async with client(service) as many:
        path = picture_path(service.store.vault, number)
        answers = await asyncio.gather(*(many.get(path) for _one in range(MANY)))
    assert {one.content for one in answers} == {b"jpeg"} and len(made) == 1
