"""A reader cancelled while its connection is being opened leaves no thread behind that answers a closed loop."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from bot.store.engine import make_engines


def test_nobody_answers_a_loop_that_is_gone(tmp_path: Path) -> None:
    failed: list[BaseException | None] = []
    before, threading.excepthook = threading.excepthook, lambda args: failed.append(args.exc_value)

    async def look_and_leave(steps: int) -> None:
        writer, reader = make_engines(f"sqlite:///{tmp_path}/y.sqlite3")

        async def look() -> None:
            async with reader.connect():
                await asyncio.sleep(3600)

        task = asyncio.create_task(look())
        for _step in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await reader.dispose()
        await writer.dispose()

    try:
        for steps in range(1, 12):
            asyncio.run(look_and_leave(steps))
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and "connection_worker" in repr(getattr(thread, "_target", "")):
                thread.join(2)
    finally:
        threading.excepthook = before
    assert failed == []
