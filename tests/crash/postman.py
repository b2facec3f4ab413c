"""A process that sends batches, to be killed: `python -m tests.crash.postman URL FOLDER [SOCKET] [--talk]`.

With a socket each send is told to who listens there (it survives the kill) and counts once that has answered; without,
a send does nothing. It prints "ready", works till SIGTERM; with `--talk`, people write to it meanwhile, and when they
wrote and how long they waited is printed at the end, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from pathlib import Path
from time import perf_counter, time

from bot.app import Service
from bot.channels.base import SENT, Outcome, Payload, Quiet
from bot.channels.terminal import incoming
from bot.settings import Settings

CHANNEL = "post"
Times = list[tuple[float, float]]  # seconds since 1970, seconds
WRITERS, PAUSE = 25, 0.5  # people who write, and the seconds each thinks


class Post(Quiet):
    """A channel without a law. What it sends is told through a socket, line by line."""

    name = CHANNEL
    pushes = False

    def __init__(self, socket: str | None) -> None:
        self.socket = socket
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect."""
        if self.socket is not None:
            reader, self._writer = await asyncio.open_unix_connection(self.socket)
            self._listening = asyncio.create_task(self._listen(reader))

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        async for line in reader:
            self._answers.pop(line.decode().strip()).set_result(None)

    async def send(self, address: str, payload: Payload) -> Outcome:
        """Tell that it was sent; it was, once that is answered."""
        if self._writer is not None:
            answer = self._answers[address] = asyncio.get_running_loop().create_future()
            self._writer.write(f"{address}\n".encode())
            await answer
        return SENT


async def meet(service: Service, who: str) -> None:
    """Somebody writes for the first time: everything an answer needs is there after that."""
    await service.dispatcher.handle(incoming("菜单", service.clock, address=who))


async def talk(service: Service, who: str, times: Times) -> None:
    """One person who writes again and again."""
    while True:
        begun, at = perf_counter(), time()
        await service.dispatcher.handle(incoming("菜单", service.clock, address=who))
        times.append((at, perf_counter() - begun))
        await asyncio.sleep(PAUSE)


async def work(url: str, folder: Path, socket: str | None, writers: int) -> Times:
    """Run till SIGTERM; when somebody wrote, and how long the answer took."""
    settings = Settings(_env_file=None, data_dir=folder, database_url=url)
    service = Service(settings, only={"terminal"})
    service.channels[CHANNEL] = Post(socket)
    told, times = asyncio.Event(), Times()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with service.running():
        people = [f"{service.name}-{number}" for number in range(writers)]
        await asyncio.gather(*(meet(service, who) for who in people))
        talking = [asyncio.create_task(talk(service, who, times)) for who in people]
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await told.wait()
        for task in talking:
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*talking)
    return times


def main() -> None:
    """Read the arguments and work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("socket", nargs="?")
    parser.add_argument("--talk", action="store_true")
    chosen = parser.parse_args()
    import uvloop

    from bot.server import settle

    settle()
    times = uvloop.run(work(chosen.url, chosen.folder, chosen.socket, WRITERS if chosen.talk else 0))
    sys.stdout.write(json.dumps(times) + "\n")


if __name__ == "__main__":
    main()
