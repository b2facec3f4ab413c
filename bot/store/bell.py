"""The bell between processes: LISTEN and NOTIFY on the session (bot/store/session.py). Without one it is silent.

It only says that there is something to look at: who listens looks by itself every few seconds too, so a notification
that is lost costs a moment. It is rung after the commit, many rings as one, so no commit waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from bot.log import get_logger
from bot.store.session import Session

log = get_logger()

CHANNEL = "yizhan"
TOGETHER = 0.02  # seconds in which rings are gathered
MOST_WORDS = 100  # in one notification, which holds 8000 bytes at most; of more at once the others learn by looking

OUTBOX = "outbox"  # rows were put that may be due
WEB = "web"  # a web chat has grown; the word is the hex of its address's look-up value


class Bell:
    """The bell of one process. What one rings, the others hear, not itself."""

    def __init__(self, session: Session | None) -> None:
        self.session = session
        self._calls: dict[str, list[Callable[[Sequence[str]], None]]] = {}
        self._rung: dict[str, dict[str, None]] = {}
        self._ringing: asyncio.Task[None] | None = None
        if session is not None:
            session.upkeep.append(self._listen)

    def on(self, topic: str, call: Callable[[Sequence[str]], None]) -> None:
        """Have `call` told the words others rang about this topic."""
        self._calls.setdefault(topic, []).append(call)

    def ring(self, topic: str, word: str = "") -> None:
        """Tell the other processes; returns at once."""
        if self.session is None or not self.session.alive:
            return
        self._rung.setdefault(topic, {})[word] = None
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._ring(), name="bell")

    async def stop(self) -> None:
        """Ring what is still to be rung."""
        if self._ringing is not None:
            await asyncio.gather(self._ringing, return_exceptions=True)

    async def _ring(self) -> None:
        while self._rung:
            await asyncio.sleep(TOGETHER)
            rung, self._rung = self._rung, {}
            for topic, words in rung.items():
                if len(words) <= MOST_WORDS:
                    await self._notify(topic, list(words))

    async def _notify(self, topic: str, words: Sequence[str]) -> None:
        assert self.session is not None
        try:
            said = orjson.dumps([topic, *words]).decode()
            await self.session.value("SELECT pg_notify($1, $2)", CHANNEL, said)
        except ConnectionError:
            return  # the others look by themselves

    async def _listen(self) -> None:
        assert self.session is not None
        await self.session.listen(CHANNEL, self._heard)

    def _heard(self, _connection: Any, pid: int, _channel: str, said: str) -> None:
        if self.session is None or pid == self.session.own_pid:
            return
        try:
            topic, *words = orjson.loads(said)
        except ValueError:
            return
        for call in self._calls.get(topic, ()):
            try:
                call(words)
            except Exception as error:
                log.error("failed", kind="bell", error=type(error).__name__)
