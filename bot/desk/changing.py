"""One change at the desk: through the capability's gate, in one transaction, then back to the page it belongs to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from bot.desk.section import Handler

if TYPE_CHECKING:
    from starlette.responses import Response

    from bot.desk.members import Member
    from bot.desk.visit import Visit
    from bot.site import Site
    from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Work:
    """A change under way: the request and its transaction. A capability adds what its gate gave."""

    visit: Visit
    unit: Unit

    @property
    def member(self) -> Member:
        """Who does it."""
        return self.visit.member

    @property
    def site(self) -> Site:
        """Who runs the service."""
        return self.visit.desk.site


W = TypeVar("W", bound=Work)
Do = Callable[[W], Awaitable[str | None]]


def changing(enter: Callable[[Visit, Unit], Awaitable[W]], back: str, said: str) -> Callable[[Do[W]], Handler]:
    """Makes a handler of what does one change. `enter` passes the gate; `back` is the page afterwards, with what the
    path holds in braces; it shows the sentence `said`, or the one the change gives."""

    def wrap(do: Do[W]) -> Handler:
        async def handler(visit: Visit) -> Response:
            async with visit.store.write() as unit:
                result = await do(await enter(visit, unit))
            return visit.done(back.format(**visit.request.path_params), result or said)

        return handler

    return wrap
