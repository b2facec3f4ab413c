"""Messages the platform was told "received" for before their commit held: kept in files, sealed and flushed, till then.

The platform does not send such a message again, so a crash must not lose it. Handled twice it is not: the receipt
knows its key.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import orjson

from bot.channels.wechat.xml import Fields
from bot.line import StoreDownError, Waiting
from bot.log import get_logger
from bot.store.vault import CannotOpen

if TYPE_CHECKING:
    from bot.store.store import Store

log = get_logger()
AGAIN = 5.0  # seconds before a message that could not be stored is tried again


class Late:
    """The messages of one service that are late. `submit` puts the fields of a callback in line."""

    def __init__(self, store: Store, folder: Path, submit: Callable[[Fields], Waiting]) -> None:
        self._store = store
        self._folder = folder
        self._submit = submit
        self._tasks: set[asyncio.Task[None]] = set()

    async def keep(self, waiting: Waiting, fields: Fields) -> None:
        """Make sure that this message is handled, whatever happens; raises OSError when that can't be promised."""
        path = self._folder / f"{self._store.vault.mac(waiting.incoming.key, 'late').hex()}.sealed"
        sealed = self._store.vault.seal(orjson.dumps(fields), path.name.encode())
        await asyncio.to_thread(_write, path, sealed)
        self._see_through(path, fields, waiting)

    def recover(self) -> None:
        """Put in line what an earlier process left behind; what it was still writing it had promised to nobody."""
        for rough in self._folder.glob("*.part"):
            rough.unlink(missing_ok=True)
        for path in sorted(self._folder.glob("*.sealed")):
            try:
                fields: Fields = orjson.loads(self._store.vault.open(path.read_bytes(), path.name.encode()))
            except (CannotOpen, OSError) as error:
                log.error("failed", kind="late", error=type(error).__name__)
                continue
            self._see_through(path, fields, self._again(fields))

    async def stop(self) -> None:
        """Leave the rest to the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _again(self, fields: Fields) -> Waiting:
        waiting = self._submit(fields)
        waiting.late = True
        return waiting

    def _see_through(self, path: Path, fields: Fields, waiting: Waiting) -> None:
        task = asyncio.create_task(self._till_stored(path, fields, waiting), name="late")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _till_stored(self, path: Path, fields: Fields, waiting: Waiting) -> None:
        while True:
            await asyncio.wait({waiting.answer})
            if not isinstance(waiting.answer.exception(), StoreDownError):
                break
            await asyncio.sleep(AGAIN)
            waiting = self._again(fields)
        await asyncio.to_thread(path.unlink, missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    """Durable when it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    rough = path.with_suffix(f".{token_hex(4)}.part")  # the platform's retry may be late at the same time
    with rough.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    rough.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
