"""What people send in Telegram, and what they see: taps, long texts, pictures, voice, places, albums, edits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.channels.telegram import outgoing
from bot.channels.telegram.limits import CALLBACK_BYTES, FILE_BYTES, TEXT_UNITS, utf16_units
from bot.messages import Event, Media
from bot.store.tables import outbox
from tests.fakes.telegram import FakeTelegram
from tests.telegram_talk import LONG_VALUE, ON_SQLITE, Post, channel_of, pictures, rows, same, settle, states

pytestmark = ON_SQLITE


# -- start


async def test_start_greets_with_the_menu(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.start(li)
        assert (await tg.next_sent(li)).labels == ["Pick", "Pictures"]


@pytest.mark.parametrize("payload", ["pick", "go-pick"])
async def test_start_with_a_payload_opens_that_dialogue(post: Post, tg: FakeTelegram, payload: str) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.start(li, payload)
        assert (await tg.next_sent(li)).text == "Which?"


async def test_start_with_a_payload_nobody_knows_shows_the_menu(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.start(li, "nobody-knows")
        assert (await tg.next_sent(li)).text == "menu"


async def test_start_complaint_opens_the_complaint(post: Post, tg: FakeTelegram) -> None:
    async with post.service(real=True) as service:
        li = tg.new_person()
        await tg.start(li, "complaint")
        await tg.next_sent(li)
        await tg.say(li, "取消")
        other = post.beside(service)
        await other.happen(Event.START, "complaint")
        assert same((await tg.next_sent(li)).text, await other.say("取消"))


async def test_a_word_that_only_begins_like_start_is_no_start(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.say(li, "/starting pick")
        assert (await tg.next_sent(li)).text == "heard /starting pick"


async def test_commands_work_with_the_name_of_the_bot(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.say(li, "/pick@yizhan_bot")
        assert (await tg.next_sent(li)).text == "Which?"
        await tg.say(li, "write to a@b.cn")
        assert "a@b.cn" not in (await tg.next_sent(li)).text  # a bad answer to the question, not a command


# -- taps


async def test_a_tap_is_answered_before_its_reply(
    post: Post, tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.say(li, "菜单")
        menu = await tg.next_sent(li)
        real, gate = outgoing.answer_callback, asyncio.Event()

        async def slow(*given: Any) -> None:
            await gate.wait()
            await real(*given)

        monkeypatch.setattr(outgoing, "answer_callback", slow)
        delivery = await tg.tap(menu, "Pick")
        assert delivery.attempts == [200]  # stored, though the answer is still on its way
        assert await states(service) == ["sent", "waiting"]
        gate.set()
        assert (await tg.next_sent(li)).text == "Which?"
        made = post.made("answerCallbackQuery", "sendMessage")
        assert made == ["sendMessage", "answerCallbackQuery", "sendMessage"]


async def test_a_platform_slow_to_take_the_answer_does_not_keep_the_person_waiting(
    post: Post, tg: FakeTelegram
) -> None:
    async with post.service() as service:
        channel_of(service).patience = 0.02
        li = tg.new_person()
        await tg.say(li, "菜单")
        tg.fault("answerCallbackQuery", kind="hang")
        await tg.tap(await tg.next_sent(li), "Pick")
        assert (await tg.next_sent(li)).text == "Which?"


async def test_a_tap_too_old_to_be_answered_still_counts(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        tg.callback_ttl = -1.0
        li = tg.new_person()
        await tg.say(li, "菜单")
        await tg.tap(await tg.next_sent(li), "Pick")
        assert (await tg.next_sent(li)).text == "Which?"
        await settle(service)
        assert tg.answers == []
        assert [call.code for call in tg.calls if call.method == "answerCallbackQuery"] == [400]


async def test_a_button_from_before_is_told_apart(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        other = post.beside(service)
        li = tg.new_person()
        await tg.start(li, "pick")
        old = await tg.next_sent(li)
        await tg.tap(old, "Short")
        assert (await tg.next_sent(li)).text == "picked short"
        await tg.tap(old, "Short")
        await other.deliver(choice="old")
        assert same((await tg.next_sent(li)).text, other.text)


async def test_a_long_value_fits_a_button_and_its_tap_still_works(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.start(li, "pick")
        asked = await tg.next_sent(li)
        data = [value for row in asked.buttons for _label, value in row]
        assert all(1 <= len(value.encode()) <= CALLBACK_BYTES for value in data)
        assert len(LONG_VALUE.encode()) > CALLBACK_BYTES
        await tg.tap(asked, "The long one")
        assert (await tg.next_sent(li)).text == f"picked {LONG_VALUE}"


async def test_a_made_up_tap_does_no_harm(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.say(li, "菜单")
        menu = await tg.next_sent(li)
        other = post.beside(service)
        for data in ("x", "#0123", "go:nowhere", "do:nothing", "=", "a.b=c"):
            assert (await tg.tap_data(li, menu.message_id, data)).attempts == [200]
            await other.deliver(choice="made-up")
            assert same((await tg.next_sent(li)).text, other.text)
        assert len(tg.answers) == 6
        await settle(service)
        assert set(await states(service)) == {"sent"}


# -- long texts


async def test_a_long_text_is_split_at_the_limit_on_sentence_borders(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.say(li, "long")
        await settle(service)
        texts = post.texts(li)
        assert len(texts) == 2
        assert all(utf16_units(text) <= TEXT_UNITS for text in texts)
        assert "".join(texts) == "工伤要先看病。😀" * 700
        assert texts[0].endswith("。")
        assert [sent.labels for sent in tg.outbox(li)] == [[], ["Menu"]]


# -- pictures and the like


async def test_a_photo_is_taken_where_one_is_asked_for(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.start(li, "pictures")
        await tg.next_sent(li)
        await tg.photo(li)
        assert "1" in (await tg.next_sent(li)).text
        await tg.document(li, name="截图.png", mime="image/png")
        more = await tg.next_sent(li)
        assert "2" in more.text
        await tg.tap(more, more.labels[0])
        assert (await tg.next_sent(li)).text == "2 taken"


async def test_a_photo_out_of_the_blue_is_not_kept(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.photo(li)
        assert same((await tg.next_sent(li)).text, await post.beside(service).photo("ref"))
        assert await pictures(service) == []


async def test_the_caption_of_a_photo_is_what_was_said(post: Post, tg: FakeTelegram) -> None:
    async with post.service():
        li = tg.new_person()
        await tg.photo(li, caption="站点扣钱")
        assert (await tg.next_sent(li)).text == "heard 站点扣钱"


async def test_voice_is_not_listened_to(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.voice(li)
        other = post.beside(service)
        await other.deliver(media=(Media("voice", "ref"),))
        assert same((await tg.next_sent(li)).text, other.text)


async def test_a_location_and_a_contact_are_understood(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.location(li)
        assert same((await tg.next_sent(li)).text, await post.beside(service).locate(31.2, 121.4))
        await tg.contact(li, "+8613912345678")
        assert (await tg.next_sent(li)).text == "heard +8613912345678"


async def test_a_file_past_the_limit_is_explained(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.start(li, "pictures")
        await tg.next_sent(li)
        await tg.document(li, size=FILE_BYTES + 1)
        told = await tg.next_sent(li)
        other = post.beside(service)
        await other.happen(Event.START, "pictures")
        assert same(told.text, await other.happen(Event.TOO_LARGE))
        assert "Pictures?" in told.text  # and the question stands
        await tg.document(li, size=FILE_BYTES)
        assert "1" in (await tg.next_sent(li)).text
        await settle(service)
        assert len(await pictures(service)) == 1


async def test_a_sticker_gets_a_polite_word(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        await tg.sticker(li)
        assert same((await tg.next_sent(li)).text, await post.beside(service).happen(Event.UNREADABLE))


async def test_a_kind_of_message_not_known_yet_gets_a_polite_word(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        message = {"message_id": 5, "date": 0, "chat": {"id": li, "type": "private"}, "hologram": {"depth": 3}}
        await tg.update(li, "message", message)
        assert same((await tg.next_sent(li)).text, await post.beside(service).happen(Event.UNREADABLE))


# -- edits


async def test_an_edited_message_is_asked_to_be_sent_anew(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        first = await tg.say(li, "一百块")
        await tg.next_sent(li)
        await tg.edit(first, "两百块")
        told = await tg.next_sent(li)
        assert same(told.text, await post.beside(service).happen(Event.EDITED))
        await settle(service)
        assert post.texts(li)[0] == "heard 一百块"


async def test_a_live_location_that_moves_is_not_commented_on(post: Post, tg: FakeTelegram) -> None:
    async with post.service() as service:
        li = tg.new_person()
        first = await tg.location(li)
        await tg.next_sent(li)
        moved = first.message | {"location": {"latitude": 31.3, "longitude": 121.5}, "edit_date": 1}
        for _ in range(3):
            assert (await tg.update(li, "edited_message", moved)).attempts == [200]
        await settle(service)
        assert len(await rows(service, outbox)) == 1
