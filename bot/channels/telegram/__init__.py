"""Telegram: updates by webhook (secret required) or long polling, replies through the outbox."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import BotCommand, Update
from telegram.error import ChatMigrated, TelegramError

from bot.channels.base import Fetched, Held, Outcome, Payload, Plan
from bot.channels.telegram import outgoing, render
from bot.channels.telegram.incoming import to_incoming
from bot.channels.telegram.limits import ALBUM_SECONDS, BODY_BYTES, KINDS, SECRET_HEADER
from bot.channels.telegram.polling import Poller
from bot.i18n import N_, _, speaking
from bot.messages import Event, Incoming, Reply
from bot.store.people import move

if TYPE_CHECKING:
    from bot.app import Service

log = structlog.get_logger()

COMMANDS = {
    "menu": N_("Menu"),
    "back": N_("One step back"),
    "cancel": N_("Leave the form"),
    "help": N_("Help"),
    "stop": N_("Unsubscribe"),
}


class Telegram:
    """One bot."""

    name = "telegram"

    def __init__(self, service: Service) -> None:
        settings = service.settings
        assert settings.telegram_token is not None
        self.service = service
        secret = settings.telegram_webhook_secret
        self.secret = secret.get_secret_value() if secret else ""
        self.bot = outgoing.make_bot(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
        self.poller = Poller(service, self.bot, self.take)
        self._tasks: list[asyncio.Task[None]] = []

    def routes(self) -> Sequence[BaseRoute]:
        """The webhook; there only with a secret."""
        return [Route("/telegram", self.receive, methods=["POST"])] if self.secret else []

    async def start(self) -> None:
        """Register or poll, in the background: a platform that does not answer holds nothing up."""
        self._tasks.append(asyncio.create_task(self._begin(), name="telegram"))

    async def stop(self) -> None:
        """End polling and the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.poller.give_back()
        await self.bot.shutdown()

    async def _begin(self) -> None:
        await self._until_done(self.bot.initialize)
        await self._until_done(self._set_commands)
        settings = self.service.settings
        if not self.secret:
            await self._until_done(self.bot.delete_webhook)
            await self.poller.run()
        elif settings.secure:
            await self._until_done(self._register)

    async def _register(self) -> None:
        url = f"{self.service.settings.public_url}/telegram"
        await self.bot.set_webhook(url, secret_token=self.secret, allowed_updates=list(KINDS))

    async def _set_commands(self) -> None:
        for language, code in (("zh_CN", None), ("en", "en")):
            with speaking(language):
                commands = [BotCommand(name, _(text)) for name, text in COMMANDS.items()]
            await self.bot.set_my_commands(commands, language_code=code)

    async def _until_done(self, call: Callable[[], Awaitable[Any]]) -> None:
        pause = 1.0
        while True:
            try:
                await call()
            except TelegramError as error:
                log.warning("telegram not reached", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 60.0)
            else:
                return

    # -- updates

    async def receive(self, request: Request) -> Response:
        """The webhook: 200 once stored; a status other than 2xx makes Telegram send it again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return self._refuse(403, "wrong secret")
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_BYTES:
                return self._refuse(413, "too large")
        try:
            update = Update.de_json(orjson.loads(body), self.bot)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            return self._refuse(400, "not an update")
        await self.take(update)
        return PlainTextResponse("")

    def _refuse(self, status: int, reason: str) -> Response:
        self.service.metrics.refused.labels("telegram", reason).inc()
        log.warning("refused", channel="telegram", reason=reason)
        return PlainTextResponse("refused\n", status_code=status)

    async def take(self, update: Update) -> None:
        """Handle one update; durable when this returns."""
        incoming = to_incoming(update, self.service.clock())
        if incoming is None:
            return
        if callback := incoming.hints.get("callback"):
            await outgoing.answer_callback(self.bot, callback)
        await self.service.dispatcher.handle(incoming)

    # -- replies

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """All through the outbox; the parts of an album get one answer, the last."""
        queued = tuple(render.messages(replies)) if incoming.event is not Event.LEFT else ()
        album = next((one.album for one in incoming.media if one.album), "")
        return Plan(queued=queued, collect=album, delay=ALBUM_SECONDS if album else 0.0)

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """The messages of one reply."""
        return render.messages([reply])

    async def send(self, address: str, payload: Payload) -> Outcome:
        """One message; a group that became a supergroup is followed to its new id."""
        try:
            return await outgoing.send(self.bot, int(address), payload)
        except ChatMigrated as error:
            async with self.service.store.write() as unit:
                await move(unit, self.name, address, str(error.new_chat_id))
            return await outgoing.send(self.bot, error.new_chat_id, payload)

    async def fetch(self, ref: str) -> Fetched:
        """A file a person sent."""
        return await outgoing.fetch(self.bot, ref)
