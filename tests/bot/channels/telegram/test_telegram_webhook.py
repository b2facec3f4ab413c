"""The webhook: verified, stored before it is acknowledged, answered once."""

from __future__ import annotations

import json

import pytest

from bot.channels.telegram.limits import BODY_BYTES
from bot.store.tables import outbox, receipts
from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import ON_SQLITE, SECRET, Post, rows, settle, states


async def test_a_text_gets_its_reply_in_the_chat(post: Post, tg: FakeTelegram) -> None:
    async with post.service(real=True) as service:
        li = tg.new_person()
        delivery = await tg.say(li, "菜单")
        menu = await tg.next_sent(li)
        assert "投诉" in " ".join(menu.labels) or "诉求" in " ".join(menu.labels)
        assert delivery.attempts == [200]
        await settle(service)
        assert await states(service) == ["sent"]
        assert li > 2**31


async def test_who_speaks_english_is_answered_in_english(post: Post, tg: FakeTelegram) -> None:
    async with post.service(real=True):
        ann = tg.new_person("Ann", language="en-GB")
        await tg.say(ann, "menu")
        assert "File a complaint" in (await tg.next_sent(ann)).labels


async def test_the_same_update_again_is_acknowledged_and_answered_once(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        delivery = await tg.say(li, "您好吗")
        assert [await tg.redeliver(delivery) for _ in range(3)] == [200, 200, 200]
        await settle(service)
        assert post.texts(li) == ["heard 您好吗"]
        assert len(await rows(service, receipts)) == 1


async def test_the_same_update_reaches_a_new_process_after_a_restart(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        delivery = await tg.say(li, "您好吗")
        await settle(service)
    async with post.service() as service:
        assert await tg.redeliver(delivery) == 200
        await settle(service)
    assert post.texts(li) == ["heard 您好吗"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "s\u00e9cret"])
@ON_SQLITE
async def test_without_the_secret_nothing_is_read(post: Post, tg: FakeTelegram, secret: str | None) -> None:
    async with post.service() as service:
        li = tg.new_person()
        update = {"update_id": 5, "message": {"message_id": 1, "date": 0, "text": "hi"}}
        update["message"] |= {"chat": {"id": li, "type": "private"}}  # type: ignore[operator]
        body = json.dumps(update).encode()
        given = secret.encode("latin-1") if secret is not None else None
        assert await post.knock(body, given) == 403  # type: ignore[arg-type]
        assert await post.knock(b"{", given) == 403  # type: ignore[arg-type]
        assert await rows(service, receipts) == []
        assert service.metrics.refused.labels("telegram", "wrong secret")._value.get() == 2
        assert await post.knock(body) == 200  # the same body is fine when the platform brings it


@ON_SQLITE
async def test_a_body_past_the_limit_is_refused(post: Post) -> None:
    async with post.service() as service:
        fits = json.dumps({"update_id": 1}).encode()
        assert await post.knock(fits + b" " * (BODY_BYTES - len(fits))) == 200
        assert await post.knock(fits + b" " * (BODY_BYTES + 1 - len(fits))) == 413
        assert await rows(service, receipts) == []


NO_UPDATES = [b"", b"{", b"\xff\xfe", b"null", b"5", b'"text"', b"[]", b"{}", b'{"message": {}}', b'{"update_id": "5"}']
NO_UPDATES += [b'{"update_id": true}', b'{"update_id": 1.5}', b'{"update_id": 5, "message": "hi"}', b"[" * 100_000]


@ON_SQLITE
async def test_what_is_no_update_gets_400_and_no_trace(post: Post) -> None:
    async with post.service() as service:
        assert [await post.knock(body) for body in NO_UPDATES] == [400] * len(NO_UPDATES)
        assert await rows(service, receipts) == []


@ON_SQLITE
async def test_an_update_that_can_not_be_read_is_let_go_and_counted(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        private = {"id": li, "type": "private"}
        deep: dict[str, object] = {"message_id": 1, "date": 0, "chat": private, "text": "deep"}
        for _ in range(400):
            deep = {"message_id": 1, "date": 0, "chat": private, "reply_to_message": deep}
        odd = [
            {"message_id": 1},
            {"message_id": 1, "date": 10**18, "chat": private},
            {"message_id": 1, "date": 0, "chat": private, "text": 5},
            {"message_id": 1, "date": 0, "chat": {"id": "x", "type": "private"}, "text": "hi"},
            deep,
        ]
        for number, message in enumerate(odd):
            assert await post.knock(json.dumps({"update_id": number, "message": message}).encode()) == 200
        assert service.metrics.refused.labels("telegram", "unreadable")._value.get() >= 4
        await settle(service)
        assert post.made("sendMessage") == []


@ON_SQLITE
async def test_unknown_kinds_get_200_and_no_answer(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        chat = {"id": li, "type": "private"}
        channel_post = {"message_id": 9, "date": 0, "chat": {"id": -100123, "type": "channel"}, "text": "news"}
        for kind, content in [
            ("teleported", {"whom": li}),
            ("channel_post", channel_post),
            ("message", {"message_id": 7, "date": 0, "chat": chat, "pinned_message": {**channel_post, "chat": chat}}),
            (
                "message",
                {
                    "message_id": 8,
                    "date": 0,
                    "chat": chat,
                    "message_auto_delete_timer_changed": {"message_auto_delete_time": 5},
                },
            ),
        ]:
            assert (await tg.update(li, kind, content)).attempts == [200]
        await settle(service)
        assert await rows(service, outbox) == []


async def test_what_could_not_be_stored_is_not_acknowledged_and_comes_again(
    post: Post, tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with post.service() as service:
        li = tg.new_person()
        failures = 4  # the batch, then the message alone three times and its parking
        real = service.store.write

        def flaky() -> object:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise OSError("disk full")
            return real()

        monkeypatch.setattr(service.store, "write", flaky)
        failures = 5
        delivery = await tg.say(li, "您好吗")
        assert delivery.attempts == [503, 200]
        await settle(service)
        assert post.texts(li) == ["heard 您好吗"]


async def test_many_people_at_once_get_their_own_answers(post: Post, tg: FakeTelegram) -> None:
    import asyncio

    async with post.service() as service:
        people = [tg.new_person() for _ in range(25)]
        await asyncio.gather(*(tg.say(who, f"turn {turn}") for who in people for turn in range(3)))
        await settle(service)
        for who in people:
            assert post.texts(who) == ["heard turn 0", "heard turn 1", "heard turn 2"]
