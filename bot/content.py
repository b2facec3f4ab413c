"""What a look through the operator's content turns up, whichever capability looked."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to repair in a content file; `line` counts from 1, 0 when no line can be named."""

    path: str
    line: int
    severity: Literal["error", "warning"]
    message: str
