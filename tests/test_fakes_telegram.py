"""The Bot API fake is as strict as the platform, and python-telegram-bot understands every answer of it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from tests.fakes.bell import PATIENCE
from tests.fakes.clock import ManualClock
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_world import Sent


@pytest.fixture
async def tg() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(clock=ManualClock()) as fake:
        yield fake


@pytest.fixture
async def bot(tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # retry_after as timedelta; without it the library warns
    async with telegram.Bot(tg.token, base_url=f"{tg.url}/bot", base_file_url=f"{tg.url}/file/bot") as client:
        yield client


async def post(tg: FakeTelegram, method: str, body: dict, token: str | None = None) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(f"{tg.url}/bot{token or tg.token}/{method}", json=body)


def keyboard(data: str = "fine", label: str = "罚款") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


async def test_messages_and_files_go_out_and_come_back(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    shown = await bot.send_message(li, "<b>您好</b> &amp; 再见", parse_mode="HTML", reply_markup=keyboard())
    assert shown.text == "您好 & 再见"
    assert shown.entities[0].length == 2
    assert tg.outbox(li)[0].buttons == [[("罚款", "fine")]]
    photo = await bot.send_photo(li, b"\x89PNG picture", caption="图")
    again = await bot.send_photo(li, photo.photo[-1].file_id)
    assert again.photo[-1].file_id == photo.photo[-1].file_id
    await bot.send_document(li, b"a,b", filename="表.csv")
    assert tg.outbox(li)[-1].file.data == b"a,b"
    sent = await tg.document(li, b"evidence")
    got = await bot.get_file(sent.message["document"]["file_id"])
    assert bytes(await got.download_as_bytearray()) == b"evidence"
    assert await bot.send_chat_action(li, "typing")
    assert tg.actions == [(li, "typing")]
    assert await bot.set_my_commands([("help", "帮助")], language_code="zh")
    assert [c.description for c in await bot.get_my_commands(language_code="zh")] == ["帮助"]


async def test_a_form_body_counts_as_a_json_body(tg: FakeTelegram) -> None:
    li = tg.new_person()
    markup = '{"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}'
    async with httpx.AsyncClient() as client:
        form = {"chat_id": str(li), "text": "表单", "reply_markup": markup}
        answer = await client.post(f"{tg.url}/bot{tg.token}/SENDMESSAGE", data=form)
    assert answer.json()["result"]["text"] == "表单"
    body = {
        "chat_id": li,
        "text": "JSON",
        "reply_markup": {"inline_keyboard": [[{"text": "好", "callback_data": "x"}]]},
    }
    assert (await post(tg, "sendMessage", body)).json()["ok"]
    assert [s.labels for s in tg.outbox(li)] == [["好"], ["好"]]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": "  \n "}, "message text is empty"),
        ({"text": "字" * 4097}, "message is too long"),
        ({"text": "<b>a", "parse_mode": "HTML"}, "find end tag"),
        ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities"),
        ({"text": "<div>a</div>", "parse_mode": "HTML"}, "Unsupported start tag"),
        ({"text": "a", "reply_markup": keyboard("x" * 65).to_dict()}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": keyboard("投" * 22).to_dict()}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}}, "Text buttons are unallowed"),
        ({"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "", "callback_data": "x"}]]}}, "non-empty"),
        ({"text": "a", "reply_markup": None}, "object expected"),
        ({"text": "a", "chat_id": 6_999_999_999}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
    ],
)
async def test_what_the_platform_refuses_is_refused(tg: FakeTelegram, values: dict, problem: str) -> None:
    li = tg.new_person()
    answer = await post(tg, "sendMessage", {"chat_id": li} | values)
    assert answer.status_code == answer.json()["error_code"] == 400
    assert problem in answer.json()["description"]
    assert tg.outbox() == []


async def test_the_limits_themselves_are_allowed(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    await bot.send_message(li, "字" * 4096, reply_markup=keyboard("x" * 64))
    await bot.send_photo(li, b"p", caption="字" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
        await bot.send_photo(li, b"p", caption="字" * 1025)
    assert len(tg.outbox(li)) == 2


async def test_a_wrong_token_and_an_unknown_method(tg: FakeTelegram) -> None:
    assert (await post(tg, "getMe", {}, token="1:wrong")).status_code == 401
    assert (await post(tg, "getmee", {})).status_code == 404
    async with telegram.Bot(tg.token, base_url=f"{tg.url}/bot") as good:
        assert good.username == "yizhan_bot"
    with pytest.raises(InvalidToken):
        async with telegram.Bot("1:wrong", base_url=f"{tg.url}/bot"):
            pass


async def test_files_past_20_mb_are_not_handed_out(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    big = await tg.document(li, size=20 * 1024 * 1024 + 1)
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(big.message["document"]["file_id"])
    fits = await tg.document(li, size=20 * 1024 * 1024)
    assert (await bot.get_file(fits.message["document"]["file_id"])).file_size == 20 * 1024 * 1024
    with pytest.raises(BadRequest):
        await bot.get_file("AgAC-nonsense")


async def test_a_tap_is_answered_once(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    await bot.send_message(li, "怎么了？", reply_markup=keyboard())
    asked = await tg.next_sent(li)
    await tg.tap(asked, "罚款")
    query = (await bot.get_updates())[0].callback_query
    assert (query.data, query.from_user.id, query.message.text) == ("fine", li, "怎么了？")
    assert await query.answer()
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()
    assert [a["callback_query_id"] for a in tg.answers] == [query.id]
    with pytest.raises(AssertionError, match="no button"):
        await tg.tap(asked, "没有这个")


async def test_a_tap_gets_too_old(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    await bot.send_message(li, "怎么了？", reply_markup=keyboard())
    await tg.tap(tg.outbox(li)[0], data="fine")
    query = (await bot.get_updates())[0].callback_query
    tg.world.clock.advance(61)
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()
    assert tg.answers == []


async def test_edits_replace_and_refuse(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    sent = await bot.send_message(li, "一", reply_markup=keyboard())
    await bot.edit_message_text("二", li, sent.message_id)
    seen = tg.outbox(li)[0]
    assert (seen.text, seen.history, seen.labels) == ("二", ["一"], [])
    with pytest.raises(BadRequest, match=r"(?i)not modified"):
        await bot.edit_message_text("二", li, sent.message_id)
    await bot.edit_message_reply_markup(li, sent.message_id, reply_markup=keyboard(label="好"))
    assert seen.labels == ["好"]
    with pytest.raises(BadRequest, match=r"(?i)not found"):
        await bot.edit_message_text("三", li, 1)
    theirs = await tg.say(li, "我的")
    with pytest.raises(BadRequest, match=r"(?i)can't be edited"):
        await bot.edit_message_text("三", li, theirs.message["message_id"])


async def test_blocked_left_and_migrated_chats(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li, group = tg.new_person(), tg.new_group()
    await tg.block(li)
    with pytest.raises(Forbidden, match=r"(?i)blocked by the user"):
        await bot.send_message(li, "在吗")
    await tg.unblock(li)
    await bot.send_message(li, "回来了")
    new_id = await tg.migrate(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group, "喂")
    assert moved.value.new_chat_id == new_id
    assert await bot.leave_chat(new_id)
    with pytest.raises(Forbidden, match=r"(?i)not a member"):
        await bot.send_message(new_id, "喂")
    with pytest.raises(BadRequest):
        await bot.leave_chat(li)
    assert [s.text for s in tg.outbox()] == ["回来了"]


async def test_the_flood_law(tg: FakeTelegram, bot: telegram.Bot) -> None:
    tg.law.on = True
    people = [tg.new_person() for _ in range(31)]
    await bot.send_message(people[0], "一")
    with pytest.raises(RetryAfter) as wait:
        await bot.send_message(people[0], "二")
    assert wait.value.retry_after == timedelta(seconds=1)
    for person in people[1:30]:
        await bot.send_message(person, "群发")
    with pytest.raises(RetryAfter):
        await bot.send_message(people[30], "第三十一条")
    tg.world.clock.advance(1)
    await bot.send_message(people[30], "现在可以")
    assert len(tg.outbox()) == 31


async def test_injected_faults(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li, wang = tg.new_person(), tg.new_person("小王")
    tg.fault("sendMessage", code=429, retry_after=3, times=2, chat_id=li)
    await bot.send_message(wang, "不相干")
    for _ in range(2):
        with pytest.raises(RetryAfter):
            await bot.send_message(li, "一")
    tg.fault("sendMessage", code=502)
    with pytest.raises(NetworkError):
        await bot.send_message(li, "一")
    await bot.send_message(li, "一")
    assert [s.text for s in tg.outbox(li)] == ["一"]
    assert [c.code for c in tg.calls if c.method == "sendMessage"] == [200, 429, 429, 502, 200]


@pytest.mark.parametrize(("kind", "done"), [("drop", False), ("drop", True), ("half", True)])
async def test_broken_connections(tg: FakeTelegram, bot: telegram.Bot, kind: str, done: bool) -> None:
    li = tg.new_person()
    tg.fault("sendMessage", kind=kind, done=done)
    with pytest.raises(NetworkError):
        await bot.send_message(li, "到了吗")
    assert [s.text for s in tg.outbox(li)] == (["到了吗"] if done else [])


async def test_a_hanging_answer(tg: FakeTelegram) -> None:
    li = tg.new_person()
    tg.fault("sendMessage", kind="hang", done=True)
    async with httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE, read=0.2)) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.post(f"{tg.url}/bot{tg.token}/sendMessage", json={"chat_id": li, "text": "喂"})
    assert (await tg.next_sent(li)).text == "喂"


async def test_next_sent_waits_and_says_when_nothing_came(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    waiting = asyncio.create_task(tg.next_sent(li))
    await bot.send_message(li, "一")
    first: Sent = await waiting
    assert first.text == "一"
    with pytest.raises(AssertionError, match="sent nothing"):
        await tg.next_sent(li, timeout=0)
