"""The Bot API client: python-telegram-bot's, with updates given raw."""

from __future__ import annotations

import os
from typing import Any

import httpx
from telegram import Bot
from telegram.error import RetryAfter
from telegram.request import HTTPXRequest

from bot.channels.telegram.limits import KINDS, POLL_LIMIT

os.environ["PTB_TIMEDELTA"] = "true"  # or reading RetryAfter.retry_after warns of what it will be one day

CONNECTIONS = 64  # sends and polls have pools of their own: polling must not starve sends


class Client(Bot):
    """One bot at the Bot API."""

    async def raw_updates(self, offset: int | None, timeout: int) -> list[dict[str, Any]]:  # noqa: ASYNC109
        """A long poll of `timeout` seconds: the updates as they came. The library's own get_updates gives none of
        them, and logs the words in them, when it can't read one."""
        asked = {"offset": offset, "limit": POLL_LIMIT, "timeout": timeout, "allowed_updates": list(KINDS)}
        found: list[dict[str, Any]] = await self._post("getUpdates", asked, read_timeout=timeout + 10)
        return found


def make_client(token: str, api_url: str) -> Client:
    """A client for the Bot API at scheme://host:port."""
    # one context for both, and none for plain http: reading the certificates takes a while
    trust = {"verify": api_url.startswith("https:") and httpx.create_ssl_context()}
    sends = HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=15, pool_timeout=5, httpx_kwargs=trust)
    polls = HTTPXRequest(connection_pool_size=1, httpx_kwargs=trust)
    base, files = f"{api_url}/bot", f"{api_url}/file/bot"
    return Client(token, base_url=base, base_file_url=files, request=sends, get_updates_request=polls)


def seconds(error: RetryAfter) -> float:
    """How long the platform wants us to wait."""
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
