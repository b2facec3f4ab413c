"""Events to other systems: one signed POST each. Not a way for people to write to us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson

from bot.channels.base import SENT, Outcome, Payload, Quiet
from bot.store import webhooks

if TYPE_CHECKING:
    import httpx

    from bot.app import Service

PATIENCE = 10.0  # seconds for each step
LONGEST = 20.0  # seconds for all of it: one who answers a byte at a time keeps nobody waiting
GONE = 410  # the other side wants no more of this


class Webhooks(Quiet):
    """Sends what the store's `emit` promised. Anything but a 2xx is tried again, a timeout too: the event's id, the
    same each time, lets the other side tell a repetition."""

    name = webhooks.CHANNEL
    pushes = False

    def __init__(self, service: Service) -> None:
        self.store = service.store
        self._client: httpx.AsyncClient | None = None

    async def send(self, address: str, payload: Payload) -> Outcome:
        """POST one event; never raises for what the other side or the network does."""
        import httpx

        async with self.store.read() as unit:
            target = await webhooks.target(unit, int(payload["webhook"]))
        if target is None:
            return Outcome("refused", "webhook ended")
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False)
        body = orjson.dumps(payload["body"])
        stamp = int(self.store.clock().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": "Yizhan",
            "webhook-id": payload["event"],
            "webhook-timestamp": str(stamp),
            "webhook-signature": webhooks.signature(target.secret, payload["event"], stamp, body),
        }
        try:
            async with (
                asyncio.timeout(LONGEST),
                self._client.stream("POST", target.url, content=body, headers=headers) as answer,
            ):
                return _outcome(answer.status_code)  # what they say beside it is not read: it could be without an end
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            return Outcome("retry", type(error).__name__)

    async def stop(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return SENT
    return Outcome("refused" if status == GONE else "retry", f"answered {status}")
