"""The access token: one refresher for all processes, shared through the store, sealed.

A repeated call of stable_token gives the same token while it lives; force_refresh takes it from everybody, so it is
the last resort, and rationed.
"""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import httpx

from bot.channels.wechat.limits import FORCE_EVERY, NOT_LISTED, REFRESH_WITHIN, TOKEN_AGAIN, TOKEN_USE
from bot.log import get_logger
from bot.store import leases, secrets

if TYPE_CHECKING:
    from bot.store.store import Store

log = get_logger()
LOOKS, LOOK_EVERY = 20, 0.1  # how often, and how many seconds apart, we look whether the other process has a token

# Where to repair what: developers.weixin.qq.com/doc/service/guide/dev/migration.html
CONSOLE = "微信开发者平台 → 我的业务 → 公众号/服务号 → 基础信息"
SECRET_PAGE = f"{CONSOLE} → 开发密钥: compare YIZHAN_WECHAT_APP_SECRET with the AppSecret there, or reset it"
FIXES = {
    NOT_LISTED: f"{CONSOLE} → 开发密钥 → IP白名单: add the address of this server{{address}}",
    40001: SECRET_PAGE,
    40125: SECRET_PAGE,
    40243: f"{CONSOLE} → 开发密钥: the AppSecret is frozen there; unfreeze it",
    40013: f"{CONSOLE}: compare YIZHAN_WECHAT_APP_ID with the AppID there",
}


class NoTokenError(Exception):
    """The platform gave no token; `code` is its errcode (None: not reached), `fix` says where to repair it."""

    def __init__(self, reason: str, code: int | None = None, fix: str = "") -> None:
        super().__init__(reason)
        self.code = code
        self.fix = fix


class Tokens:
    """Gives the token of one account."""

    def __init__(self, store: Store, client: httpx.AsyncClient, app_id: str, secret: str) -> None:
        self._store = store
        self._client = client
        self._app_id = app_id
        self._secret = secret
        self._name = f"wechat-token:{app_id}"
        self._one = asyncio.Lock()
        self._token = ""
        self._renew_at: datetime | None = None
        self._refusal: tuple[NoTokenError, datetime] | None = None

    async def get(self) -> str:
        """A token that is good now; raises `NoTokenError`."""
        if not self._fresh():
            async with self._one:
                if not self._fresh():  # checked again under the lock: one refresh serves all who waited
                    await self._load()
                if not self._fresh():
                    await self._renew()
        return self._token

    async def refused(self, token: str) -> str:
        """The platform refused this token: another one, if there is any; raises `NoTokenError`."""
        async with self._one:
            if token == self._token:
                await self._load()
            if token == self._token:
                await self._renew(bad=token)
            if token == self._token and await self._may_force():
                await self._ask(force=True)
        return self._token

    def _fresh(self, bad: str = "") -> bool:
        return self._renew_at is not None and self._store.clock() < self._renew_at and self._token != bad

    async def _load(self) -> None:
        async with self._store.read() as unit:
            found = await secrets.get(unit, self._name)
        if found is not None:
            self._token, self._renew_at = found

    async def _renew(self, bad: str = "") -> None:
        """Ask the platform, one process at a time; who finds another at it takes what that one stores."""
        holder = token_hex(8)
        for _look in range(LOOKS):
            if await self._leading(holder):
                break
            await asyncio.sleep(LOOK_EVERY)
            await self._load()
            if self._fresh(bad):
                return
        try:
            await self._load()
            if not self._fresh(bad):
                await self._ask()
        finally:
            async with self._store.write() as unit:
                await leases.give_back(unit, self._name, holder)

    async def _leading(self, holder: str) -> bool:
        async with self._store.write() as unit:
            return await leases.take(unit, self._name, holder, REFRESH_WITHIN)

    async def _may_force(self) -> bool:
        """Not twice in 72 minutes, whichever process asks: a lease nobody renews."""
        async with self._store.write() as unit:
            return await leases.take(unit, f"{self._name}:force", token_hex(8), FORCE_EVERY)

    async def _ask(self, *, force: bool = False) -> None:
        if self._refusal is not None and self._store.clock() < self._refusal[1]:
            raise self._refusal[0]
        try:
            self._token, life = await self.ask(force=force)
        except NoTokenError as error:
            self._refusal = (error, self._store.clock() + TOKEN_AGAIN)
            log.error("wechat gives no token", reason=str(error), fix=error.fix)
            raise
        self._refusal = None
        self._renew_at = self._store.clock() + life * TOKEN_USE
        async with self._store.write() as unit:
            await secrets.put(unit, self._name, self._token, self._renew_at)

    async def ask(self, *, force: bool = False) -> tuple[str, timedelta]:
        """What the platform answers now: a token and its life. Nothing is kept; raises `NoTokenError`."""
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret}
        try:
            response = await self._client.post("/cgi-bin/stable_token", json=body | {"force_refresh": force})
        except httpx.HTTPError as error:
            raise NoTokenError(type(error).__name__, fix="is api.weixin.qq.com reached from here?") from None
        answer = as_json(response)
        token, life = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(life, int):
            raise _refusal(response, answer)
        return token, timedelta(seconds=life)


def _refusal(response: httpx.Response, answer: dict[str, Any]) -> NoTokenError:
    code = answer.get("errcode")
    if not isinstance(code, int):
        return NoTokenError(f"HTTP {response.status_code}", fix="is api.weixin.qq.com reached from here?")
    address = re.search(r"invalid ip ([0-9a-fA-F.:]+)", str(answer.get("errmsg", "")))
    fix = FIXES.get(code, "").format(address=f", {address[1]}" if address else "")
    return NoTokenError(f"errcode {code}", code, fix)


def as_json(response: httpx.Response) -> dict[str, Any]:
    """The platform's answer; {} where it is no JSON object."""
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
