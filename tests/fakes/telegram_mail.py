"""How updates reach the bot: one queue, emptied either by getUpdates or by POSTs to the webhook, never by both."""

import asyncio
import itertools
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.fakes.bell import PATIENCE
from tests.fakes.sender import Sender
from tests.fakes.telegram_wire import ApiError, bad
from tests.fakes.telegram_world import World

PORTS = (None, 443, 80, 88, 8443)  # A#setwebhook
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})  # A#getupdates
_POLL_AND_HOOK = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
_TWO_POLLS = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_HOOK_SET = "Conflict: terminated by setWebhook request"


@dataclass
class Delivery:
    """One update on its way. `attempts`: HTTP status or the name of the network error, one per POST of the webhook."""

    update: dict[str, Any]
    attempts: list[int | str] = field(default_factory=list)
    accepted: bool = False  # the webhook said 2xx, or getUpdates confirmed it
    given_up: bool = False

    @property
    def message(self) -> dict[str, Any]:
        """The message in the update (also of a callback query), {} when there is none."""
        inner = self.update.get("callback_query", self.update)
        return dict(next((inner[k] for k in ("message", "edited_message") if k in inner), {}))


@dataclass(frozen=True)
class Webhook:
    """Where and how updates are POSTed."""

    url: str
    secret: str
    max_connections: int = 40


Answer = Callable[[str, dict[str, Any]], Awaitable[None]]


class Mail:
    """The queue of updates and the two ways out of it."""

    def __init__(self, world: World, answer: Answer, first_id: int = 900_000_001) -> None:
        self.world, self._answer = world, answer
        self.pending: dict[int, Delivery] = {}
        self.webhook: Webhook | None = None
        self.allowed: list[str] = []
        self.rewrite: dict[str, str] = {}  # https://public -> http://127.0.0.1:port, where tests really listen
        self.retry_delay, self.max_attempts, self.timeout = 0.05, 200, PATIENCE
        self.last_error: tuple[int, str] | None = None
        self._ids = itertools.count(first_id)
        self._poll: asyncio.Future[str] | None = None
        self._order: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._sender = Sender(100)
        self._slots = asyncio.Semaphore(40)
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(self, chat_id: int, kind: str, content: dict[str, Any]) -> Delivery:
        """Queue an update; with a webhook, return when it was accepted or given up, else at once."""
        delivery = Delivery({"update_id": next(self._ids), kind: content})
        if not self._wanted(kind):
            return delivery
        self.pending[delivery.update["update_id"]] = delivery
        self.world.bell.ring()
        if self.webhook:
            await self.deliver(delivery, chat_id)
        return delivery

    def _wanted(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT

    async def deliver(self, delivery: Delivery, chat_id: int) -> None:
        """POST until a 2xx, like the platform: in order within a chat, `max_attempts` at most."""
        async with self._order[chat_id], self._slots:
            for _ in range(self.max_attempts):
                hook = self.webhook
                if hook is None or await self._attempt(delivery, hook):
                    return
                await asyncio.sleep(self.retry_delay)
        delivery.given_up = True
        self.pending.pop(delivery.update["update_id"], None)

    async def _attempt(self, delivery: Delivery, hook: Webhook) -> bool:
        try:
            response = await self.send(delivery.update, hook)
        except (httpx.HTTPError, TimeoutError) as error:
            self._failed(delivery, type(error).__name__)
            return False
        if not response.is_success:
            self._failed(delivery, response.status_code)
            return False
        delivery.attempts.append(response.status_code)
        delivery.accepted = True
        self.pending.pop(delivery.update["update_id"], None)
        await self._method_in_answer(response)
        return True

    def _failed(self, delivery: Delivery, how: int | str) -> None:
        delivery.attempts.append(how)
        self.last_error = int(self.world.clock()), f"Wrong response from the webhook: {how}"

    async def send(self, update: dict[str, Any], hook: Webhook) -> httpx.Response:
        """One POST of an update as the platform makes it. Redirects are not followed (A#setwebhook)."""
        url = next((hook.url.replace(a, b, 1) for a, b in self.rewrite.items() if hook.url.startswith(a)), hook.url)
        headers = {"X-Telegram-Bot-Api-Secret-Token": hook.secret} if hook.secret else {}
        return await self._sender.request("POST", url, patience=self.timeout, json=update, headers=headers)

    async def _method_in_answer(self, response: httpx.Response) -> None:
        """A method may stand in the answer to the webhook (A#making-requests-when-getting-updates)."""
        if response.headers.get("content-type", "").startswith("application/json"):
            body = response.json()
            if isinstance(body, dict) and "method" in body:
                await self._answer(str(body.pop("method")), body)

    def set_webhook(self, hook: Webhook, allowed: list[str] | None, *, drop: bool) -> None:
        """As setWebhook, after its checks: a running poll ends, what waits goes to the webhook."""
        self._end_poll(_HOOK_SET)
        self._slots = asyncio.Semaphore(hook.max_connections)
        self.webhook, self.last_error = hook, None
        self._settings(allowed, drop=drop)
        for delivery in list(self.pending.values()):
            chat_id = delivery.message.get("chat", {}).get("id", 0)
            task = asyncio.create_task(self.deliver(delivery, chat_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def delete_webhook(self, *, drop: bool) -> None:
        """As deleteWebhook: what waits stays for getUpdates."""
        self.webhook = None
        self._settings(None, drop=drop)

    def _settings(self, allowed: list[str] | None, *, drop: bool) -> None:
        if allowed is not None:  # left out = the earlier setting stays
            self.allowed = allowed
        if drop:
            self.pending.clear()

    def _end_poll(self, why: str) -> None:
        if self._poll and not self._poll.done():
            self._poll.set_result(why)

    @property
    def polling(self) -> bool:
        """Somebody waits in getUpdates right now."""
        return self._poll is not None and not self._poll.done()

    async def updates(self, offset: int, limit: int, timeout: int, allowed: list[str] | None) -> list[dict[str, Any]]:
        """As getUpdates: the newest poll wins, the one before gets 409."""
        if self.webhook:
            raise ApiError(409, _POLL_AND_HOOK)
        self._end_poll(_TWO_POLLS)
        self._settings(allowed, drop=False)
        self._confirm(offset)
        poll = self._poll = asyncio.get_running_loop().create_future()
        poll.add_done_callback(lambda _: self.world.bell.ring())
        self.world.bell.ring()
        await self.world.bell.until(lambda: bool(self.pending) or poll.done(), timeout)
        if poll.done():
            raise ApiError(409, poll.result())
        self._poll = None
        return [d.update for _, d in sorted(self.pending.items())][:limit]

    def _confirm(self, offset: int) -> None:
        waiting = sorted(self.pending)
        past = [i for i in waiting if i < offset] if offset >= 0 else waiting[:offset]
        for update_id in past:
            self.pending.pop(update_id).accepted = True
        if past:
            self.world.bell.ring()

    async def close(self) -> None:
        """End what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sender.close()


def checked_webhook(url: str, secret: str, max_connections: int) -> Webhook:
    """The address as setWebhook takes it (A#setwebhook)."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")
    return Webhook(url, secret, min(100, max(1, max_connections)))
