"""How many wrong links one address may try: a handful in ten minutes, counted in memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from time import monotonic

MOST = 10  # wrong tries ...
WITHIN = 600.0  # ... in so many seconds
MOST_ADDRESSES = 10_000


class Tries:
    """Counts failures by address. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._failed: dict[str, deque[float]] = {}

    def exhausted(self, who: str) -> bool:
        """True when this address has to wait."""
        failed = self._failed.get(who, deque())
        while failed and failed[0] <= self.clock() - WITHIN:
            failed.popleft()
        return len(failed) >= MOST

    def failed(self, who: str) -> None:
        """Count one; of too many addresses the one that came first is forgotten."""
        self._failed.setdefault(who, deque(maxlen=MOST)).append(self.clock())
        if len(self._failed) > MOST_ADDRESSES:
            del self._failed[next(iter(self._failed))]
