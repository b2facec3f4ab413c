"""Calls to api.weixin.qq.com: customer-service messages, media, the custom menu. errcode lives inside HTTP 200."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.base import SENT, Fetched, Outcome
from bot.channels.wechat.limits import BUSY, GONE, NO_RIGHT, STALE_TOKEN, WINDOW_CLOSED
from bot.channels.wechat.tokens import NoTokenError, Tokens, as_json

if TYPE_CHECKING:
    from bot.store.store import Store

TIMEOUT = httpx.Timeout(10.0, connect=5.0)


class Api:
    """The account's side of the platform."""

    def __init__(self, store: Store, base_url: str, app_id: str, secret: str, holder: str) -> None:
        self.client = httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT)
        self.tokens = Tokens(store, self.client, app_id, secret, holder)

    async def close(self) -> None:
        """End the connections."""
        await self.client.aclose()

    async def call(self, method: str, path: str, **parts: Any) -> httpx.Response:
        """One call with a good token; tried once more with another token when the platform refuses this one."""
        token = await self.tokens.get()
        response = await self.client.request(
            method, path, params={"access_token": token, **parts.pop("query", {})}, **parts
        )
        if as_json(response).get("errcode") in STALE_TOKEN:
            token = await self.tokens.refused(token)
            response = await self.client.request(method, path, params={"access_token": token}, **parts)
        return response

    async def send(self, body: dict[str, Any]) -> Outcome:
        """One customer-service message."""
        content = json.dumps(body, ensure_ascii=False).encode()  # escaped Chinese would be shown as escapes
        headers = {"Content-Type": "application/json; charset=utf-8"}
        try:
            response = await self.call("POST", "/cgi-bin/message/custom/send", content=content, headers=headers)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, NoTokenError) as error:
            return Outcome("retry", _reason(error))
        except httpx.HTTPError as error:  # it may have arrived
            return Outcome("unknown", _reason(error))
        return outcome(response)

    async def fetch(self, media_id: str) -> Fetched:
        """A picture or recording a person sent; kept three days by the platform."""
        try:
            response = await self.call("GET", "/cgi-bin/media/get", query={"media_id": media_id})
        except (httpx.HTTPError, NoTokenError) as error:
            return Fetched(reason=_reason(error), again=True)
        mime = response.headers.get("content-type", "").partition(";")[0]
        if mime in {"application/json", "text/plain"}:
            code = as_json(response).get("errcode")
            return Fetched(reason=f"errcode {code}", again=code in BUSY)
        return Fetched(response.content, mime, "" if response.is_success else f"HTTP {response.status_code}")


def outcome(response: httpx.Response) -> Outcome:
    """What an answer of the platform means for the courier."""
    code = as_json(response).get("errcode", 0 if response.is_success else None)
    reason = f"errcode {code}" if code is not None else f"HTTP {response.status_code}"
    if code == 0:
        return SENT
    if code in WINDOW_CLOSED | NO_RIGHT:
        return Outcome("contact", reason)
    if code in GONE:
        return Outcome("blocked", reason)
    if code in BUSY | STALE_TOKEN or response.status_code >= 500 or response.status_code == 429:
        return Outcome("retry", reason)
    return Outcome("refused", reason)


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()[:80] if isinstance(error, NoTokenError) else type(error).__name__
