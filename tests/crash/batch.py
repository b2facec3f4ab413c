"""A batch whose senders are killed on the way: nobody may be lost, and nobody told twice but who was in flight.

    python -m tests.crash.batch [--recipients 100000] [--kills 10] [--database sqlite|postgres|URL] [--seed 1]

On SQLite one process sends, on PostgreSQL four. Each send is told to this process, which survives the kills. Without
--database it runs on both. Exits 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.crew import SENDERS
from bot.settings import Settings
from bot.store import batches, migrate
from bot.store.store import Store
from bot.store.tables import outbox
from tests.bulk_support import WORDS, meet
from tests.crash.databases import database
from tests.crash.postman import CHANNEL

PAGE = 1000
PATIENCE = 300.0  # seconds the whole may take without anything being sent
PLACES = {"sqlite": 1, "postgresql": 4}  # processes that send


@dataclass(frozen=True)
class Plan:
    """How many people, how many kills."""

    recipients: int = 100_000
    kills: int = 10
    seed: int = 1


@dataclass
class Report:
    """Figures, and every violation in words."""

    table: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


async def fill(store: Store, recipients: int) -> tuple[int, dict[int, str]]:
    """A batch for so many people, not running yet: its id, and identity -> address."""
    addresses: dict[int, str] = {}
    async with store.write() as unit:
        batch_id = batches.create(unit, WORDS)
    for start in range(0, recipients, PAGE):
        async with store.write() as unit:
            numbers = range(start, min(start + PAGE, recipients))
            page = {str(number): meet(unit, str(number), channel=CHANNEL) for number in numbers}
            await batches.add(unit, batch_id, list(page.values()), start)
        addresses |= {one.identity_id: address for address, one in page.items()}
    return batch_id, addresses


@contextlib.asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncIterator[Store]:
    """The store, migrated."""
    store = Store(Settings(_env_file=None, data_dir=folder, database_url=url))
    await migrate.upgrade(store.writer)
    await store.open()
    yield store
    await store.close()


class Run:
    """One run on one database."""

    def __init__(self, plan: Plan, url: str, folder: Path) -> None:
        self.plan, self.url, self.folder = plan, url, folder
        self.luck = random.Random(plan.seed)
        self.told: Counter[str] = Counter()  # address -> how often it was sent to
        self.in_flight: Counter[str] = Counter()  # address -> at how many kills
        self.most_in_flight = 0
        self.report = Report()
        self._postmen: list[subprocess.Popen[bytes]] = []

    async def whole(self) -> Report:
        """All of it."""
        socket = str(self.folder / "told.sock")
        server = await asyncio.start_unix_server(self._hear, socket)
        async with opened(self.url, self.folder / "data") as self.store:
            begun = time.monotonic()
            self.batch, self.addresses = await fill(self.store, self.plan.recipients)
            self.report.table["seconds to fill"] = round(time.monotonic() - begun, 1)
            async with self.store.write() as unit:
                await batches.filled(unit, self.batch)
            begun = time.monotonic()
            places = PLACES["sqlite" if self.store.sqlite else "postgresql"]
            try:
                self._postmen = [self._start(socket) for _ in range(places)]
                await self._kill_them(socket)
                await self._until(lambda: len(self.told) >= self.plan.recipients)
                await self._done()
            finally:
                for postman in self._postmen:
                    postman.terminate()
                    await asyncio.to_thread(postman.wait)
            self.report.table["seconds to send"] = round(time.monotonic() - begun, 1)
            await self._audit()
        server.close()
        return self.report

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while (line := await reader.readline()).endswith(b"\n"):
                self.told[line.decode().strip()] += 1
                writer.write(line)
        writer.close()

    def _start(self, socket: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.crash.postman", self.url, str(self.folder / "data"), socket]
        with (self.folder / "postmen.log").open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    async def _until(self, condition: Any) -> None:
        seen, since = -1, time.monotonic()
        while not condition():
            if self.told.total() > seen:
                seen, since = self.told.total(), time.monotonic()
            assert time.monotonic() - since < PATIENCE, f"nothing is sent any more, see {self.folder}/postmen.log"
            await asyncio.sleep(0.005)

    async def _kill_them(self, socket: str) -> None:
        """Kills spread over the whole, at random."""
        share = self.plan.recipients / self.plan.kills
        for number in range(self.plan.kills):
            moment = int((number + self.luck.uniform(0.05, 0.9)) * share)
            await self._until(lambda moment=moment: len(self.told) >= moment)
            which = self.luck.randrange(len(self._postmen))
            victim = self._postmen[which]
            victim.kill()
            victim.wait()
            await asyncio.sleep(0.05)  # what it still told us is heard
            await self._note_in_flight(victim.pid)
            self._postmen[which] = self._start(socket)

    async def _note_in_flight(self, pid: int) -> None:
        """Rows the dead process had claimed, sent, and not marked."""
        own = sa.and_(outbox.c.claimed_by.startswith(f"{pid}-"), outbox.c.state == batches.QUEUED)
        async with self.store.read() as unit:
            through = (await unit.execute(sa.select(outbox.c.identity_id).where(own))).scalars().all()
        begun = [self.addresses[one] for one in through if self.told[self.addresses[one]]]
        self.in_flight.update(begun)
        self.most_in_flight = max(self.most_in_flight, len(begun))

    async def _done(self) -> None:
        async def ended() -> bool:
            async with self.store.read() as unit:
                return await batches.state_of(unit, self.batch) == "done"

        until = time.monotonic() + PATIENCE
        while not await ended():
            assert time.monotonic() < until, "the batch does not end"
            await asyncio.sleep(0.1)

    async def _audit(self) -> None:
        """Who heard it, and how often, against what is stored."""
        async with self.store.read() as unit:
            states = (await batches.progress(unit, self.batch))[CHANNEL]
        repeated = +Counter({who: many - 1 for who, many in self.told.items()})
        lost = set(self.addresses.values()) - self.told.keys()
        self.report.table |= {
            "recipients": self.plan.recipients,
            "kills": self.plan.kills,
            "rows by state": states,
            "sends": self.told.total(),
            "lost": len(lost),
            "in flight at the kills": f"{self.in_flight.total()}, at most {self.most_in_flight} at one",
            "told twice": repeated.total(),
        }
        for holds, otherwise in (
            (not lost, f"{len(lost)} were not told"),
            (states == {"sent": self.plan.recipients}, f"rows: {states}"),
            (not repeated - self.in_flight, f"told twice though not in flight: {(repeated - self.in_flight).total()}"),
            (self.most_in_flight <= SENDERS, f"{self.most_in_flight} in flight at one kill"),
        ):
            if not holds:
                self.report.wrong.append(otherwise)


def main() -> int:
    """Read the arguments, run, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default=None, help="sqlite, postgres or the URL of an empty database")
    chosen = parser.parse_args()
    import uvloop

    plan = Plan(chosen.recipients, chosen.kills, chosen.seed)
    wrong = 0
    for name in [chosen.database] if chosen.database else ["sqlite", "postgres"]:
        with tempfile.TemporaryDirectory(prefix="yizhan-batch-") as folder, database(name, Path(folder)) as url:
            report = uvloop.run(Run(plan, url, Path(folder)).whole())
        print(f"\n{name}")
        for label, value in report.table.items():
            print(f"  {label:<42} {value}")
        for line in report.wrong:
            print(f"  WRONG: {line}")
        print("  nobody lost, nobody told twice but who was in flight" if not report.wrong else "", flush=True)
        wrong += len(report.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
