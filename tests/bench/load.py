"""A load from raw sockets, so that the generator costs little beside what is measured."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Result:
    """One run: messages a second, and the 99th percentile of the latency in milliseconds."""

    rate: float
    p99: float
    refused: int


def http_post(path: str, body: bytes, headers: Sequence[str] = ()) -> bytes:
    """A whole HTTP/1.1 request."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    if b"content-length:" in lower:
        length = int(lower.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
    return int(head[9:12])


async def _client(port: int, work: Iterator[bytes], times: list[float], refused: list[int]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in work:
        begun = perf_counter()
        status = await _exchange(reader, writer, request)
        times.append(perf_counter() - begun)
        if status != 200:
            refused.append(status)
    writer.close()


async def drive(port: int, requests: Sequence[bytes], connections: int) -> Result:
    """Send all requests over so many connections, each with one request under way."""
    work = iter(requests)
    times: list[float] = []
    refused: list[int] = []
    begun = perf_counter()
    await asyncio.gather(*(_client(port, work, times, refused) for _ in range(connections)))
    seconds = perf_counter() - begun
    p99 = statistics.quantiles(times, n=100)[98] * 1000
    return Result(len(requests) / seconds, p99, len(refused))
