"""WeChat Official Account: callbacks at /wechat, passive replies, customer-service messages for what comes later."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import Fetched, Held, Outcome, Payload, Plan
from bot.channels.numbered import numbered
from bot.channels.wechat import render
from bot.channels.wechat.api import Api
from bot.channels.wechat.codec import BadCallback, Codec, Opened, text_reply
from bot.channels.wechat.incoming import to_incoming
from bot.channels.wechat.late import Late
from bot.channels.wechat.limits import ANSWER_BY, BODY_BYTES, MESSAGE_QUOTA, REST_AFTER, TAP_QUOTA
from bot.channels.wechat.mass import mass_send
from bot.channels.wechat.templates import Nudges, load_templates
from bot.channels.wechat.tokens import NoTokenError
from bot.channels.wechat.xml import Fields
from bot.log import get_logger
from bot.messages import Incoming, Reply
from bot.store.windows import Windows

if TYPE_CHECKING:
    from bot.app import Service
    from bot.line import Waiting

log = get_logger()
NOTHING = "success"  # what tells the platform "received, no reply" (W3)
ASK_AGAIN = 60.0  # seconds between tries for a first token
FAREWELL = 1.0  # seconds the first token still has when we are told to stop


class Wechat:
    """One account. `answer_by`: seconds after which the answer goes another way than the response."""

    name = "wechat"
    per_second: float | None = None
    pushes = True
    windows: Windows | None

    def __init__(self, service: Service, answer_by: float = ANSWER_BY) -> None:
        settings = service.settings
        assert settings.wechat_token is not None
        assert settings.wechat_app_secret is not None
        keys = settings.wechat_aes_key.get_secret_value().split(",") if settings.wechat_aes_key else []
        self.service = service
        self.answer_by = answer_by
        self.codec = Codec(settings.wechat_token.get_secret_value(), settings.wechat_app_id, tuple(keys))
        secret = settings.wechat_app_secret.get_secret_value()
        self.api = Api(service.store, settings.wechat_api_url, settings.wechat_app_id, secret)
        self.templates = load_templates(settings.content_dir)
        self.nudges = Nudges(service.store, self.api, self.templates, settings.timezone)
        self.windows = Windows(MESSAGE_QUOTA, TAP_QUOTA, self.nudges.nudge)
        self.late = Late(service.store, settings.data_dir / "late", self._submit)
        self._first_token: asyncio.Task[None] | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """The callback address."""
        return [Route("/wechat", self.receive, methods=["POST"]), Route("/wechat", self.check, methods=["GET"])]

    async def start(self) -> None:
        """Take up what was late; get a token in the background, so that a wrong setting shows in the log at once."""
        self.late.recover()
        self._first_token = asyncio.create_task(self._get_token(), name="wechat-token")

    async def stop(self) -> None:
        """End the background work, close the connections to the platform."""
        if self._first_token is not None:
            await asyncio.wait({self._first_token}, timeout=FAREWELL)
            self._first_token.cancel()
            await asyncio.gather(self._first_token, return_exceptions=True)
        await self.late.stop()
        await self.api.close()

    async def _get_token(self) -> None:
        leaving = self.service.leaving
        while not leaving.is_set():
            try:
                await self.api.tokens.get()
            except NoTokenError:  # logged where it happened
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(ASK_AGAIN):
                        await leaving.wait()
            else:
                return

    # -- callbacks

    async def check(self, request: Request) -> Response:
        """The console's check of the address."""
        try:
            return PlainTextResponse(self.codec.check_address(request.query_params, self.service.clock()))
        except BadCallback as error:
            return self._refuse(error)

    async def receive(self, request: Request) -> Response:
        """A message or event: answered in the response when it is ready by then."""
        try:
            opened = self.codec.open(await _body(request), request.query_params, self.service.clock())
            incoming = to_incoming(opened.fields)
        except BadCallback as error:
            return self._refuse(error)
        except ClientDisconnect:
            return self._refuse(BadCallback(400, "cut off"))
        waiting = self.service.dispatcher.submit(incoming)
        await asyncio.wait({waiting.answer}, timeout=self.answer_by)
        if waiting.answer.done():
            return self._response(incoming, waiting.answer.result(), opened)
        return await self._promise(waiting, opened.fields)

    async def _promise(self, waiting: Waiting, fields: Fields) -> Response:
        """The answer goes through the outbox: "received", once a crash can't lose the message any more."""
        waiting.late = True
        try:
            await self.late.keep(waiting, fields)
        except OSError as error:
            log.error("failed", kind="late", error=type(error).__name__)
            return PlainTextResponse("not stored, please send it again\n", status_code=503)
        return PlainTextResponse(NOTHING)

    def _submit(self, fields: Fields) -> Waiting:
        return self.service.dispatcher.submit(to_incoming(fields))

    def _response(self, incoming: Incoming, replies: Sequence[Reply], opened: Opened) -> Response:
        if not replies:
            return PlainTextResponse(NOTHING)
        now = self.service.clock()
        xml = text_reply(incoming.address, incoming.hints["account"], replies[0].text, now)
        return Response(self.codec.close(xml, opened, now), media_type="text/xml")

    def _refuse(self, error: BadCallback) -> Response:
        self.service.metrics.refused.labels("wechat", error.reason).inc()
        log.warning("refused", channel="wechat", reason=error.reason)
        return PlainTextResponse("refused\n", status_code=error.status)

    # -- replies

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """The first text goes into the response, with what waited for this person; the rest follows it."""
        turn = render.turn(replies, held)
        if not turn.first:
            return Plan()
        queued = tuple({"text": text} for text in turn.rest)
        return Plan((Reply(turn.first),), queued, turn.told, delay=REST_AFTER)

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """Texts of at most 2047 bytes each."""
        return [{"text": text} for text in render.texts([reply])]

    def afterwards(self, inline: Sequence[Reply]) -> Sequence[Payload]:
        """The very texts: their links are our own."""
        return [{"text": reply.text} for reply in inline]

    async def send(self, address: str, payload: Payload) -> Outcome:
        """One customer-service text."""
        return await self.api.send({"touser": address, "msgtype": "text", "text": {"content": payload["text"]}})

    @property
    def sends_masses(self) -> bool:
        """True when the operator switched mass sending on."""
        return self.templates.mass_send

    async def mass_send(self, openids: Sequence[str], reply: Reply, client_id: str) -> Outcome:
        """One text to 2 to 10,000 different people in one job: the outcome of all of them, "sent" with the code "mass"
        when it was taken. Its options stand as a numbered list. The same `client_id` within a day is the same job:
        "retry" may be tried again with it. A person gets four a month at most. `ValueError` for a list no job can have.
        """
        return await mass_send(self.api, openids, "\n\n".join(numbered([render.harmless(reply)])), client_id)

    async def fetch(self, ref: str) -> Fetched:
        """A picture or recording the person sent."""
        return await self.api.fetch(ref)


async def _body(request: Request) -> bytes:
    """The body, never more of it than is allowed."""
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > BODY_BYTES:
        raise BadCallback(413, "too large")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES:
            raise BadCallback(413, "too large")
        chunks.append(chunk)
    return b"".join(chunks)
