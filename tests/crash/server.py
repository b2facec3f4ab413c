"""The service as a process of its own, and who kills it."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

START = 60.0  # seconds a start may take on a slow machine


class Server:
    """`python -m bot run` with these settings; its log goes to a file."""

    def __init__(self, port: int, settings: dict[str, str], log: Path) -> None:
        self.port, self.settings, self.log = port, settings, log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it listens some time later."""
        command = [sys.executable, "-m", "bot", "run", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, env=self.settings, stdout=subprocess.DEVNULL, stderr=log)

    def kill(self) -> int:
        """SIGKILL, and gone when this returns; gives the pid it had."""
        process = self._running()
        process.kill()
        process.wait()
        return process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self._running().pid, number)

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        process = self._running()
        process.terminate()
        return await asyncio.to_thread(process.wait, START)

    async def listening(self) -> None:
        """Wait till it takes connections."""
        until = time.monotonic() + START
        while not self._listens():
            assert self._running().poll() is None, f"the service ended by itself, see {self.log}"
            assert time.monotonic() < until, f"the service does not listen, see {self.log}"
            await asyncio.sleep(0.02)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _running(self) -> subprocess.Popen[bytes]:
        assert self.process is not None
        return self.process


class Killer:
    """Kills at random moments of the load, restarts at once. Some kills hit the start, some a process that hung."""

    def __init__(
        self,
        server: Server,
        luck: random.Random,
        *,
        hangs: float,
        progress: Callable[[int], Awaitable[bool]],
        after: Callable[[int], Awaitable[None]],
    ) -> None:
        self.server, self.luck, self.hangs = server, luck, hangs
        self.progress, self.after = progress, after
        self.kills = self.at_start = self.hung = 0

    async def run(self, kills: int, messages: int) -> None:
        """`kills` kills over a load of so many messages."""
        moments = sorted(self.luck.uniform(0.01, 0.95) * messages for _ in range(kills))
        for moment in moments:
            if self.kills and self.luck.random() < 0.15:
                await asyncio.sleep(self.luck.uniform(0.05, 1.5))
                self.at_start += 1
            else:
                if not await self.progress(int(moment)):
                    return
                await asyncio.sleep(self.luck.uniform(0.0, 0.3))
                if self.luck.random() < self.hangs:
                    await self._hang()
            dead = self.server.kill()
            self.server.start()
            self.kills += 1
            await self.after(dead)

    async def _hang(self) -> None:
        """It stands still longer than WeChat's answers may take, wakes, and is killed while it catches up."""
        self.hung += 1
        self.server.send(signal.SIGSTOP)
        await asyncio.sleep(self.luck.uniform(4.1, 4.9))
        self.server.send(signal.SIGCONT)
        await asyncio.sleep(self.luck.uniform(0.0, 0.3))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
