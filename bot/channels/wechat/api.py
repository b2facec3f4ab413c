"""Calls to api.weixin.qq.com: customer-service messages, media, the custom menu. errcode lives inside HTTP 200."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.base import SENT, Fetched, Outcome
from bot.channels.wechat.limits import (
    BUSY,
    DAY_SPENT,
    GONE,
    NO_RIGHT,
    NO_TOKEN_PAUSE,
    NOT_LISTED,
    QUOTA_PAUSE,
    STALE_TOKEN,
    WINDOW_CLOSED,
)
from bot.channels.wechat.tokens import NoTokenError, Tokens, as_json

if TYPE_CHECKING:
    from bot.store.store import Store

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
WORDS = frozenset({"application/json", "text/plain"})  # an answer in words where a file was asked for


class Api:
    """The account's side of the platform."""

    def __init__(self, store: Store, base_url: str, app_id: str, secret: str) -> None:
        self.client = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT)
        self.tokens = Tokens(store, self.client, app_id, secret)

    async def close(self) -> None:
        """End the connections."""
        await self.client.aclose()

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        """One call with a good token; tried once more with another token when the platform refuses this one.

        `body` goes as JSON. Raises `NoTokenError`, `httpx.HTTPError`.
        """
        token = await self.tokens.get()
        response = await self._call(method, path, token, body, query)
        if _words(response).get("errcode") in STALE_TOKEN:
            other = await self.tokens.refused(token)
            if other != token:
                response = await self._call(method, path, other, body, query)
        return response

    async def _call(self, method: str, path: str, token: str, body: Any, query: dict[str, str]) -> httpx.Response:
        # escaped Chinese would be shown as escapes, so the JSON is UTF-8
        content = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
        headers = {"Content-Type": "application/json; charset=utf-8"} if content is not None else None
        params = {"access_token": token, **query}
        return await self.client.request(method, path, params=params, content=content, headers=headers)

    async def send(self, body: dict[str, Any]) -> Outcome:
        """One customer-service message."""
        try:
            response = await self.call("POST", "/cgi-bin/message/custom/send", body)
        except NoTokenError as error:
            return Outcome("retry", f"no token: {error}", NO_TOKEN_PAUSE)
        except NEVER_LEFT as error:
            return Outcome("retry", type(error).__name__)
        except httpx.HTTPError as error:  # it may have arrived
            return Outcome("unknown", type(error).__name__)
        return outcome(response)

    async def fetch(self, media_id: str) -> Fetched:
        """A picture or recording a person sent; the platform keeps it for three days."""
        try:
            response = await self.call("GET", "/cgi-bin/media/get", media_id=media_id)
        except NoTokenError as error:
            return Fetched(reason=f"no token: {error}", again=True)
        except httpx.HTTPError as error:
            return Fetched(reason=type(error).__name__, again=True)
        if not response.is_success:
            return Fetched(reason=f"HTTP {response.status_code}", again=True)
        if _mime(response) in WORDS:
            code = _words(response).get("errcode")
            return Fetched(reason=f"errcode {code}", again=code in BUSY | STALE_TOKEN | {DAY_SPENT, NOT_LISTED})
        return Fetched(response.content, _mime(response))


def _mime(response: httpx.Response) -> str:
    return str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()


def _words(response: httpx.Response) -> dict[str, Any]:
    """The answer as JSON; a file is not looked through."""
    return as_json(response) if _mime(response) in WORDS else {}


def outcome(response: httpx.Response) -> Outcome:
    """What an answer of the platform means for the courier."""
    code = as_json(response).get("errcode")
    if not isinstance(code, int):
        return _without_code(response.status_code)
    reason = f"errcode {code}"
    if code == 0:
        return SENT
    if code in WINDOW_CLOSED | NO_RIGHT:
        return Outcome("contact", reason)
    if code in GONE:
        return Outcome("blocked", reason)
    if code == DAY_SPENT:
        return Outcome("retry", reason, QUOTA_PAUSE)
    if code == NOT_LISTED:
        return Outcome("retry", reason, NO_TOKEN_PAUSE)
    return Outcome("retry" if code in BUSY | STALE_TOKEN else "refused", reason)


def _without_code(status: int) -> Outcome:
    """An answer that is not the platform's own: something in between spoke. What it did with the message shows only
    in the statuses that say it was not taken."""
    return Outcome("retry" if status in {429, 503} else "unknown", f"HTTP {status}")
