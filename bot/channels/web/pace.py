"""How fast one person may write: a bucket of tokens each, in memory."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from bot.channels.web.limits import A_SECOND, BURST

MOST_BUCKETS = 10_000


class Pace:
    """`BURST` messages at once, `A_SECOND` more each second. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # who -> (tokens, when counted)

    def wait(self, who: str) -> int:
        """0 and a token taken when `who` may write now, else whole seconds to wait."""
        now = self.clock()
        tokens, counted = self._buckets.pop(who, (float(BURST), now))
        tokens = min(float(BURST), tokens + (now - counted) * A_SECOND)
        is_free = tokens >= 1
        self._buckets[who] = (tokens - 1 if is_free else tokens, now)
        if len(self._buckets) > MOST_BUCKETS:
            self._forget(now)
        return 0 if is_free else max(1, math.ceil((1 - tokens) / A_SECOND))

    def _forget(self, now: float) -> None:
        """Full buckets say nothing; were all in use, the one unused for longest goes."""
        full_after = BURST / A_SECOND
        self._buckets = {who: kept for who, kept in self._buckets.items() if now - kept[1] < full_after}
        while len(self._buckets) > MOST_BUCKETS:
            del self._buckets[next(iter(self._buckets))]
