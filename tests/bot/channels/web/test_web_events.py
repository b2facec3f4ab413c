"""GET /chat/events: what is new arrives by itself, from this process or another, and ends when we are told to stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.app import Service
from bot.channels.web import Web
from bot.channels.web.streams import Streams
from bot.settings import Settings
from tests.fakes.bell import PATIENCE
from tests.fakes.server import LocalServer
from tests.support import TestClock
from tests.web_talk import Browser, carry, notice


class Stream:
    """One open event stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def block(self) -> list[str]:
        """The lines up to the next empty one."""
        found: list[str] = []
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line:
                    return found
                found.append(line)
        raise EOFError

    async def message(self) -> dict[str, str]:
        """The next message."""
        while True:
            block = await self.block()
            if block[0] == "event: message":
                message: dict[str, str] = json.loads(block[2].removeprefix("data: "))
                assert block[1] == f"id: {message['id']}"
                return message


@asynccontextmanager
async def listening(rider: Browser) -> AsyncIterator[Stream]:
    async with rider.client.stream("GET", "/chat/events") as response:
        assert response.status_code == 200
        stream = Stream(response)
        assert await stream.block() == ["retry: 1000"]
        yield stream


@pytest.fixture
async def tab(server: str) -> AsyncIterator[Browser]:
    """A person who has said something, minutes ago, at a real socket."""
    async with httpx.AsyncClient(base_url=server) as client:
        yield Browser(client)


@asynccontextmanager
async def elsewhere(other: Service, tab: Browser) -> AsyncIterator[Browser]:
    """The same person at another process."""
    cookies = {"yizhan": tab.token}
    async with LocalServer(other.web()) as second, httpx.AsyncClient(base_url=second.url, cookies=cookies) as client:
        yield Browser(client)


def streams(service: Service) -> Streams:
    web = service.channels["web"]
    assert isinstance(web, Web)
    return web.streams


async def open_pages(service: Service, count: int) -> None:
    """Wait till so many streams are open."""
    async with asyncio.timeout(PATIENCE):
        while sum(map(len, streams(service)._open.values())) != count:
            await asyncio.sleep(0.005)


async def test_what_the_courier_sends_is_pushed_under_its_id_in_the_history(
    tab: Browser, bot: Service, clock: TestClock
) -> None:
    await tab.say("count")
    clock.move(minutes=5)
    async with listening(tab) as stream:
        await notice(bot, tab.token, "Your case was answered.")
        await notice(bot, tab.token, "And closed.")
        await carry(bot)
        pushed = [await stream.message(), await stream.message()]
    assert [one["text"] for one in pushed] == ["Your case was answered.", "And closed."]
    assert pushed == (await tab.history())["messages"][-2:]


async def test_headers_of_a_stream(tab: Browser) -> None:
    async with listening(tab) as stream:
        headers = stream.response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"


async def test_another_tab_sees_what_is_said_in_this_one(tab: Browser, clock: TestClock) -> None:
    await tab.say("count")
    clock.move(minutes=5)
    async with listening(tab) as one, listening(tab) as two:
        await tab.say("menu")
        for stream in (one, two):
            heard = [await stream.message(), await stream.message()]
            assert heard == tab.answer["messages"]


async def test_what_was_said_just_before_the_stream_opened_is_not_missed(tab: Browser, clock: TestClock) -> None:
    await tab.say("long ago")
    clock.move(minutes=5)
    await tab.say("just now")
    async with listening(tab) as stream:
        assert (await stream.message())["text"] == "just now"


async def test_the_stream_of_one_person_carries_nothing_of_another(tab: Browser, server: str, clock: TestClock) -> None:
    await tab.say("mine")
    async with httpx.AsyncClient(base_url=server) as client:
        other = Browser(client)
        async with listening(other) as stream:
            await tab.say("still mine")
            await other.say("theirs")
            assert (await stream.message())["text"] == "theirs"
            assert (await stream.message())["text"] == "you said theirs"


async def test_a_new_person_hears_the_answer_to_their_first_message(tab: Browser) -> None:
    await tab.client.get("/")
    async with listening(tab) as stream:
        await tab.say("menu")
        assert [(await stream.message())["from"], (await stream.message())["from"]] == ["me", "bot"]


async def test_a_silent_stream_gives_signs_of_life(tab: Browser, bot: Service) -> None:
    streams(bot).heartbeat = 0.01
    async with listening(tab) as stream:
        assert await stream.block() == [": alive"]
        assert await stream.block() == [": alive"]


async def test_a_page_that_is_closed_is_forgotten(tab: Browser, bot: Service) -> None:
    await tab.client.get("/")
    async with listening(tab):
        await open_pages(bot, 1)
    await open_pages(bot, 0)
    assert streams(bot)._signs == {}


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_what_happens_at_another_process_arrives_without_a_look(
    tab: Browser, bot: Service, make_settings: Callable[..., Settings], clock: TestClock
) -> None:
    """Looks are an hour apart here: the other process rings."""
    await tab.say("count")
    clock.move(minutes=5)
    async with Service(make_settings(), clock).running(courier=False) as other, listening(tab) as stream:
        await open_pages(bot, 1)
        async with elsewhere(other, tab) as there:
            await there.say("menu")
        assert [(await stream.message())["text"] for _ in range(2)] == ["menu", "menu"]
        await notice(other, tab.token, "from over there")
        await carry(other)
        assert (await stream.message())["text"] == "from over there"


async def test_what_another_process_sends_arrives_all_the_same(
    tab: Browser, bot: Service, make_settings: Callable[..., Settings], clock: TestClock
) -> None:
    await tab.say("count")
    clock.move(minutes=5)
    async with Service(make_settings(), clock).running(courier=False) as other, listening(tab) as stream:
        await open_pages(bot, 1)
        await streams(bot).look()
        await notice(other, tab.token, "from over there")
        await carry(other)
        await streams(bot).look()
        assert (await stream.message())["text"] == "from over there"
        async with elsewhere(other, tab) as there:
            await there.say("menu")
        await streams(bot).look()
        assert (await stream.message())["text"] == "menu"


async def test_looks_go_on_by_themselves(
    tab: Browser, bot: Service, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    await tab.say("count")
    monkeypatch.setattr("bot.channels.web.streams.LOOK_EVERY", 0.01)
    other = Service(make_settings(), bot.clock)
    async with other.running(courier=False), elsewhere(other, tab) as there, listening(there) as stream:
        while (await stream.message())["text"] != "counted 1":
            pass
        await tab.say("menu")
        assert (await stream.message())["text"] == "menu"


async def test_a_look_with_nothing_new_wakes_nobody(
    tab: Browser, bot: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tab.say("count")
    async with listening(tab):
        await open_pages(bot, 1)
        await streams(bot).look()
        rung: list[str] = []
        monkeypatch.setattr(streams(bot), "ring", rung.append)
        await streams(bot).look()
        assert rung == []
        await notice(bot, tab.token, "news")
        await carry(bot)
        rung.clear()
        await streams(bot).look()
        assert set(rung) == {tab.token}  # the send's own rings may come in between


async def test_streams_end_at_once_when_we_are_told_to_stop(tab: Browser, bot: Service) -> None:
    await tab.client.get("/")
    async with listening(tab) as stream:
        bot.leaving.set()
        with pytest.raises(EOFError):
            while True:
                await stream.block()


def test_sigterm_with_a_page_open_exits_0_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "YIZHAN_DATA_DIR": str(tmp_path / "data"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "bot", "run", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        url = process.stdout.readline().decode().split()[-1]
        with httpx.Client(base_url=url, timeout=PATIENCE) as client, client.stream("GET", "/chat/events") as response:
            lines = response.iter_lines()
            assert next(lines) == "retry: 1000"
            process.send_signal(signal.SIGTERM)
            list(lines)
            assert process.wait(PATIENCE) == 0
        assert b"graceful shutdown exceeded" not in process.stdout.read()  # what the server says of who held it up
