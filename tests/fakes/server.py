"""A real HTTP server for a fake, inside the running loop, that can also break connections."""

import asyncio
import socket
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Open connections by (server address, client address): an ASGI app has no other way to its transport.
_open: dict[tuple[Any, Any], asyncio.Transport] = {}


class _Protocol(HttpToolsProtocol):
    """uvicorn's own protocol, whose transports can be found again."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        _open[(self.server, self.client)] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        _open.pop((self.server, self.client), None)
        super().connection_lost(exc)


class LocalServer:
    """Serves `app` on 127.0.0.1 (port 0: any free one) between `start()` and `stop()`, or as a context manager."""

    def __init__(self, app: Starlette, port: int = 0) -> None:
        self._app, self._port = app, port
        self._server: uvicorn.Server | None = None

    async def start(self) -> Self:
        """Listen. `url` is known from here on."""
        # The protocol is named because asyncio sets TCP_NODELAY only then; without it an answer takes 40 ms.
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", self._port))
        self._port = sock.getsockname()[1]
        config = uvicorn.Config(
            self._app, http=_Protocol, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
        config.load()
        self._server = uvicorn.Server(config)
        self._server.lifespan = config.lifespan_class(config)
        await self._server.startup(sockets=[sock])
        return self

    async def stop(self) -> None:
        """Stop at once: open connections are cut, requests under way cancelled."""
        if self._server is None:
            return
        server, self._server = self._server, None
        for listener in server.servers:
            listener.close()
        for key, transport in list(_open.items()):
            if key[0] == ("127.0.0.1", self._port):
                transport.abort()
        tasks = list(server.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in server.servers:
            await listener.wait_closed()

    @property
    def url(self) -> str:
        """scheme://host:port, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


def _transport(scope: Scope) -> asyncio.Transport:
    return _open[(tuple(scope["server"]), tuple(scope["client"]))]


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Dropped(Response):
    """The connection is cut without an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _transport(scope).abort()
        await _disconnected(receive)


class Hanging(Response):
    """No answer, ever: until the client goes away or the server stops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _disconnected(receive)


class HalfBody(Response):
    """Headers that promise the whole body, half of it, then the connection closes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        _transport(scope).close()
        await _disconnected(receive)
