"""The web chat: the page at /, POST /chat/messages, the history, pushed messages and the person's own photos.

Limits: limits.py. The page's files lie in bot/channels/web_page.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from bot.channels.base import SENT, Outcome, Payload, Quiet
from bot.channels.web import body, transcript
from bot.channels.web.body import Said
from bot.channels.web.door import HEADERS, Door, visitor
from bot.channels.web.languages import preferred
from bot.channels.web.pace import Pace
from bot.channels.web.photos import Photos
from bot.channels.web.refusal import Refused
from bot.channels.web.site import Page, Static
from bot.channels.web.streams import Streams
from bot.headers import Headed
from bot.i18n import _, speaking
from bot.log import get_logger
from bot.messages import Incoming
from bot.store.orphans import claim_folder, remove_orphans

if TYPE_CHECKING:
    from bot.app import Service

log = get_logger()
FILES = Path(__file__).resolve().parent.parent / "web_page"
DAY = 86400.0
PRIVATE = {"Cache-Control": "no-store"}


class Answer(JSONResponse):
    """JSON, written fast."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return orjson.dumps(content)


class Web(Quiet):
    """The chat page's server side."""

    name = "web"
    pushes = False  # the page shows it when it is looked at

    def __init__(self, service: Service) -> None:
        self.service = service
        self.pace = Pace()
        self.streams = Streams(service.store, service.leaving)
        self.photos = Photos(service.store, service.blobs)
        self._page = Page(FILES)
        self._cleaning: asyncio.Task[None] | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """The page, its files, and the chat's requests."""
        settings = self.service.settings
        headed = Middleware(Headed, headers=HEADERS)
        door = [headed, Middleware(Door, settings.public_url, settings.secure)]
        return [
            Route("/", self.page, middleware=door),
            Route("/chat/messages", self.say, methods=["POST"], middleware=door),
            Route("/chat/history", self.history, middleware=door),
            Route("/chat/events", self.events, middleware=door),
            Route("/chat/photos/{photo}", self.photo, middleware=door),
            Mount("/static/chat", Static(directory=FILES / "static"), middleware=[headed]),
        ]

    async def start(self) -> None:
        """Begin to look for what other processes send, and to clean up."""
        claim_folder(self.service.store, self.service.blobs)
        self.streams.start()
        self._cleaning = asyncio.create_task(self._clean(), name="web-orphans")

    async def stop(self) -> None:
        """End the streams, so that their connections close."""
        if self._cleaning is not None:
            self._cleaning.cancel()
            await asyncio.gather(self._cleaning, return_exceptions=True)
        await self.streams.stop()

    async def send(self, address: str, payload: Payload) -> Outcome:
        """Stored is delivered; open pages show it as soon as it is marked so."""
        self.streams.ring_soon(address)
        return SENT

    async def _clean(self) -> None:
        while True:
            try:
                if removed := await remove_orphans(self.service.store, self.service.blobs):
                    log.info("unowned uploads removed", files=removed)
            except Exception as error:
                log.warning("failed", kind="orphans", error=type(error).__name__)
            await asyncio.sleep(DAY)

    # -- requests

    async def page(self, request: Request) -> Response:
        """The chat page, in the person's language once we know it."""
        async with self.service.store.read() as unit:
            who = await transcript.known(unit, visitor(request))
        return self._page.response(who.language if who is not None else _asked_for(request))

    async def say(self, request: Request) -> Response:
        """One message: answered when it is committed."""
        with speaking(_asked_for(request)):
            try:
                return await self._say(request)
            except Refused as refusal:
                self.service.metrics.refused.labels("web", refusal.reason).inc()
                log.info("refused", channel="web", reason=refusal.reason)
                return refusal.response()
            except ClientDisconnect:
                return Response(status_code=400)

    async def _say(self, request: Request) -> Response:
        address = visitor(request)
        if after := self.pace.wait(address):
            raise Refused(429, "pace", _("That was a lot at once. Please wait a few seconds."), after)
        said = await self._read(request, address)
        incoming = Incoming(
            key=_natural_key(address, said.key),
            channel=self.name,
            address=address,
            at=self.service.clock(),
            text=said.text,
            choice=said.choice,
            media=said.photos,
            language=_asked_for(request),
        )
        waiting = self.service.dispatcher.submit(incoming)
        replies = await waiting.answer
        messages = await transcript.of_message(self.service.store, incoming, waiting.entry, replies)
        self.streams.push(address, messages)
        self.streams.ring_others(address)
        answer: dict[str, Any] = {"replies": [reply.as_json() for reply in replies]}
        if messages:  # none for who was erased by this very message
            answer["messages"] = messages
        return Answer(answer, headers=PRIVATE)

    async def _read(self, request: Request, address: str) -> Said:
        from bot.channels.web.form import boundary_of

        boundary = boundary_of(request.headers.get("content-type", ""))
        if boundary is None:
            return await body.read_json(request)
        return await self.photos.read(request, boundary, lambda key: _natural_key(address, key))

    async def history(self, request: Request) -> Response:
        """One page: {"messages": oldest first, "more": what to ask for as `before`, or null}."""
        before = None
        if word := request.query_params.get("before"):
            before = transcript.mark_of(word)
            if before is None:
                with speaking(_asked_for(request)):
                    return Refused(400, "cursor", _("“before” must be the “more” of an earlier page.")).response()
        async with self.service.store.read() as unit:
            who = await transcript.known(unit, visitor(request))
            messages, more = await transcript.page(unit, who, before) if who is not None else ([], None)
        return Answer({"messages": messages, "more": more}, headers=PRIVATE)

    async def events(self, request: Request) -> Response:
        """What is new, as server-sent events."""
        headers = {**PRIVATE, "X-Accel-Buffering": "no"}
        stream = self.streams.events(visitor(request))
        return StreamingResponse(stream, headers=headers, media_type="text/event-stream")

    async def photo(self, request: Request) -> Response:
        """One of the person's own photos."""
        found = await self.photos.open(visitor(request), request.path_params["photo"])
        if found is None:
            with speaking(_asked_for(request)):
                return Refused(404, "photo", _("There is no such photo.")).response()
        content, media_type = found
        saved = {} if media_type.startswith("image/") else {"Content-Disposition": "attachment"}
        return Response(content, media_type=media_type, headers={**PRIVATE, **saved})


def _natural_key(address: str, key: str) -> str:
    return f"web:{hashlib.sha256(address.encode()).hexdigest()}:{key}"


def _asked_for(request: Request) -> str:
    """The language the browser asks for."""
    return preferred(request.headers.get("accept-language", ""))
