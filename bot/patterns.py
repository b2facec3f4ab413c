"""Regular expressions that are compiled when they are first used. What people may mean is read with hundreds of them;
compiled at import they were an eighth of a start, and most runs never use most of them."""

from __future__ import annotations

import re
from typing import Any, cast


class Late:
    """Stands for a compiled pattern; what is asked of it once is at hand from then on, at no cost."""

    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags
        self._compiled: re.Pattern[str] | None = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what copies or pickles asks after; no pattern has it
            raise AttributeError(name)
        if self._compiled is None:
            self._compiled = re.compile(self._source, self._flags)
        found = getattr(self._compiled, name)
        setattr(self, name, found)
        return found


def pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Like `re.compile`, but later; a slip in the source is an error of the first use. What it stands for is another
    object: a match's `re` is not it, but has its `pattern`."""
    return cast("re.Pattern[str]", Late(source, flags))
