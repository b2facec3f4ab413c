"""Exports of 100,000 cases: seconds, and the most memory the process had resident; each in a process of its own.

python -m tests.bench exports [--exports 100000] [--database sqlite|postgres|URL]
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.app import Service
from bot.cli import main as cli
from bot.i18n import speaking
from bot.settings import Settings
from bot.store.tables import people
from handlers.complaints.exporting import jobs
from handlers.complaints.exporting.worker import Exporter
from tests.bench.cases import fill
from tests.crash.databases import database

MOST_SECONDS, MOST_MB = 60, 300
SELF = [sys.executable, "-m", "tests.bench.exports"]
KINDS = {
    "xlsx, for work": ("--format", "xlsx", "--out", "work.xlsx"),
    "xlsx, to hand on": ("--format", "xlsx", "--profile", "forwardable", "--out", "forward.xlsx"),
    "zip with manifest": ("--format", "xlsx", "--manifest", "--out", "package.zip"),
    "csv": ("--format", "csv", "--out", "work.csv"),
    "jsonl": ("--format", "jsonl", "--out", "work.jsonl"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What one export took: seconds, of the clock and of the processor, MiB resident at most, MiB written."""

    seconds: float
    cpu: float
    resident: float
    written: float


async def run(count: int, where: str) -> None:
    """Fill, export in every way, print."""
    with tempfile.TemporaryDirectory() as name, database(where, Path(name)) as url:
        folder = Path(name)
        settings = Settings(_env_file=None, data_dir=folder / "data", database_url=url)
        async with Service(settings, only={"terminal"}).running(courier=False) as service:
            await fill(service.store, count)
        environment = {**os.environ, "YIZHAN_DATA_DIR": str(folder / "data"), "YIZHAN_DATABASE_URL": url}
        for said, given in KINDS.items():
            command = [*SELF, "export", "complaints", *given[:-1], str(folder / given[-1])]
            _show(where, count, said, await asyncio.to_thread(_measured, command, environment, folder / given[-1]))
        sealed = folder / "data" / "exports"
        taken = await asyncio.to_thread(_measured, SELF, environment, sealed)
        _show(where, count, "background, to hand on", taken)


def _show(where: str, count: int, said: str, taken: Taken) -> None:
    fits = taken.seconds < MOST_SECONDS and taken.resident < MOST_MB
    figures = f"{taken.seconds:6.1f} s ({taken.cpu:.1f} s at work) {taken.resident:6.0f} MiB resident"
    print(
        f"{where:10} {count} {said:24} {figures} {taken.written:6.1f} MiB written {'' if fits else 'TOO MUCH'}",
        flush=True,
    )


def _measured(command: list[str], environment: Mapping[str, str], out: Path) -> Taken:
    begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    seconds, resident = time.perf_counter() - begun, float(done.stdout.split()[-1])
    files = [out] if out.is_file() else list(out.iterdir())
    size = sum(one.stat().st_size for one in files) / 2**20
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Taken(seconds, cpu, resident, size)


async def in_background() -> None:
    """One export as a running service makes it, in the store the environment names."""
    settings = Settings(_env_file=None)
    async with Service(settings, only={"terminal"}).running(courier=False) as service:
        async with service.store.write() as unit:
            person = await unit.value(people.select().with_only_columns(people.c.id).limit(1))
            with speaking("zh_CN"):
                await jobs.ask(unit, person, query="status=all", profile="forwardable", form="xlsx")
        exporter: Exporter = service.registry.resources[Exporter]
        while await exporter.turn(service.store):
            pass


def main() -> None:
    """The command line, or one export in the background; then the most MiB that were resident."""
    if len(sys.argv) > 1:
        with contextlib.suppress(SystemExit):
            cli()
    else:
        asyncio.run(in_background())
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) / 1024)


if __name__ == "__main__":
    main()
