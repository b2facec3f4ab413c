"""Long polling: confirmed only after the commit, by one process at a time."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.telegram.polling import NAP
from bot.leadership import POLLING
from bot.store.tables import receipts
from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import ON_SQLITE, Naps, Post, channel_of, rows, settle


async def polls(tg: FakeTelegram) -> None:
    """Somebody waits in getUpdates."""
    assert await tg.world.bell.until(lambda: tg.mail.polling)


async def confirmed(tg: FakeTelegram) -> None:
    """The platform keeps nothing for us any more."""
    assert await tg.world.bell.until(lambda: not tg.mail.pending)


def offsets(tg: FakeTelegram) -> list[str]:
    """With what offset each getUpdates that was answered came."""
    return [call.params.get("offset", "") for call in tg.calls if call.method == "getUpdates"]


async def test_what_comes_is_answered_and_then_confirmed(post: Post, tg: FakeTelegram) -> None:
    async with post.polling(Naps()) as service:
        await polls(tg)
        li = tg.new_person()
        for text in ("one", "two"):
            await tg.say(li, text)
            assert (await tg.next_sent(li)).text == f"heard {text}"
        await confirmed(tg)
        assert len(await rows(service, receipts)) == 2


async def test_nothing_is_confirmed_before_it_is_stored_and_nothing_is_lost(
    post: Post, tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps = Naps()
    async with post.polling(naps) as service:
        await polls(tg)
        li, wang = tg.new_person(), tg.new_person()
        real = service.store.write
        monkeypatch.setattr(service.store, "write", lambda: (_ for _ in ()).throw(OSError("disk full")))
        await tg.say(li, "one")
        assert await naps.begun() == [NAP]
        assert len(tg.mail.pending) == 1
        await tg.say(wang, "two")
        monkeypatch.setattr(service.store, "write", real)
        naps.wake()
        assert (await tg.next_sent(li)).text == "heard one"
        assert (await tg.next_sent(wang)).text == "heard two"
        await confirmed(tg)
        assert offsets(tg)[:2] == ["", ""]  # the first answer was not confirmed
        await settle(service)
        assert len(post.texts(li)) == 1


async def test_what_was_stored_but_not_confirmed_is_not_answered_again(post: Post, tg: FakeTelegram) -> None:
    async with post.polling(Naps()) as service:
        await polls(tg)
        li = tg.new_person()
        tg.fault("getUpdates", kind="hang", times=1)  # the poll that would confirm never arrives
        await tg.say(li, "one")
        assert (await tg.next_sent(li)).text == "heard one"
        assert await tg.world.bell.until(lambda: not tg.faults.waiting)
    assert len(tg.mail.pending) == 1
    async with post.polling(Naps()) as service:
        await confirmed(tg)
        await tg.say(li, "two")
        await tg.next_sent(li)
        await settle(service)
        assert post.texts(li) == ["heard one", "heard two"]


async def test_only_one_process_polls_and_the_next_takes_over_when_it_ends(post: Post, tg: FakeTelegram) -> None:
    naps = Naps()
    async with post.polling(Naps()) as first:
        await polls(tg)
        async with post.polling(naps) as second:
            assert await naps.begun() == [NAP]
            naps.wake()
            assert await naps.begun() == [NAP]
            assert [POLLING in one.leadership.leading for one in (first, second)] == [True, False]
            assert offsets(tg) == []  # the one poll is still open: none was thrown out by another (409)
            await channel_of(first).stop()
            naps.wake()
            li = tg.new_person()
            await tg.say(li, "您好吗")
            assert (await tg.next_sent(li)).text == "heard 您好吗"
            assert POLLING in second.leadership.leading
            assert len(await rows(second, receipts)) == 1


async def test_after_a_process_that_died_another_polls_at_once(
    post: Post, tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with post.polling(Naps()) as first:
        await polls(tg)

        async def nothing() -> None:
            """It died: no word to anybody."""

        monkeypatch.setattr(channel_of(first).poller, "give_back", nothing)
    async with post.polling(Naps()):  # not one nap: what it held went with it
        li = tg.new_person()
        await tg.say(li, "您好吗")
        assert (await tg.next_sent(li)).text == "heard 您好吗"


@ON_SQLITE
async def test_a_webhook_set_before_is_taken_down_first(post: Post, tg: FakeTelegram) -> None:
    tg.webhook("https://elsewhere.example/telegram")
    async with post.polling(Naps()):
        await polls(tg)
        assert tg.mail.webhook is None


@ON_SQLITE
async def test_told_to_wait_it_waits_as_long(post: Post, tg: FakeTelegram) -> None:
    tg.fault("getUpdates", code=429, retry_after=17)
    tg.fault("getUpdates", code=502)
    tg.fault("getUpdates", kind="drop")
    naps = Naps()
    async with post.polling(naps):
        for length in (17.0, NAP, NAP):
            assert await naps.begun() == [length]
            naps.wake()
        li = tg.new_person()
        await tg.say(li, "您好吗")
        assert (await tg.next_sent(li)).text == "heard 您好吗"


@ON_SQLITE
async def test_an_update_that_can_not_be_read_does_not_stop_the_rest(post: Post, tg: FakeTelegram) -> None:
    async with post.polling(Naps()) as service:
        await polls(tg)
        li = tg.new_person()
        await tg.update(li, "message", {"message_id": 1})
        await tg.say(li, "您好吗")
        assert (await tg.next_sent(li)).text == "heard 您好吗"
        await confirmed(tg)
        assert service.metrics.refused.labels("telegram", "unreadable")._value.get() == 1


@ON_SQLITE
async def test_ids_that_begin_anew_after_a_quiet_week_are_not_taken_for_old_ones(post: Post, tg: FakeTelegram) -> None:
    async with post.service(courier=False) as service:
        tg.mail.webhook = None
        poller = channel_of(service).poller
        li = tg.new_person()
        poller.offset = 900_000_500  # after a busy year
        await poller.once(wait=0)  # an empty answer: all is confirmed
        await tg.say(li, "two")  # its id is lower
        await poller.once(wait=0)
        assert len(await rows(service, receipts)) == 1


@ON_SQLITE
async def test_a_tap_and_what_is_said_after_it_keep_their_order(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        tg.mail.webhook = None
        poller = channel_of(service).poller
        li = tg.new_person()
        await tg.start(li, "pick")
        await poller.once(wait=0)
        asked = await tg.next_sent(li)
        await tg.tap(asked, "Short")
        await tg.say(li, "after it")
        await poller.once(wait=0)
        await settle(service)
        assert post.texts(li)[1:] == ["picked short", "heard after it"]


@ON_SQLITE
async def test_stopping_lets_go_of_a_long_poll_at_once(post: Post, tg: FakeTelegram) -> None:
    loop = asyncio.get_running_loop()
    async with post.polling(Naps()):
        await polls(tg)
        began = loop.time()
    assert loop.time() - began < 2
