"""Faults on demand: `faults.add("sendMessage", kind="drop", times=2)`.

Kinds: `answer` (the given response instead of the real one), `drop` (connection cut), `hang` (no answer), `half` (half
a body, then cut). With `done=True` the platform does the work all the same and only its answer is lost: the outcome the
caller cannot know. `half` needs an answer to cut, so it always does the work.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from starlette.responses import Response

from tests.fakes.server import Dropped, HalfBody, Hanging

Kind = Literal["answer", "drop", "hang", "half"]


@dataclass
class Fault:
    """What goes wrong, where, and how many times more."""

    where: str
    kind: Kind
    times: int = 1
    done: bool = False
    answer: Response | None = None
    only: Callable[[Mapping[str, Any]], bool] | None = None

    def response(self, real: Response | None) -> Response:
        """What goes over the wire instead of `real` (None when the work was not done)."""
        if self.kind == "half":
            assert real is not None
            return HalfBody(bytes(real.body), real.status_code, media_type=real.media_type)
        if self.kind == "answer":
            assert self.answer is not None
            return self.answer
        return Dropped() if self.kind == "drop" else Hanging()


class Faults:
    """The faults that wait to happen, first added first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Arm a fault; `fault.times` tells how often it will still strike."""
        fault.done = fault.done or fault.kind == "half"
        self.waiting.append(fault)
        return fault

    def take(self, where: str, params: Mapping[str, Any]) -> Fault | None:
        """The fault that strikes this call, counted down, or None. `where` "*" strikes any call."""
        for fault in self.waiting:
            if fault.where not in (where, "*") or (fault.only and not fault.only(params)):
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
            return fault
        return None

    def clear(self) -> None:
        """All is well again."""
        self.waiting.clear()
