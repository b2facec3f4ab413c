"""Recipients a second of a broadcast, beside a bare loop; and how long people who write meanwhile wait.

Every recipient is a durable row (SQLite: synchronous=FULL, one process; PostgreSQL: four processes), the law is off and
a send does nothing. The bare loop is 30 senders in as many processes whose marks ride a group commit over the same
rows, nothing else (bare.py); on PostgreSQL it claims chunks with SKIP LOCKED. Beside it stands a loop that claims
nothing, as its rows were dealt out beforehand: faster, and no way to share work. All take turns; medians are shown.
Filling is told apart.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from bot.store import batches
from bot.store.tables import batches as batches_table
from bot.store.tables import outbox
from tests.crash.batch import PLACES, fill, opened
from tests.crash.databases import database

PATIENCE = 600.0


@dataclass
class Figures:
    """Of all rounds on one database."""

    filling: float = 0.0  # seconds
    bare: list[float] = field(default_factory=list)  # recipients a second
    dealt: list[float] = field(default_factory=list)  # the bare loop without claims
    own: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)  # seconds that answers took while a broadcast ran


class Copies:
    """Databases filled alike: copies of one."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sqlite = url.startswith("sqlite")
        self._number = 0

    @contextlib.contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a new copy."""
        self._number += 1
        if self.sqlite:
            path = Path(self.url.removeprefix("sqlite:///"))
            copy = path.with_name(f"copy-{self._number}.sqlite3")
            shutil.copy(path, copy)
            yield f"sqlite:///{copy}"
            return
        name = f"copy_{self._number}"
        asyncio.run(self._sql(f"CREATE DATABASE {name} TEMPLATE {urlsplit(self.url).path.strip('/')}"))
        yield self._named(name)
        asyncio.run(self._sql(f"DROP DATABASE {name} WITH (FORCE)"))

    def _named(self, name: str) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"

    async def _sql(self, statement: str) -> None:
        import asyncpg

        connection = await asyncpg.connect(self._named("template1"))
        await connection.execute(statement)
        await connection.close()


def bare(url: str, places: int, *, dealt: bool = False) -> float:
    """Recipients a second of the bare loop in so many processes; with `dealt` none has to claim its rows."""
    command = [sys.executable, "-m", "tests.bench.bare", url]
    parts = [[str(part), str(places), "--dealt"] if dealt else [] for part in range(places)]
    loops = [
        subprocess.Popen([*command, *part], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for part in parts
    ]
    for loop in loops:
        assert loop.stdout is not None and loop.stdout.readline() == "ready\n"
    for loop in loops:
        assert loop.stdin is not None
        loop.stdin.write("\n")
        loop.stdin.flush()
    told = [loop.communicate()[0].split() for loop in loops]
    seconds = max(float(one[1]) for one in told) - min(float(one[0]) for one in told)
    return sum(int(one[2]) for one in told) / seconds


def own(url: str, places: int, folder: Path, *, talk: bool = False) -> tuple[float, list[float]]:
    """Recipients a second of the service in so many processes; the seconds that answers took meanwhile."""
    command = [sys.executable, "-m", "tests.crash.postman", url, str(folder), *(["--talk"] if talk else [])]
    environment = {**os.environ, "YIZHAN_LOG_LEVEL": "ERROR"}
    postmen = []
    for _ in range(places):  # one after the other: the first makes what they share
        postmen.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
        assert postmen[-1].stdout is not None and postmen[-1].stdout.readline() == "ready\n"
    rate, begun, ended = asyncio.run(_broadcast(url, folder))
    waits: list[float] = []
    for postman in postmen:
        postman.terminate()
        times = json.loads(postman.communicate()[0].splitlines()[-1])
        waits += [seconds for at, seconds in times if begun <= at <= ended]
    return rate, waits


async def _broadcast(url: str, folder: Path) -> tuple[float, float, float]:
    """Let the batch run; recipients a second, from its beginning till the last mark, and these two (since 1970)."""
    async with opened(url, folder) as store:
        async with store.write() as unit:
            batch_id = await unit.value(sa.select(sa.func.max(batches_table.c.id)))
            await batches.filled(unit, batch_id)
            begun = unit.now
        until = time.monotonic() + PATIENCE
        while True:
            async with store.read() as unit:
                if await batches.state_of(unit, batch_id) == "done":
                    break
            assert time.monotonic() < until, "the batch does not end"
            await asyncio.sleep(0.2)
        async with store.read() as unit:
            wanted = sa.select(sa.func.count().label("many"), sa.func.max(outbox.c.done_at).label("last"))
            [row] = await unit.rows(wanted.where(outbox.c.batch_id == batch_id, outbox.c.state == "sent"))
        rate = float(row["many"] / (row["last"] - begun).total_seconds())
        return rate, begun.timestamp(), row["last"].timestamp()


async def _fill(url: str, folder: Path, recipients: int) -> float:
    begun = time.perf_counter()
    async with opened(url, folder) as store:
        await fill(store, recipients)
    return time.perf_counter() - begun


def measure(name: str, recipients: int, rounds: int) -> Figures:
    """All rounds on one database."""
    figures = Figures()
    with tempfile.TemporaryDirectory(prefix="yizhan-bench-") as place, database(name, Path(place)) as url:
        folder = Path(place) / "data"
        figures.filling = asyncio.run(_fill(url, folder, recipients))
        copies = Copies(url)
        places = PLACES["sqlite" if copies.sqlite else "postgresql"]
        for _ in range(rounds):
            with copies.fresh() as copy:
                figures.bare.append(bare(copy, places))
            if not copies.sqlite:
                with copies.fresh() as copy:
                    figures.dealt.append(bare(copy, places, dealt=True))
            with copies.fresh() as copy:
                figures.own.append(own(copy, places, folder)[0])
        with copies.fresh() as copy:
            figures.waits = own(copy, places, folder, talk=True)[1]
    return figures


def _line(name: str, rates: list[float]) -> None:
    rounds = ", ".join(f"{one:.0f}" for one in rates)
    print(f"  {name:<15} {statistics.median(rates):>8.0f} a second   of {rounds}")


def show(name: str, figures: Figures, recipients: int) -> None:
    """The figures of one database."""
    loop, rate = statistics.median(figures.bare), statistics.median(figures.own)
    p99 = statistics.quantiles(figures.waits, n=100)[98] * 1000
    print(f"\n{name}: {recipients} recipients, filled in {figures.filling:.1f} s; load {os.getloadavg()[0]:.1f}")
    _line("bare loop", figures.bare)
    if figures.dealt:
        _line("without claims", figures.dealt)
    _line("broadcast", figures.own)
    print(f"  against the bare loop {rate / loop:.2f}", end="")
    print(f", against the one without claims {rate / statistics.median(figures.dealt):.2f}" if figures.dealt else "")
    print(f"  {len(figures.waits)} answers to who wrote meanwhile: p99 {p99:.0f} ms", flush=True)
