"""POST /chat/messages: who the person is, what is answered, and that nothing runs twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
import sqlalchemy as sa
import structlog

from bot.app import Service
from bot.settings import Settings
from bot.store.tables import identities, people, receipts
from tests.support import TestClock
from tests.web_talk import Browser, in_process


async def count(bot: Service, table: sa.Table) -> int:
    async with bot.store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(table)))


async def test_the_first_message_gets_a_cookie_and_an_answer(rider: Browser) -> None:
    response = await rider.post(key="1", text="hello")
    assert response.json()["replies"] == [{"kind": "text", "text": "you said hello", "url": "", "options": []}]
    parts = [part.strip() for part in response.headers["set-cookie"].split(";")]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert "Secure" not in parts
    assert len(rider.token) == 43


async def test_the_cookie_is_the_person(rider: Browser, somebody: Callable[..., Browser]) -> None:
    assert await rider.say("count") == "counted 1"
    assert await rider.say("count") == "counted 2"
    assert await somebody().say("count") == "counted 1"
    again = somebody(Cookie=f"yizhan={rider.token}")
    assert await again.say("count") == "counted 3"


async def test_a_known_person_gets_no_new_cookie(rider: Browser) -> None:
    await rider.say("count")
    assert "set-cookie" not in (await rider.post(key="2", text="count")).headers


@pytest.mark.parametrize("cookie", ["", "short", "x" * 44, "." * 43, "../" * 14 + "."])
async def test_a_cookie_we_did_not_make_counts_as_none(somebody: Callable[..., Browser], cookie: str) -> None:
    browser = somebody(Cookie=f"yizhan={cookie}")
    response = await browser.post(key="1", text="count")
    assert response.json()["replies"][0]["text"] == "counted 1"
    assert len(response.headers["set-cookie"].split(";")[0]) == len("yizhan=") + 43


async def test_over_tls_the_cookie_is_secure(make_settings: Callable[..., Settings], clock: TestClock) -> None:
    settings = make_settings(public_url="https://chat.example.org")
    async with Service(settings, clock).running(courier=False) as service:
        browser = in_process(service)
        response = await browser.post(key="1", text="hello")
        assert "Secure" in response.headers["set-cookie"].split("; ")


async def test_the_same_key_gets_the_same_answer_and_runs_nothing_twice(rider: Browser, bot: Service) -> None:
    first = await rider.post(key="k", text="count")
    again = await rider.post(key="k", text="count")
    assert again.json() == first.json()
    assert first.json()["replies"][0]["text"] == "counted 1"
    assert await rider.say("count") == "counted 2"
    assert await count(bot, receipts) == 2


async def test_the_same_key_at_the_same_moment(rider: Browser, bot: Service) -> None:
    await rider.say("hello")
    answers = await asyncio.gather(*(rider.post(key="k", text="count") for _ in range(5)))
    assert {answer.json()["replies"][0]["text"] for answer in answers} == {"counted 1"}
    assert await count(bot, receipts) == 2


async def test_keys_of_two_people_have_nothing_to_do_with_each_other(
    rider: Browser, somebody: Callable[..., Browser]
) -> None:
    other = somebody()
    assert await rider.say("mine", key="1") == "you said mine"
    assert await other.say("theirs", key="1") == "you said theirs"


async def test_choices_by_button_number_and_label(rider: Browser) -> None:
    await rider.say("menu")
    assert await rider.tap("Fruit") == "Which?"
    assert await rider.tap("Banana") == "got Banana"
    await rider.say("fruit")
    assert await rider.say("１") == "got Apple"
    await rider.say("fruit")
    assert await rider.say("banana") == "got Banana"


async def test_the_answer_names_the_messages_as_the_history_does(rider: Browser) -> None:
    await rider.say("menu")
    await rider.tap("Fruit")
    messages = rider.answer["messages"]
    assert [(one["from"], one["kind"], one["text"]) for one in messages] == [
        ("me", "text", "Fruit"),
        ("bot", "text", "Which?"),
    ]
    assert (await rider.history())["messages"][-2:] == messages


async def test_what_no_keyboard_makes_is_left_out(rider: Browser) -> None:
    assert await rider.say(" a\x00b\x1b[0m\nc ") == "you said ab[0m\nc"


async def test_a_known_language_of_the_browser_is_kept_for_a_new_person(
    somebody: Callable[..., Browser], bot: Service
) -> None:
    await somebody(**{"Accept-Language": "en-GB,zh;q=0.3"}).say("count")
    await somebody().say("count")
    async with bot.store.read() as unit:
        found = (await unit.execute(sa.select(people.c.language))).scalars()
        assert sorted(found) == ["en", "zh_CN"]


async def test_looking_at_the_page_makes_nobody(rider: Browser, bot: Service) -> None:
    for path in ("/", "/chat/history"):
        assert (await rider.client.get(path)).status_code == 200
    assert await count(bot, identities) == 0


async def test_a_store_that_is_down_acknowledges_nothing(
    rider: Browser, bot: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rider.say("count")
    with monkeypatch.context() as patch:

        def down() -> None:
            raise sa.exc.OperationalError("write", None, Exception("the disk is full"))

        patch.setattr(bot.store, "write", down)
        response = await rider.post(key="k", text="count")
        assert (response.status_code, response.headers["retry-after"]) == (503, "2")
    assert await rider.say("count", key="k") == "counted 2"


async def test_a_browser_that_goes_away_while_sending_is_no_failure(server: str, bot: Service) -> None:
    with structlog.testing.capture_logs() as logs:
        _reader, writer = await asyncio.open_connection("127.0.0.1", int(server.rsplit(":", 1)[1]))
        writer.write(b'POST /chat/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"key"')
        await writer.drain()
        async with httpx.AsyncClient(base_url=server) as client:
            await client.get("/healthz")  # by now the first request is being read
            writer.close()
            assert (await client.post("/chat/messages", json={"key": "1", "text": "count"})).status_code == 200
    assert logs == []
    assert await count(bot, receipts) == 1
