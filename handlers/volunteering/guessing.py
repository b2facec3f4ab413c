"""Who may ask for a certificate by its number, and how often: a number has 35 bits, and could be found by trying.

The QR code and the link carry a mark that only we can make: who has it is answered at once. A number typed in is
answered at once too, till ten of one address were of no certificate within ten minutes; after that the address is
answered every other second, the right numbers with the wrong ones, so that nothing can be told from the wait. Behind a
proxy all have one address: a reader waits some seconds there while somebody tries, and is then told to scan the code.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from time import monotonic

from bot.desk.pace import MOST_ADDRESSES, Tries
from bot.store.vault import Vault

EVERY = 2.0  # seconds from one answer to the next
LONGEST_WAIT = 10.0  # seconds; who would wait longer is not kept waiting
_PURPOSE = "certificate-mark"


def mark_of(vault: Vault, code: str) -> str:
    """What the link of a certificate carries beside its number: 64 bits."""
    return vault.mac(code, _PURPOSE)[:8].hex()


def page_of(vault: Vault, code: str) -> str:
    """The path of the page that confirms a certificate, with its mark."""
    return f"/certificates/{code}?mark={mark_of(vault, code)}"


def is_marked(vault: Vault, code: str, mark: str) -> bool:
    """True when a link is one of ours."""
    return hmac.compare_digest(mark_of(vault, code), mark if mark.isascii() else "")


class Turns:
    """The turns of those who typed a number. `clock` gives seconds that only grow; `nap` sleeps that long."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, nap: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self.clock = clock
        self.nap = nap
        self._tries = Tries(clock)
        self._next: dict[str, float] = {}

    async def taken(self, who: str) -> bool:
        """Wait for a turn of this address; False when too many wait already."""
        if not self._tries.exhausted(who):
            self._next.pop(who, None)
            return True
        now = self.clock()
        turn = max(now, self._next.get(who, now))
        if turn - now > LONGEST_WAIT:
            return False
        self._next[who] = turn + EVERY
        if len(self._next) > MOST_ADDRESSES:
            del self._next[next(iter(self._next))]
        if turn > now:
            await self.nap(turn - now)
        return True

    def wrong(self, who: str) -> None:
        """A number of no certificate was asked for."""
        self._tries.failed(who)
