"""Sending to Telegram, and what its errors mean for the courier. Their wording is undocumented: codes decide (T12)."""

from __future__ import annotations

import asyncio
from typing import Any

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import HTTPXRequest

from bot.channels.base import SENT, Fetched, Outcome, Payload
from bot.channels.telegram.limits import FILE_BYTES

CONNECTIONS = 64  # sends and polls have pools of their own: polling must not starve sends


def make_bot(token: str, api_url: str) -> Bot:
    """A client for the Bot API at scheme://host:port."""
    return Bot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=15, pool_timeout=10),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=40),
    )


def keyboard(buttons: list[list[dict[str, str]]] | None) -> InlineKeyboardMarkup | None:
    """The inline keyboard of a payload."""
    if not buttons:
        return None
    made = [
        [InlineKeyboardButton(one["text"], url=one.get("url"), callback_data=one.get("data")) for one in row]
        for row in buttons
    ]
    return InlineKeyboardMarkup(made)


async def send(bot: Bot, chat_id: int, payload: Payload) -> Outcome:
    """Send one message. Raises only `ChatMigrated`, which the channel follows."""
    markup = keyboard(payload.get("buttons"))
    try:
        if payload.get("method") == "photo":
            await bot.send_photo(chat_id, payload["url"], caption=payload["text"][:1024], reply_markup=markup)
        else:
            await bot.send_message(chat_id, payload["text"], reply_markup=markup)
    except ChatMigrated:
        raise
    except TelegramError as error:
        return outcome(error)
    return SENT


def outcome(error: TelegramError) -> Outcome:
    """What an error means: wait as long as told, give up, or not know."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return Outcome("retry", "429", float(wait if isinstance(wait, int) else wait.total_seconds()))
    if isinstance(error, Forbidden):
        return Outcome("blocked", "403")
    if isinstance(error, TimedOut):
        return Outcome("unknown", "timed out")
    if isinstance(error, BadRequest):
        return Outcome("refused", f"400 {error.message}"[:120])
    if isinstance(error, NetworkError):
        return _network(error)
    return Outcome("retry", type(error).__name__)


def _network(error: NetworkError) -> Outcome:
    """A refused connection or a 5xx can be repeated; a connection lost on the way may have delivered."""
    text = error.message
    if text.startswith("httpx.") and not text.startswith(("httpx.ConnectError", "httpx.PoolTimeout")):
        return Outcome("unknown", text.partition(":")[0])
    return Outcome("retry", text.partition(":")[0][:80])


async def fetch(bot: Bot, file_id: str) -> Fetched:
    """A file a person sent, up to 20 MB."""
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > FILE_BYTES:
            return Fetched(reason="too large")
        content = bytes(await file.download_as_bytearray())
    except (Forbidden, BadRequest) as error:
        return Fetched(reason=f"400 {error.message}"[:80])
    except TelegramError as error:
        return Fetched(reason=type(error).__name__, again=True)
    return Fetched(content, "")


async def answer_callback(bot: Bot, query_id: str, patience: float = 2.0) -> None:
    """Stop the client's progress bar, before the work; a query too old or answered already is no matter."""
    call: Any = bot.answer_callback_query(query_id)
    try:
        await asyncio.wait_for(call, patience)
    except (TelegramError, TimeoutError):
        return
