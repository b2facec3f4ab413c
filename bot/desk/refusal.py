"""A request the desk does not grant: a status and one plain sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any

from bot.desk.section import Handler
from bot.i18n import _

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.desk.visit import Visit


class Refused(Exception):
    """`sentence` is shown to the member, in their language."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


Refusals = Mapping[type[Exception], tuple[int, str] | Callable[[Any], Refused]]


def telling(refusals: Refusals) -> Callable[[Handler], Handler]:
    """Makes what a capability refuses a page: exception -> (status, msgid of the sentence), or what says both of it.
    The first that fits counts."""

    def told(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(visit: Visit) -> Response:
            try:
                return await handler(visit)
            except tuple(refusals) as error:
                said = next(said for kind, said in refusals.items() if isinstance(error, kind))
                raise (Refused(said[0], _(said[1])) if isinstance(said, tuple) else said(error)) from None

        return guarded

    return told
