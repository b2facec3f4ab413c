"""Named locks beside an SQLite file: the system gives them back the moment a process ends, however it ends.

SQLite has no locks that outlive a transaction; a lease in a table would hold up a restart till it runs out. The folder
is on the same disk as the database, where WAL demands a local file system anyway.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from urllib.parse import quote


class LockFiles:
    """Locks as files in `folder`, one a name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mine: dict[str, int] = {}  # name -> its open file

    async def start(self) -> None:
        """Make the folder; take away what processes left there that ended without a word."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for path in self.folder.iterdir():
            if (file := _take(path, os.O_RDWR)) is not None:
                path.unlink(missing_ok=True)
                os.close(file)

    async def stop(self) -> None:
        """Give all back."""
        for name in list(self._mine):
            await self.let_go(name)

    async def hold(self, name: str) -> bool:
        """Take the lock, or confirm it; False when another process has it."""
        if name not in self._mine and (file := _take(self._path(name), os.O_RDWR | os.O_CREAT)) is not None:
            self._mine[name] = file
        return name in self._mine

    async def let_go(self, name: str) -> None:
        """Give one back."""
        if (file := self._mine.pop(name, None)) is not None:
            self._path(name).unlink(missing_ok=True)
            os.close(file)

    async def held(self, names: set[str]) -> set[str]:
        """Those of the names some process holds now."""
        return {name for name in names if name in self._mine or self._is_held(name)}

    def _is_held(self, name: str) -> bool:
        if not self._path(name).exists():
            return False
        if (file := _take(self._path(name), os.O_RDWR)) is not None:
            os.close(file)
        return file is None and self._path(name).exists()

    def _path(self, name: str) -> Path:
        return self.folder / quote(name, safe="")


def _take(path: Path, how: int) -> int | None:
    """Open and lock a file; None when it is locked through another opening (even of this process), or is not there.

    What was locked counts only while it still has its name: whoever held it before takes the name away with the lock.
    """
    try:
        file = os.open(path, how | os.O_CLOEXEC, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(file).st_ino == path.stat().st_ino:
            return file
    except OSError:
        pass
    os.close(file)
    return None
