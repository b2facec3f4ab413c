"""Serving: the HTTP server of one process, its quiet start and its orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from types import FrameType

import uvicorn

from bot.app import Service
from bot.log import get_logger
from bot.settings import Settings

log = get_logger()
M_ARENA_MAX = -8  # malloc.h
Announce = Callable[[Service, int], Awaitable[None]]


async def warm(service: Service) -> None:
    """Read what the first question needs, in the background."""
    try:
        await asyncio.to_thread(service.warm)
    except Exception as error:  # the first question will say it again
        log.error("failed", kind="content", error=type(error).__name__)
    settle()


def one_arena() -> None:
    """Keep the threads of this process from a heap of their own each, where the C library has such (glibc): they take
    turns at the interpreter's lock anyway, and it saves 2 MB. Called before there are threads."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, 1)


def _give_back() -> None:
    """Give the memory that reading the content freed back to the system, where the C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def settle() -> None:
    """For a process that serves: what is loaded stays, so the collector need not walk it (it held answers up for
    0.1 s); and threads hand over quickly, because every statement of SQLite is a thread's turn."""
    gc.collect()
    gc.freeze()
    _give_back()
    gc.set_threshold(20_000, 20, 50)
    sys.setswitchinterval(0.0005)


async def serve(settings: Settings, host: str, port: int, announce: Announce | None = None) -> None:
    """Run the service till SIGTERM or SIGINT; finishes the batch in hand. `announce` is told the port, once it serves.

    The service starts before the server, so that what keeps it from starting is raised here.
    """
    one_arena()
    service = Service(settings)
    config = uvicorn.Config(
        service.web(),
        host=host,
        port=port,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )

    class Server(uvicorn.Server):
        """Tells event streams to end before it waits for connections to close; being told to stop is no failure."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            # uvicorn's own would raise the signal again at the end, so that the process exits with its number
            self.force_exit = self.should_exit and sig == signal.SIGINT
            self.should_exit = True

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            service.leaving.set()
            await super().shutdown(sockets)

    async with service.running():
        await _serve(Server(config), service, announce)


async def _serve(server: uvicorn.Server, service: Service, announce: Announce | None) -> None:
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110  (uvicorn offers no event)
        await asyncio.sleep(0.01)
    settle()
    warming = asyncio.create_task(warm(service), name="warm")
    if server.started and announce is not None:
        await announce(service, server.servers[0].sockets[0].getsockname()[1])
    await task
    await asyncio.gather(warming, return_exceptions=True)
