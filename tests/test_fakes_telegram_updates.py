"""How updates reach the bot from the Bot API fake: getUpdates, webhooks, retries; and the fake as a process."""

import asyncio
import sys
from collections.abc import AsyncIterator

import httpx
import pytest
import telegram
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import Conflict

from tests.fakes.bell import PATIENCE
from tests.fakes.clock import ManualClock
from tests.fakes.telegram import FakeTelegram
from tests.fakes_support import TelegramService, serving


@pytest.fixture
async def tg() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram(clock=ManualClock()) as fake:
        yield fake


@pytest.fixture
async def bot(tg: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[telegram.Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # retry_after as timedelta; without it the library warns
    async with telegram.Bot(tg.token, base_url=f"{tg.url}/bot", base_file_url=f"{tg.url}/file/bot") as client:
        yield client


@pytest.fixture
async def service() -> AsyncIterator[TelegramService]:
    hook = TelegramService()
    async with serving(hook) as hook.url:
        yield hook


async def post(tg: FakeTelegram, method: str, body: dict, token: str | None = None) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(f"{tg.url}/bot{token or tg.token}/{method}", json=body)


def keyboard(data: str = "fine", label: str = "罚款") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)]])


async def test_every_kind_of_update_parses(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person("小李")
    group = tg.new_group()
    await tg.start(li, "from_poster")
    await tg.photo(li, caption="截图")
    await tg.document(li, b"%PDF", "合同.pdf")
    await tg.voice(li)
    await tg.location(li, 31.2, 121.5)
    await tg.contact(li, "+8613800000000")
    await tg.sticker(li)
    await tg.album(li, [b"1", b"2"], "两张")
    edited = await tg.say(li, "原来")
    await tg.edit(edited, "改过")
    await tg.block(li)
    await tg.unblock(li)
    await tg.add_to_group(group)
    await tg.say(group, "大家好", by=li)
    new_id = await tg.migrate(group)
    updates = await bot.get_updates()
    texts = [u.effective_message.text for u in updates if u.effective_message and u.effective_message.text]
    assert texts == ["/start from_poster", "原来", "改过", "大家好"]
    first = updates[0].message
    assert first.chat.id == li > 2**31
    assert first.from_user.language_code == "zh-hans"
    assert first.entities[0].type == "bot_command"
    albums = {u.message.media_group_id for u in updates if u.message and u.message.media_group_id}
    assert len(albums) == 1
    statuses = [u.my_chat_member.new_chat_member.status for u in updates if u.my_chat_member]
    assert statuses == ["kicked", "member", "member"]
    assert updates[-2].message.migrate_to_chat_id == new_id < -(10**12)
    assert updates[-1].message.migrate_from_chat_id == group


async def test_polling_confirms_by_offset(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    for text in "一二三":
        await tg.say(li, text)
    first = await bot.get_updates(limit=2)
    assert [u.message.text for u in first] == ["一", "二"]
    assert [u.message.text for u in await bot.get_updates(limit=2)] == ["一", "二"]  # not confirmed: comes again
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [u.message.text for u in rest] == ["三"]
    assert [u.message.text for u in await bot.get_updates(offset=-1)] == ["三"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_a_long_poll_wakes_up(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    poll = asyncio.create_task(bot.get_updates(timeout=20))
    assert await tg.world.bell.until(lambda: tg.mail.polling)
    async with asyncio.timeout(PATIENCE):
        await tg.say(li, "来了")
        assert [u.message.text for u in await poll] == ["来了"]


async def test_two_pollers_or_a_webhook_conflict(tg: FakeTelegram, bot: telegram.Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    assert await tg.world.bell.until(lambda: tg.mail.polling)
    second = asyncio.create_task(post(tg, "getUpdates", {"timeout": 20}))
    with pytest.raises(Conflict, match=r"(?i)other getUpdates"):
        await first
    tg.webhook("http://127.0.0.1:9/telegram")
    answer = await second
    assert (answer.status_code, "setWebhook" in answer.text) == (409, True)
    with pytest.raises(Conflict, match=r"(?i)webhook is active"):
        await bot.get_updates()
    assert await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_allowed_updates_filter_and_stay(tg: FakeTelegram, bot: telegram.Bot) -> None:
    li = tg.new_person()
    await bot.get_updates(allowed_updates=["message"])
    await tg.block(li)
    await tg.unblock(li)
    await tg.say(li, "在")
    assert [u.message.text for u in await bot.get_updates()] == ["在"]


@pytest.mark.parametrize(
    ("url", "secret", "problem"),
    [
        ("http://bot.example/telegram", "s", "HTTPS"),
        ("https://bot.example:8080/telegram", "s", "ports"),
        ("https://bot.example/telegram", "with space", "unallowed characters"),
        ("https://bot.example/telegram", "a" * 257, "unallowed characters"),
    ],
)
async def test_webhooks_are_checked(tg: FakeTelegram, url: str, secret: str, problem: str) -> None:
    answer = await post(tg, "setWebhook", {"url": url, "secret_token": secret})
    assert answer.status_code == 400
    assert problem in answer.json()["description"]
    assert tg.mail.webhook is None


async def test_a_webhook_gets_updates_with_its_secret(
    tg: FakeTelegram, bot: telegram.Bot, service: TelegramService
) -> None:
    li = tg.new_person()
    await tg.say(li, "早到")
    tg.reach("https://bot.example", service.url)
    await bot.set_webhook("https://bot.example/telegram", secret_token="s3-cret_", max_connections=10)
    delivery = await tg.say(li, "您好")
    assert delivery.accepted
    assert [b["message"]["text"] for b in service.bodies] == ["早到", "您好"]
    assert set(service.secrets) == {"s3-cret_"}
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count, info.max_connections) == ("https://bot.example/telegram", 0, 10)


async def test_a_webhook_is_retried_until_2xx_and_given_up(tg: FakeTelegram, service: TelegramService) -> None:
    li = tg.new_person()
    tg.webhook(f"{service.url}/telegram", "s")
    tg.mail.retry_delay, tg.mail.max_attempts = 0, 4
    service.statuses = [500, 302, 200]
    delivery = await tg.say(li, "重试")
    assert delivery.attempts == [500, 302, 200]
    assert service.bodies[0] == service.bodies[1] == service.bodies[2]
    service.statuses = [403]
    lost = await tg.say(li, "不要")
    assert lost.given_up
    assert lost.attempts == [403] * 4
    service.statuses = [200]
    assert await tg.redeliver(delivery) == 200
    assert await tg.redeliver(delivery, secret="forged") == 200
    assert service.secrets[-2:] == ["s", "forged"]
    assert service.bodies[-1] == delivery.update


async def test_a_webhook_that_is_down_counts_as_unanswered(tg: FakeTelegram) -> None:
    tg.webhook("http://127.0.0.1:9/telegram")
    tg.mail.retry_delay, tg.mail.max_attempts = 0, 2
    delivery = await tg.say(tg.new_person(), "有人吗")
    assert delivery.attempts == ["ConnectError", "ConnectError"]
    assert not delivery.accepted


async def test_a_method_may_stand_in_the_webhooks_answer(tg: FakeTelegram, service: TelegramService) -> None:
    li = tg.new_person()
    tg.webhook(f"{service.url}/telegram")
    service.answer = {"method": "sendMessage", "chat_id": li, "text": "答"}
    await tg.say(li, "问")
    assert [s.text for s in tg.outbox(li)] == ["答"]


async def test_the_fake_runs_as_a_process() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.telegram", "--token", "1:a", stdout=asyncio.subprocess.PIPE
    )
    try:
        url = (await process.stdout.readline()).decode().split()[-1]
        async with httpx.AsyncClient(base_url=url) as client:
            li = (await client.post("/sim/new_person", json={"name": "小李"})).json()
            await client.post("/sim/say", json={"chat_id": li, "text": "您好"})
            markup = keyboard().to_dict()
            await client.post("/bot1:a/sendMessage", json={"chat_id": li, "text": "答", "reply_markup": markup})
            sent = (await client.post("/sim/next_sent", json={"chat_id": li})).json()
            message_id = sent["message"]["message_id"]
            await client.post("/sim/tap", json={"chat_id": li, "message_id": message_id, "label": "罚款"})
            updates = (await client.post("/bot1:a/getUpdates")).json()["result"]
            refused = await client.post("/sim/tap", json={"chat_id": li, "message_id": message_id, "label": "?"})
    finally:
        process.terminate()
        await process.wait()
    assert updates[0]["message"]["text"] == "您好"
    assert updates[1]["callback_query"]["data"] == "fine"
    assert refused.status_code == 400
