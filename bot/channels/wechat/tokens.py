"""The access token: one refresher for all processes, shared through the store, sealed.

stable_token gives the same token while it lives, so a second refresher does no harm; force_refresh does, and is
rationed.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.wechat.limits import FORCE_EVERY, TOKEN_USE
from bot.store import leases, secrets

if TYPE_CHECKING:
    from bot.store.store import Store


class NoTokenError(Exception):
    """The platform gave no token; the text is its errcode."""


class Tokens:
    """Gives the token of one account."""

    def __init__(self, store: Store, client: httpx.AsyncClient, app_id: str, secret: str, holder: str) -> None:
        self._store = store
        self._client = client
        self._app_id = app_id
        self._secret = secret
        self._holder = holder
        self._name = f"wechat-token:{app_id}"
        self._one = asyncio.Lock()
        self._token = ""
        self._renew_at: datetime | None = None

    async def get(self) -> str:
        """A token that is good now."""
        if not self._fresh():
            async with self._one:
                if not self._fresh():  # checked again under the lock: one refresh serves all who waited
                    await self._load()
                if not self._fresh():
                    await self._renew(force=False)
        return self._token

    async def refused(self, token: str) -> str:
        """The platform refused this token: another one."""
        async with self._one:
            if token != self._token:
                return self._token
            await self._load()
            if token != self._token and self._fresh():
                return self._token
            await self._renew(force=await self._may_force())
        return self._token

    def _fresh(self) -> bool:
        return self._renew_at is not None and self._store.clock() < self._renew_at

    async def _load(self) -> None:
        async with self._store.read() as unit:
            found = await secrets.get(unit, self._name)
        if found is not None:
            self._token, self._renew_at = found

    async def _may_force(self) -> bool:
        async with self._store.write() as unit:
            return await leases.take(unit, f"{self._name}:force", f"{self._holder}:{unit.now}", FORCE_EVERY)

    async def _renew(self, *, force: bool) -> None:
        body = {
            "grant_type": "client_credential",
            "appid": self._app_id,
            "secret": self._secret,
            "force_refresh": force,
        }
        answer = (await self._client.post("/cgi-bin/stable_token", json=body)).json()
        if "access_token" not in answer:
            raise NoTokenError(str(answer.get("errcode")))
        self._token = str(answer["access_token"])
        life = timedelta(seconds=int(answer.get("expires_in", 7200)))
        self._renew_at = self._store.clock() + life * TOKEN_USE
        async with self._store.write() as unit:
            await secrets.put(unit, self._name, self._token, self._renew_at)


def as_json(response: httpx.Response) -> dict[str, Any]:
    """The platform's answer; {} where it is no JSON object."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
