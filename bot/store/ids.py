"""Row ids made by the application, so that rows that point at each other can be written in one bulk statement.

63 bits: 41 of milliseconds since 2024, 10 of this process, 12 of a counter; growing inside a process.
"""

from __future__ import annotations

import os
import threading
import time

_EPOCH_MS = 1_704_067_200_000
_process = int.from_bytes(os.urandom(2)) & 0x3FF
_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """A new id, greater than all this process made before."""
    global _last
    tick = (time.time_ns() // 1_000_000 - _EPOCH_MS) << 12
    with _lock:
        _last = max(_last + 1, tick)
        return ((_last >> 12) << 22) | (_process << 12) | (_last & 0xFFF)
