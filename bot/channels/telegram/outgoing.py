"""Sending to Telegram, and what its errors mean for the courier. Their wording is undocumented: codes decide (T12)."""

from __future__ import annotations

import asyncio

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import SENT, Fetched, Outcome, Payload
from bot.channels.telegram.client import seconds
from bot.channels.telegram.limits import FILE_BYTES

NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)  # the request never left
OPERATOR_SECONDS = 60.0  # between tries while the token is refused: that is for the operator to mend


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
            await bot.send_photo(chat_id, payload["url"], caption=payload["text"] or None, reply_markup=markup)
        else:
            await bot.send_message(chat_id, payload["text"], reply_markup=markup)
    except ChatMigrated:
        raise
    except TelegramError as error:
        return outcome(error)
    return SENT


def outcome(error: TelegramError) -> Outcome:
    """What an error means: wait as long as told, try again, give up, or not know."""
    if isinstance(error, RetryAfter):
        return Outcome("retry", "429", seconds(error))
    if isinstance(error, Forbidden):
        return Outcome("blocked", "403")
    if isinstance(error, BadRequest):
        return Outcome("refused", f"400 {error.message}"[:120])
    if isinstance(error, InvalidToken):
        return Outcome("retry", "401", OPERATOR_SECONDS)
    if isinstance(error, NetworkError):
        return _network(error)
    if isinstance(error, Conflict):
        return Outcome("retry", "409")
    return Outcome("unknown", "an answer that can't be read")


def _network(error: NetworkError) -> Outcome:
    """A 5xx or a refused connection can be repeated; a connection lost on the way may have delivered."""
    cause = error.__cause__
    if not isinstance(cause, httpx.HTTPError):
        return Outcome("retry", error.message[:80])
    return Outcome("retry" if isinstance(cause, NOT_SENT) else "unknown", type(cause).__name__)


async def fetch(bot: Bot, file_id: str) -> Fetched:
    """A file a person sent, up to 20 MB."""
    try:
        file = await bot.get_file(file_id)
        if (file.file_size or 0) > FILE_BYTES:
            return Fetched(reason="too large")
        return Fetched(bytes(await file.download_as_bytearray()))
    except RetryAfter as error:
        return Fetched(reason="429", again=True, after=seconds(error))
    except (Forbidden, BadRequest) as error:
        return Fetched(reason=f"400 {error.message}"[:80])
    except TelegramError as error:
        return Fetched(reason=type(error).__name__, again=True)


async def answer_callback(bot: Bot, query_id: str, patience: float) -> None:
    """Stop the client's progress bar; a query too old or answered already is no matter (T3)."""
    try:
        async with asyncio.timeout(patience):
            await bot.answer_callback_query(query_id)
    except (TelegramError, TimeoutError):
        return
