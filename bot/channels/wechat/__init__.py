"""WeChat Official Account: callbacks at /wechat, passive replies, customer-service messages for what comes later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import Fetched, Held, Outcome, Payload, Plan
from bot.channels.split import utf8_bytes
from bot.channels.wechat import codec, render
from bot.channels.wechat.api import Api
from bot.channels.wechat.codec import BadCallback, Codec, Opened
from bot.channels.wechat.incoming import to_incoming
from bot.channels.wechat.limits import ANSWER_BY, BODY_BYTES, TEXT_BYTES
from bot.messages import Incoming, Reply

if TYPE_CHECKING:
    from bot.app import Service

log = structlog.get_logger()
NOTHING = "success"  # what tells the platform "received, no reply" (W3)


class Wechat:
    """One account."""

    name = "wechat"

    def __init__(self, service: Service, answer_by: float = ANSWER_BY) -> None:
        settings = service.settings
        assert settings.wechat_token is not None
        assert settings.wechat_app_secret is not None
        keys = settings.wechat_aes_key.get_secret_value().split(",") if settings.wechat_aes_key else []
        self.service = service
        self.answer_by = answer_by
        self.codec = Codec(settings.wechat_token.get_secret_value(), settings.wechat_app_id, tuple(keys))
        secret = settings.wechat_app_secret.get_secret_value()
        self.api = Api(service.store, settings.wechat_api_url, settings.wechat_app_id, secret, service.name)

    def routes(self) -> Sequence[BaseRoute]:
        """The callback address."""
        return [Route("/wechat", self.check, methods=["GET"]), Route("/wechat", self.receive, methods=["POST"])]

    async def start(self) -> None:
        """Nothing to wait for: the token is fetched when it is first needed."""

    async def stop(self) -> None:
        """Close the connections to the platform."""
        await self.api.close()

    # -- callbacks

    async def check(self, request: Request) -> Response:
        """The console's check of the address."""
        try:
            return PlainTextResponse(self.codec.check_address(request.query_params, self.service.clock()))
        except BadCallback as error:
            return self._refuse(error)

    async def receive(self, request: Request) -> Response:
        """A message or event: answered in the response when it is ready by then."""
        now = self.service.clock()
        try:
            opened = self.codec.open(await _body(request), request.query_params, now)
            incoming = to_incoming(codec.parse(opened.xml))
        except BadCallback as error:
            return self._refuse(error)
        replies = await self._answer(incoming)
        return self._response(incoming, replies, opened, now)

    async def _answer(self, incoming: Incoming) -> tuple[Reply, ...]:
        """The replies, if they are there in time; else they go through the outbox and the response is empty."""
        waiting = self.service.dispatcher.submit(incoming)
        done, _pending = await asyncio.wait({waiting.answer}, timeout=self.answer_by)
        if done:
            return waiting.answer.result()
        waiting.late = True
        waiting.answer.add_done_callback(_retrieved)
        return ()

    def _response(self, incoming: Incoming, replies: Sequence[Reply], opened: Opened, now: datetime) -> Response:
        if not replies:
            return PlainTextResponse(NOTHING)
        xml = codec.text_reply(incoming.address, incoming.hints["account"], replies[0].text, now)
        return Response(self.codec.close(xml, opened, now), media_type="application/xml")

    def _refuse(self, error: BadCallback) -> Response:
        self.service.metrics.refused.labels("wechat", error.reason).inc()
        log.warning("refused", channel="wechat", reason=error.reason)
        return PlainTextResponse("refused\n", status_code=error.status)

    # -- replies

    def plan(self, incoming: Incoming, replies: Sequence[Reply], held: Sequence[Held]) -> Plan:
        """The first text goes into the response, with what waited for this person before it while there is room."""
        texts = render.texts(replies)
        if not texts:
            return Plan()
        first, *rest = texts
        carried: list[Held] = []
        for one in held:
            if utf8_bytes(_joined([*carried, one], first)) > TEXT_BYTES:
                break
            carried.append(one)
        queued = tuple({"text": text} for text in rest)
        return Plan((Reply(_joined(carried, first)),), queued, tuple(one.id for one in carried))

    def notice(self, reply: Reply) -> Sequence[Payload]:
        """Texts of at most 2047 bytes each."""
        return [{"text": text} for text in render.texts([reply])]

    async def send(self, address: str, payload: Payload) -> Outcome:
        """One customer-service text."""
        body = {"touser": address, "msgtype": "text", "text": {"content": payload["text"]}}
        return await self.api.send(body)

    async def fetch(self, ref: str) -> Fetched:
        """A picture the person sent."""
        return await self.api.fetch(ref)


async def _body(request: Request) -> bytes:
    """The body, never more of it than is allowed."""
    declared = request.headers.get("content-length", "0")
    if declared.isdigit() and int(declared) > BODY_BYTES:
        raise BadCallback(413, "too large")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_BYTES:
            raise BadCallback(413, "too large")
        chunks.append(chunk)
    return b"".join(chunks)


def _joined(held: Sequence[Held], text: str) -> str:
    """What waited, oldest first, then the answer."""
    return "\n\n".join([*(str(one.payload["text"]) for one in held), text])


def _retrieved(answer: asyncio.Future[tuple[Reply, ...]]) -> None:
    """A failure after we stopped waiting was logged by the dispatcher; nobody else looks at it."""
    if not answer.cancelled():
        answer.exception()
