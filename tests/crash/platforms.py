"""The two fakes, made worse: messages come several times, at the same time, and again after a restart."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import httpx

from tests.crash.ledger import Ledger, wechat_key
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_mail import Webhook
from tests.fakes.wechat import Exchange, FakeWechat, WechatSim
from tests.fakes.wechat_reply import MalformedError, read_reply

COPIES = (0, 0, 0, 0, 1, 2, 3)  # how many more times the same request is sent, beside it
AGAIN = 12  # of each channel, after a restart
RESENT_FOR = 240.0  # seconds; past five minutes WeChat's signatures are stale

Lost = (httpx.HTTPError, TimeoutError)


@contextlib.contextmanager
def mortal() -> Iterator[None]:
    """A connection that the kill ends just as it is made trips httpx's own layers; here it is a lost one too."""
    try:
        yield
    except (AttributeError, OSError) as error:
        if isinstance(error, TimeoutError):
            raise
        raise httpx.ConnectError("ended as it was made") from error


class Copies:
    """Requests that are sent beside the real one; nobody waits for them but the end."""

    def __init__(self, ledger: Ledger, luck: random.Random) -> None:
        self.ledger, self.luck = ledger, luck
        self._tasks: set[asyncio.Task[None]] = set()

    def beside(self, work: Coroutine[Any, Any, Any]) -> None:
        """Send one more."""
        self.ledger.counts["copies"] += 1
        task = asyncio.create_task(self._quiet(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quiet(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Lost:
            self.ledger.counts["copies lost"] += 1

    async def settled(self) -> None:
        """All of them have an answer, or none any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)


class Wechat(WechatSim):
    """WeChat's server: safe mode, four tries, copies of some."""

    def __init__(self, wx: FakeWechat, url: str, ledger: Ledger, luck: random.Random) -> None:
        super().__init__(wx, url, "safe", connections=400)
        self.ledger, self.luck, self.copies = ledger, luck, Copies(ledger, luck)
        self._keys: dict[bytes, tuple[str, str]] = {}  # body -> key, openid
        self._past: list[tuple[float, dict[str, str], bytes]] = []

    def envelope(self, openid: str, fields: dict[str, Any], timestamp: int | None = None) -> Exchange:
        """Every message is written down under its key."""
        exchange = super().envelope(openid, fields, timestamp)
        key = wechat_key(fields)
        self._keys[exchange.body] = key, openid
        self.ledger.post(key, openid, str(fields.get("Content", "")))
        return exchange

    async def deliver(self, exchange: Exchange) -> Exchange:
        """As the platform; what it gives up is noted, what was answered may be sent again later."""
        self.retry_delay = self.luck.uniform(0.5, 2.0)
        done = await super().deliver(exchange)
        self.ledger.counts["retries"] += len(done.attempts) - 1
        if done.problem:
            self.ledger.counts["given up by WeChat"] += 1
            self.ledger.letters[self._keys[exchange.body][0]].given_up = True
        else:
            self._past.append((time.monotonic(), exchange.query, exchange.body))
        return done

    async def post(self, query: dict[str, str], body: bytes) -> httpx.Response:
        """One request, and sometimes the very same beside it."""
        for _ in range(self.luck.choice(COPIES)):
            self.copies.beside(self._once(query, body))
        return await self._once(query, body)

    async def _once(self, query: dict[str, str], body: bytes) -> httpx.Response:
        with mortal():
            response = await super().post(query, body)
        key, openid = self._keys[body]
        if response.status_code != 200:
            self.ledger.refused[f"wechat {response.status_code}"] += 1
            return response
        self.ledger.acknowledge(key)
        try:
            seen = read_reply(response, openid, self.wx.account, self.crypto, plain=False)
        except MalformedError as error:
            self.ledger.refused[f"wechat reply: {error}"] += 1
        else:
            self.ledger.letters[key].answers.append(seen.text if seen else "")
        return response

    def again(self) -> None:
        """Some of what was answered comes once more."""
        now = time.monotonic()
        young = [(query, body) for at, query, body in self._past if now - at < RESENT_FOR]
        for query, body in self.luck.sample(young, min(AGAIN, len(young))):
            for _ in range(self.luck.randint(1, 3)):
                self.copies.beside(self._once(query, body))


class Telegram(FakeTelegram):
    """Telegram: it sends till it hears 2xx, and copies of some."""

    def __init__(self, ledger: Ledger, luck: random.Random) -> None:
        super().__init__()
        self.ledger, self.luck, self.copies = ledger, luck, Copies(ledger, luck)
        self.mail.max_attempts, self.mail.retry_delay = 100_000, 0.3
        self._send = self.mail.send
        self.mail.send = self._doubled  # type: ignore[method-assign]
        self._past: list[dict[str, Any]] = []

    async def _doubled(self, update: dict[str, Any], hook: Webhook) -> httpx.Response:
        key = f"telegram:{update['update_id']}"
        if key not in self.ledger.letters:
            self.ledger.post(key, *_who_and_words(update))
        else:
            self.ledger.counts["retries"] += 1
        for _ in range(self.luck.choice(COPIES)):
            self.copies.beside(self._once(update, hook))
        response = await self._once(update, hook)
        if response.is_success:
            self._past.append(update)
        return response

    async def _once(self, update: dict[str, Any], hook: Webhook) -> httpx.Response:
        with mortal():
            response = await self._send(update, hook)
        if response.is_success:
            self.ledger.acknowledge(f"telegram:{update['update_id']}")
        else:
            self.ledger.refused[f"telegram {response.status_code}"] += 1
        return response

    def again(self) -> None:
        """Some of what was acknowledged comes once more."""
        hook = self.mail.webhook
        assert hook is not None
        for update in self.luck.sample(self._past, min(AGAIN, len(self._past))):
            for _ in range(self.luck.randint(1, 3)):
                self.copies.beside(self._once(update, hook))


def _who_and_words(update: dict[str, Any]) -> tuple[str, str]:
    if "callback_query" in update:
        return str(update["callback_query"]["from"]["id"]), ""
    message = update["message"]
    return str(message["chat"]["id"]), str(message.get("text", ""))
