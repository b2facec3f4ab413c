"""A request we do not take: one clear sentence for the person, one word for the counters."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response


class Refused(Exception):
    """`sentence` is shown to the person, in their language; `reason` is counted and logged."""

    def __init__(self, status: int, reason: str, sentence: str, after: int = 0) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.sentence = sentence
        self.after = after  # seconds till another try makes sense, 0: none

    def response(self) -> Response:
        """{"error": the sentence}."""
        headers = {"Retry-After": str(self.after)} if self.after else None
        return JSONResponse({"error": self.sentence}, self.status, headers)
