"""Leadership: of all processes on one database, one at a time does a named thing; and who of them is still there.

On PostgreSQL by session advisory locks, beside an SQLite file by locks of the system: both end with the process, so
another takes over within seconds, and no clock is asked.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bot.store.lockfiles import LockFiles
from bot.store.session import SessionLocks

if TYPE_CHECKING:
    from bot.store.store import Store

POLLING = "telegram-poll"  # long polling: a second poller would be refused by the platform
CHORES = "chores"  # what comes round, once for all processes


def sending(channel: str) -> str:
    """Sending what is unasked through a channel with a rate law: its turns are counted in one process."""
    return f"send-{channel}"


class Locks(Protocol):
    """Named locks that end with the process."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def hold(self, name: str) -> bool: ...

    async def let_go(self, name: str) -> None: ...

    async def held(self, names: set[str]) -> set[str]: ...


class Leadership:
    """One process's part in it. `who` is its name, unlike any other's."""

    def __init__(self, locks: Locks, who: str) -> None:
        self.locks = locks
        self.who = who
        self.asked: set[str] = set()  # what this process would do
        self.leading: set[str] = set()

    async def start(self) -> None:
        """Be there for the others; raises what the database says."""
        await self.locks.start()
        await self.be_here()

    async def be_here(self) -> None:
        """Hold the lock that says this process is there."""
        await self.locks.hold(_process(self.who))

    async def stop(self) -> None:
        """Give everything back: another may lead at once."""
        self.leading.clear()
        await self.locks.stop()

    async def leads(self, what: str) -> bool:
        """True when this process does the thing now: it took it, or has it still. Costs nothing while it has it, one
        small question when it has not: ask every few seconds."""
        self.asked.add(what)
        leads = await self.locks.hold(f"leader:{what}")
        (self.leading.add if leads else self.leading.discard)(what)
        return leads

    async def give_up(self, what: str) -> None:
        """Let another do it."""
        self.leading.discard(what)
        await self.locks.let_go(f"leader:{what}")

    async def gone(self, names: Collection[str]) -> set[str]:
        """Those of these processes that are certainly not there any more; none when that can't be told."""
        others = {_process(name): name for name in names if name != self.who}
        if not others:
            return set()
        try:
            held = await self.locks.held(set(others))
        except ConnectionError:
            return set()
        return {name for lock, name in others.items() if lock not in held}


def _process(name: str) -> str:
    return f"process:{name}"


def make_leadership(store: Store, who: str) -> Leadership:
    """The kind that suits the store."""
    if store.session is None:
        path = Path(store.writer.url.database or "")
        return Leadership(LockFiles(path.with_name(f"{path.name}.locks")), who)
    leadership = Leadership(SessionLocks(store.session), who)
    store.session.upkeep.append(leadership.be_here)
    return leadership
