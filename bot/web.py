"""The HTTP application: routes from the channels and the desk, health, metrics, and answers to bad requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.gauges import measure
from bot.line import StoreDownError
from bot.log import get_logger
from bot.store import migrate

if TYPE_CHECKING:
    from bot.app import Service

log = get_logger()
PATIENCE = 5.0  # seconds for a look at the database


class RowNumber(Convertor[int]):
    """{row:int} in a path: no more digits than an id has. Python turns thousands of them into no number at all."""

    regex = "[0-9]{1,19}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """As it stands in a path."""
        return str(value)


register_url_convertor("int", RowNumber())


def make_app(service: Service, pages: Sequence[BaseRoute] = ()) -> Starlette:
    """All routes of one service."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    async def ready(_request: Request) -> Response:
        return await _ready(service)

    async def metrics(_request: Request) -> Response:
        await measure(service)
        return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    routes = [route for channel in service.channels.values() for route in channel.routes()]
    routes += [Route("/healthz", _alive), Route("/readyz", ready), Route("/metrics", metrics)]
    handlers = {HTTPException: _refused, StoreDownError: _store_down, Exception: _failed}
    return Starlette(routes=[*routes, *pages], lifespan=lifespan, exception_handlers=handlers)  # type: ignore[arg-type]


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("ok\n")


async def _ready(service: Service) -> Response:
    """200 when messages are taken, the database answers soon, and is migrated."""
    if not service.dispatcher.serves:
        return PlainTextResponse("no messages are taken\n", status_code=503)
    try:
        async with asyncio.timeout(PATIENCE):
            at = await migrate.current(service.store.reader) if service.store.is_there() else None
    except Exception as error:
        log.warning("not ready", error=type(error).__name__)
        at = None
    if at is None:
        return PlainTextResponse("the database does not answer\n", status_code=503)
    if at != migrate.head():
        return PlainTextResponse("the database is not migrated\n", status_code=503)
    return PlainTextResponse("ready\n")


async def _refused(_request: Request, error: HTTPException) -> Response:
    return JSONResponse({"error": error.detail}, status_code=error.status_code, headers=error.headers)


async def _store_down(_request: Request, _error: Exception) -> Response:
    """Not stored, so not acknowledged: the platform or the page sends it again."""
    return JSONResponse({"error": "not stored, please send it again"}, status_code=503, headers={"Retry-After": "2"})


async def _failed(_request: Request, error: Exception) -> Response:
    log.error("failed", kind="request", error=type(error).__name__)
    return JSONResponse({"error": "this did not work; nothing was stored"}, status_code=500)
