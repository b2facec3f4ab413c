"""Makes the exports that were asked for: one at a time in a process, each by one process of all."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from bot.export import TableTooLong
from bot.i18n import _, speaking
from bot.log import get_logger
from bot.settings import Settings
from bot.store.sealed_files import SealedFiles
from bot.store.store import Store
from handlers.complaints.export import Export
from handlers.complaints.exporting import by_url, jobs
from handlers.complaints.exporting.jobs import Job
from handlers.staff import service as staff

log = get_logger()

FOLDER = "exports"
LOOK_EVERY = 2.0  # seconds between looks for what was asked for
NOTED_EVERY = 1.0  # seconds between two notes of how far it has come
TIDIED_EVERY = 600.0  # seconds
WORK = "work-"


class LostClaim(Exception):
    """Another process is at work on it, or its owner took it back."""


class Exporter:
    """The worker of one process. `files` are the finished ones, sealed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.files = SealedFiles(settings.data_dir, FOLDER)
        self.name = token_hex(8)

    async def turn(self, store: Store) -> int:
        """Make one export, if there is one to make; gives whether there was."""
        async with store.read() as unit:
            if not await jobs.is_work(unit):
                return 0
        async with store.write() as unit:
            job = await jobs.claim(unit, self.name)
        if job is None:
            return 1  # given up, or another was faster: look again
        try:
            with speaking(job.language):
                await self._make(store, job)
        except LostClaim:
            log.info("export taken back", export=job.id)
        except asyncio.CancelledError:
            async with store.write() as unit:
                await jobs.give_back(unit, job, self.name)
            raise
        except TableTooLong:  # it would not fit the next time either
            async with store.write() as unit:
                await jobs.note(unit, job, self.name, state="failed", claimed_by=None)
        return 1

    async def _make(self, store: Store, job: Job) -> None:
        await asyncio.to_thread(self.files.make)
        await asyncio.to_thread(self._clear, job.id)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=f"{WORK}{job.id}-", dir=self.files.folder))
        try:
            package = folder / "export.zip"
            await self._write(store, job, package)
            size, digest = await asyncio.to_thread(_measured, package)
            sealed = await asyncio.to_thread(self.files.write, store.vault, job.id, package)
            await self._offer(store, job, sealed, size, digest)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _offer(self, store: Store, job: Job, sealed: Path, size: int, digest: str) -> None:
        """In its place before the commit says so; a process that lost its claim touches nothing of the other's."""
        try:
            async with store.write() as unit:
                if not await jobs.finish(unit, job, self.name, size=size, sha256=digest):
                    raise LostClaim
                self.files.place(job.id, sealed)
        finally:
            await asyncio.to_thread(sealed.unlink, missing_ok=True)

    async def _write(self, store: Store, job: Job, path: Path) -> None:
        from handlers.complaints.exporting.files import open_setting, write_archive

        setting = open_setting(self.settings)
        async with store.read() as unit:
            chosen, said = by_url.choose(unit, setting, by_url.filters_of(job.query), job.actor)
            name = await staff.name_of(unit, job.actor)
        made_by = name if job.profile == "working" else _("an officer of the union")
        wanted = Export(
            chosen=chosen,
            said=said,
            made_by=made_by,
            actor=job.actor,
            profile=job.profile,
            form=job.format,
            cover_first=True,
        )
        await write_archive(store, setting, wanted, path, advance=self._noting(store, job))

    def _noting(self, store: Store, job: Job) -> Callable[[int, int], Awaitable[None]]:
        noted = 0.0

        async def note(done: int, total: int) -> None:
            nonlocal noted
            now = asyncio.get_running_loop().time()
            if now - noted < NOTED_EVERY:
                return
            noted = now
            async with store.write() as unit:
                if not await jobs.note(unit, job, self.name, done=done, total=total):
                    raise LostClaim

        return note

    async def tidy(self, store: Store) -> int:
        """Remove the files of offers whose day is over, and what a process that was killed left behind; gives how
        many."""
        async with store.write() as unit:
            await jobs.expire(unit)
        there = await asyncio.to_thread(self.files.there)
        async with store.read() as unit:
            over = await jobs.without_file(unit, there)
            busy = await jobs.at_work(unit)
        self.files.erase(*over)
        await asyncio.to_thread(self._sweep, store.clock(), busy)
        return len(over)

    def _sweep(self, now: datetime, busy: set[int]) -> None:
        """Folders hold an export in the clear: they go as soon as nobody is at work on it."""
        for folder in self.files.folder.glob(f"{WORK}*-*"):
            number = folder.name.removeprefix(WORK).partition("-")[0]
            if not (number.isdecimal() and int(number) in busy):
                shutil.rmtree(folder, ignore_errors=True)
        limit = now.timestamp() - jobs.OFFERED.total_seconds()
        for left in self.files.folder.glob("*.part"):
            if left.stat().st_mtime < limit:
                left.unlink(missing_ok=True)

    def _clear(self, job_id: int) -> None:
        """What a process left that was killed over this export, which is ours now."""
        for folder in self.files.folder.glob(f"{WORK}{job_id}-*"):
            shutil.rmtree(folder, ignore_errors=True)


def _measured(path: Path) -> tuple[int, str]:
    """(bytes, SHA-256)."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
