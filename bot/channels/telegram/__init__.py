"""Telegram: updates by webhook (secret required) or long polling, replies through the outbox."""

from __future__ import annotations

import asyncio
import hmac
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import BotCommand
from telegram.error import ChatMigrated, RetryAfter, TelegramError

from bot.channels.base import Fetched, Held, Outcome, Payload, Plan
from bot.channels.telegram import outgoing, render
from bot.channels.telegram.client import make_client, seconds
from bot.channels.telegram.incoming import NotAnUpdate, Unreadable, read
from bot.channels.telegram.limits import ALBUM_SECONDS, BODY_BYTES, KINDS, PER_SECOND, SECRET_HEADER
from bot.channels.telegram.polling import Poller
from bot.i18n import N_, _, speaking
from bot.log import get_logger
from bot.messages import Event, Incoming, Reply
from bot.store.people import move

if TYPE_CHECKING:
    from bot.app import Service
    from bot.store.windows import Windows

log = get_logger()

COMMANDS = {
    "menu": N_("Menu"),
    "back": N_("One step back"),
    "cancel": N_("Leave the form"),
    "help": N_("Help"),
    "stop": N_("Unsubscribe"),
}


ANSWER_SECONDS = 2.0  # the answer to a tap may hold up its reply for this long, not longer
LONGEST_PAUSE = 60.0  # seconds between tries to reach the platform at the start


class Telegram:
    """One bot. `nap` is how it waits between tries."""

    name = "telegram"
    per_second: float | None = PER_SECOND
    pushes = True
    windows: Windows | None = None

    def __init__(self, service: Service, nap: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        settings = service.settings
        assert settings.telegram_token is not None
        self.service = service
        self.nap = nap
        self.patience = ANSWER_SECONDS
        secret = settings.telegram_webhook_secret
        self.secret = secret.get_secret_value() if secret else ""
        self.bot = make_client(settings.telegram_token.get_secret_value(), settings.telegram_api_url)
        self.poller = Poller(service, self.bot, self.take)
        self._tasks: list[asyncio.Task[None]] = []
        self._answering: dict[str, set[asyncio.Task[None]]] = defaultdict(set)  # address -> answers to taps under way

    @property
    def username(self) -> str:
        """What links to the bot are made with; "" till the platform has been reached."""
        try:
            return str(self.bot.username)
        except RuntimeError:
            return ""

    def routes(self) -> Sequence[BaseRoute]:
        """The webhook; there only with a secret."""
        return [Route("/telegram", self.receive, methods=["POST"])] if self.secret else []

    async def start(self) -> None:
        """Register or poll, in the background: a platform that does not answer holds nothing up."""
        work = (self._begin(), self._until_done(self._set_commands))
        self._tasks += [asyncio.create_task(one, name="telegram") for one in work]

    async def stop(self) -> None:
        """End polling and the connections."""
        answering = [task for tasks in self._answering.values() for task in tasks]
        for task in (*self._tasks, *answering):
            task.cancel()
        await asyncio.gather(*self._tasks, *answering, return_exceptions=True)
        if not self.secret:
            await self.poller.give_back()
        await self.bot.shutdown()

    async def _begin(self) -> None:
        await self._until_done(self.bot.initialize)
        if not self.secret:
            await self._until_done(self.bot.delete_webhook)
            await self.poller.run(self.nap)
        elif self.service.settings.secure:
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
                await self.nap(seconds(error) if isinstance(error, RetryAfter) else pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                return

    # -- updates

    async def receive(self, request: Request) -> Response:
        """The webhook: 200 once stored; a status other than 2xx makes Telegram send it again."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return self._refuse(403, "wrong secret")
        chunks: list[bytes] = []
        async for chunk in request.stream():
            chunks.append(chunk)
            if sum(map(len, chunks)) > BODY_BYTES:
                return self._refuse(413, "too large")
        try:
            await self.take(orjson.loads(b"".join(chunks)))
        except (orjson.JSONDecodeError, NotAnUpdate):
            return self._refuse(400, "not an update")
        return PlainTextResponse("")

    def _refuse(self, status: int, reason: str) -> Response:
        self._note_refusal(reason)
        return PlainTextResponse("refused\n", status_code=status)

    def _note_refusal(self, reason: str) -> None:
        self.service.metrics.refused.labels("telegram", reason).inc()
        log.warning("refused", channel="telegram", reason=reason)

    async def take(self, data: Any) -> None:
        """Handle one raw update; durable when this returns. One that can't be read is counted and let go: refused,
        it would come again and again, and hold up those behind it."""
        try:
            incoming = read(data, self.bot, self.service.clock())
        except Unreadable:
            self._note_refusal("unreadable")
            return
        if incoming is not None:
            self._answer_tap(incoming)
            await self.service.dispatcher.handle(incoming)

    def _answer_tap(self, incoming: Incoming) -> None:
        """Begin to answer a callback, before the work; the reply waits for it, the person's next message does not."""
        if "callback" not in incoming.hints:
            return
        tasks = self._answering[incoming.address]
        task = asyncio.create_task(outgoing.answer_callback(self.bot, incoming.hints["callback"], self.patience))
        tasks.add(task)

        def done(_task: asyncio.Task[None]) -> None:
            tasks.discard(task)
            if not tasks:
                self._answering.pop(incoming.address, None)

        task.add_done_callback(done)

    # -- replies

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """All through the outbox; the parts of an album get one answer, the last."""
        queued = tuple(render.messages(replies)) if incoming.event is not Event.LEFT else ()
        album = next((one.album for one in incoming.media if one.album), "")
        return Plan(queued=queued, collect=album, delay=ALBUM_SECONDS if album else 0.0)

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """The messages of one reply."""
        return render.messages([reply])

    def afterwards(self, inline: Sequence[Reply]) -> Sequence[Payload]:
        """Nothing goes into a response here; what would is sent."""
        return render.messages(inline)

    async def send(self, address: str, payload: Payload) -> Outcome:
        """One message; a group that became a supergroup is followed to its new id."""
        if answering := self._answering.get(address):
            await asyncio.wait(set(answering))
        chat_id = int(address)
        for _hop in range(2):
            try:
                return await outgoing.send(self.bot, chat_id, payload)
            except ChatMigrated as moved:
                chat_id = moved.new_chat_id
                async with self.service.store.write() as unit:
                    await move(unit, self.name, address, str(chat_id))
        return Outcome("refused", "the chat moved twice")

    async def fetch(self, ref: str) -> Fetched:
        """A file a person sent."""
        return await outgoing.fetch(self.bot, ref)
