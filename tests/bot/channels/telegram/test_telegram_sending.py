"""What the platform does with our sends: told to wait, errors, silence; and files fetched from it."""

from __future__ import annotations

import hashlib

import pytest
from starlette.responses import PlainTextResponse

from bot.store.tables import outbox
from tests.fakes.faults import Fault
from tests.fakes.telegram import FakeTelegram
from tests.photo import PHOTO
from tests.telegram_talk import ON_SQLITE, Naps, Post, channel_of, pictures, rows, settle, states

THREE_HOURS = 3 * 3600


async def test_told_to_wait_for_hours_it_waits_over_a_restart_and_holds_up_nobody_else(
    post: Post, tg: FakeTelegram
) -> None:
    async with post.service() as service:
        li, wang = tg.new_person("小李"), tg.new_person("小王")
        tg.fault("sendMessage", code=429, retry_after=THREE_HOURS, chat_id=li)
        await tg.say(li, "first")
        await tg.say(wang, "有人吗")
        assert (await tg.next_sent(wang)).text == "heard 有人吗"
        await settle(service)
        await tg.say(li, "second")
        await settle(service)
        assert post.texts(li) == []
        assert len([call for call in tg.calls if call.params.get("chat_id") == str(li)]) == 1  # asked once only
    async with post.service() as service:
        await settle(service)
        await tg.say(li, "third")
        await settle(service)
        assert post.texts(li) == []
        post.clock.move(seconds=THREE_HOURS - 1)
        await settle(service)
        assert post.texts(li) == []
        post.clock.move(seconds=2)
        service.courier.wake()
        assert (await tg.next_sent(li)).text == "heard first"
        await settle(service)
        assert post.texts(li) == ["heard first", "heard second", "heard third"]
        assert {row["attempts"] for row in await rows(service, outbox)} == {1}  # waiting as told is no failed try


@pytest.mark.parametrize("code", [500, 502, 503])
@ON_SQLITE
async def test_an_error_of_the_platform_is_tried_again_later(post: Post, tg: FakeTelegram, code: int) -> None:
    async with post.service() as service:
        li = tg.new_person()
        tg.fault("sendMessage", code=code)
        await tg.say(li, "您好吗")
        await settle(service)
        assert await states(service) == ["waiting"]
        post.clock.move(seconds=3)
        await settle(service)
        assert post.texts(li) == []
        post.clock.move(seconds=2)
        await settle(service)
        assert post.texts(li) == ["heard 您好吗"]
        assert [row["attempts"] for row in await rows(service, outbox)] == [2]


@ON_SQLITE
async def test_a_platform_down_for_a_while_is_tried_again(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        delivery = await tg.say(li, "first")
        await settle(service)
        hook = tg.mail.webhook
        await tg.server.stop()
        assert hook is not None
        assert (await tg.mail.send(delivery.update | {"update_id": 1}, hook)).status_code == 200
        await settle(service)
        assert (await rows(service, outbox))[-1]["result"] == "ConnectError"
        await tg.start_server()
        post.clock.move(seconds=5)
        await settle(service)
        assert post.texts(li) == ["heard first", "heard first"]


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("kind", ["drop", "half", "hang"])
@ON_SQLITE
async def test_an_outcome_nobody_knows_is_not_repeated(post: Post, tg: FakeTelegram, kind: str, done: bool) -> None:
    async with post.service() as service:
        service.courier.delivery.patience = 0.2
        li = tg.new_person()
        tg.fault("sendMessage", kind=kind, done=done)  # type: ignore[arg-type]
        await tg.say(li, "您好吗")
        await settle(service)
        post.clock.move(days=1)
        await settle(service)
        assert await states(service) == ["unknown"]
        assert post.made("sendMessage") == ["sendMessage"]
        await tg.say(li, "再问")
        await settle(service)
        assert post.texts(li)[-1] == "heard 再问"


@ON_SQLITE
async def test_an_answer_that_can_not_be_read_is_not_repeated(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        tg.faults.add(Fault("sendmessage", "answer", answer=PlainTextResponse("<html>captive portal</html>")))
        await tg.say(li, "您好吗")
        await settle(service)
        assert await states(service) == ["unknown"]


@ON_SQLITE
async def test_what_the_platform_refuses_is_recorded_and_not_repeated(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        tg.fault("sendMessage", code=400, description="Bad Request: message is odd")
        await tg.say(li, "您好吗")
        await settle(service)
        post.clock.move(days=1)
        await settle(service)
        [row] = await rows(service, outbox)
        assert row["state"] == "failed"
        assert row["result"] == "400 Message is odd"


@ON_SQLITE
async def test_a_token_refused_waits_for_the_operator(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        tg.fault("sendMessage", code=401, times=20)
        await tg.say(li, "您好吗")
        for _minute in range(20):
            await settle(service)
            post.clock.move(seconds=61)
        await settle(service)
        assert post.texts(li) == ["heard 您好吗"]


@ON_SQLITE
async def test_the_platforms_own_law_is_kept_to(post: Post, tg: FakeTelegram) -> None:
    """One message a second in a chat: a second one at once is told to wait, and comes after the wait, in order."""
    async with post.service() as service:
        tg.law.on = True
        li = tg.new_person()
        for text in ("one", "two", "three"):
            await tg.say(li, text)
        for _second in range(4):
            await settle(service)
            post.clock.move(seconds=1.1)
        assert post.texts(li) == ["heard one", "heard two", "heard three"]


# -- a process that dies


async def test_replies_of_a_process_that_died_are_sent_by_the_next_once_its_claims_end(
    post: Post, tg: FakeTelegram
) -> None:
    async with post.service() as service:
        service.dispatcher.leaving.hand_over = lambda rows: None  # it dies between the commit and the send
        li = tg.new_person()
        assert (await tg.say(li, "您好吗")).attempts == [200]
        service.courier.name = "somebody else"  # so that stopping it does not tidy up
    async with post.service() as service:
        await settle(service)
        assert post.texts(li) == []
        post.clock.move(seconds=61)
        await settle(service)
        assert post.texts(li) == ["heard 您好吗"]


async def test_stopping_sends_what_was_promised(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        people = [tg.new_person() for _ in range(10)]
        for who in people:
            await tg.say(who, "long")
    assert [len(post.texts(who)) for who in people] == [2] * 10


@ON_SQLITE
async def test_what_hangs_while_we_stop_is_unknown_and_the_rest_is_left_to_the_next(
    post: Post, tg: FakeTelegram
) -> None:
    async with post.service() as service:
        service.courier.farewell = 0.05
        li = tg.new_person()
        tg.fault("sendMessage", kind="hang")
        await tg.say(li, "first")
        await tg.say(li, "second")
    async with post.service() as service:
        await settle(service)
        assert await states(service) == ["unknown", "sent"]
        assert post.texts(li) == ["heard second"]


# -- files


async def test_a_picture_is_fetched_and_kept_sealed(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        content = PHOTO + b"a slip with a name on it " * 50
        await tg.start(li, "pictures")
        await tg.photo(li, content)
        await settle(service)
        [kept] = await pictures(service)
        assert (kept["status"], kept["size"], kept["mime"]) == ("kept", len(content), "image/jpeg")
        assert kept["sha256"] == hashlib.sha256(content).hexdigest()
        file = service.blobs.path(kept["id"]).read_bytes()
        assert b"a slip" not in file
        assert service.blobs.read(service.store.vault, kept["id"]) == content


async def test_a_picture_that_can_not_be_had_is_recorded(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        tg.fault("getFile", code=400, description="Bad Request: file is too big")
        await tg.photo(li)
        await settle(service)
        [lost] = await pictures(service)
        assert lost["status"] == "failed"
        assert "too big" in lost["reason"]
        assert not service.blobs.path(lost["id"]).exists()


@pytest.mark.parametrize("where", ["getFile", "file"])
@ON_SQLITE
async def test_a_failing_fetch_is_tried_again_and_given_up_in_the_end(post: Post, tg: FakeTelegram, where: str) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        tg.fault(where, code=500)
        await tg.photo(li, PHOTO)
        await settle(service)
        assert [one["status"] for one in await pictures(service)] == ["wanted"]
        post.clock.move(seconds=10)
        await settle(service)
        assert [one["status"] for one in await pictures(service)] == ["kept"]
        tg.fault(where, code=500, times=100)
        await tg.photo(li, PHOTO)
        for _try in range(15):
            await settle(service)
            post.clock.move(hours=1)
        assert [one["status"] for one in await pictures(service)] == ["kept", "failed"]
        assert len(post.texts(li)) == 3  # the person was answered all the same


@ON_SQLITE
async def test_a_fetch_told_to_wait_does_not_hold_up_replies(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        tg.fault("getFile", code=429, retry_after=THREE_HOURS)
        await tg.photo(li)
        await settle(service)
        await tg.say(li, "菜单")
        await settle(service)
        assert len(post.texts(li)) == 3
        post.clock.move(seconds=THREE_HOURS + 1)
        await settle(service)
        assert [one["status"] for one in await pictures(service)] == ["kept"]


@ON_SQLITE
async def test_a_platform_that_can_not_be_reached_holds_up_no_start(post: Post, tg: FakeTelegram) -> None:
    await tg.server.stop()
    service = post.make(public_url="https://bot.example")
    naps = channel_of(service).nap = Naps()
    async with service.running():
        assert await naps.begun(2) == [1.0, 1.0]
        await tg.start_server()
        naps.wake()
        came = await tg.world.bell.until(lambda: tg.mail.webhook is not None)
        assert came
        assert tg.mail.webhook is not None
        assert tg.mail.webhook.url == "https://bot.example/telegram"
        assert tg.mail.allowed == ["message", "edited_message", "callback_query", "my_chat_member"]


@ON_SQLITE
async def test_the_commands_are_told_in_both_languages(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        assert await tg.world.bell.until(
            lambda: "setMyCommands" in post.made("setMyCommands") and len(tg.commands) == 2
        )
        told = {language: [one["description"] for one in listed] for (_scope, language), listed in tg.commands.items()}
        assert "Menu" in told["en"]
        assert "菜单" in told[""]
