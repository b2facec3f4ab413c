"""Many requests at once to the service under test.

httpx's one pool scans all its connections at every request; with 64 of them that costs more than the service. So here
each request under way has a client, and a connection, of its own; idle ones are used again, the last one first.
"""

import asyncio
from typing import Any

import httpx


class Sender:
    """At most `limit` requests under way; the others wait their turn before their time-out starts to run."""

    def __init__(self, limit: int, headers: dict[str, str] | None = None) -> None:
        self._slots, self._headers = asyncio.Semaphore(limit), headers
        self._idle: list[httpx.AsyncClient] = []

    async def request(self, method: str, url: str, *, patience: float, **more: Any) -> httpx.Response:
        """One request; TimeoutError when the whole of it takes more than `patience` seconds. Redirects stay."""
        async with self._slots:
            client = self._idle.pop() if self._idle else self._new()
            try:
                async with asyncio.timeout(patience):
                    return await client.request(method, url, **more)
            finally:
                self._idle.append(client)

    def _new(self) -> httpx.AsyncClient:
        # No TLS on loopback: reading the certificate store would take longer than the first request.
        return httpx.AsyncClient(timeout=None, headers=self._headers, verify=False)

    async def close(self) -> None:
        """Close the connections."""
        while self._idle:
            await self._idle.pop().aclose()
