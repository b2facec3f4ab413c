"""Time for the fakes: a callable giving seconds since 1970. `time.time` by default, `ManualClock` in tests."""

import time
from collections.abc import Callable

Clock = Callable[[], float]


class ManualClock:
    """A clock that stands still until moved: `clock.advance(48 * 3600)`."""

    def __init__(self, start: float | None = None) -> None:
        self.now = time.time() if start is None else start

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move time on."""
        self.now += seconds
