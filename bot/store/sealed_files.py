"""Large files kept for a while, sealed piece by piece: written and read in flat memory, whatever their size."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from bot.store.vault import CannotOpen, Vault

PIECE = 1024 * 1024  # bytes in the clear
_LENGTH = struct.Struct(">I")


class SealedFiles:
    """A folder under DATA_DIR with one sealed file a row. `what` names the rows, in the associated data."""

    def __init__(self, data_dir: Path, what: str) -> None:
        self.folder = data_dir / what
        self.what = what

    def path(self, row_id: int) -> Path:
        """Where the file of a row lies."""
        return self.folder / f"{row_id}.sealed"

    def write(self, vault: Vault, row_id: int, source: Path) -> Path:
        """Seal a file and flush it to disk; it lies aside till `place` puts it into its place. Raises OSError."""
        rough = self.path(row_id).with_suffix(f".{token_hex(4)}.part")
        try:
            with source.open("rb") as plain, rough.open("wb") as file:
                for number, (piece, last) in enumerate(_pieces(plain.read(PIECE), plain)):
                    sealed = vault.seal(piece, self._aad(row_id, number, last))
                    file.write(_LENGTH.pack(len(sealed)) + sealed)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            rough.unlink(missing_ok=True)
            raise
        return rough

    def place(self, row_id: int, rough: Path) -> None:
        """What `write` gave is the row's file from now on."""
        rough.replace(self.path(row_id))

    def read(self, vault: Vault, row_id: int) -> Iterator[bytes]:
        """The content, piece by piece. Raises FileNotFoundError, `CannotOpen` (also for a file that was cut off)."""
        with self.path(row_id).open("rb") as file:
            number, sealed = 0, _next(file)
            while sealed is not None:
                following = _next(file)
                yield vault.open(sealed, self._aad(row_id, number, following is None))
                number, sealed = number + 1, following
            if number == 0:
                raise CannotOpen

    def erase(self, *row_ids: int) -> None:
        """Remove files, those that are there."""
        for row_id in row_ids:
            self.path(row_id).unlink(missing_ok=True)

    def there(self) -> list[int]:
        """The rows that have a file; unfinished ones are none."""
        return [int(path.stem) for path in self.folder.glob("*.sealed") if path.stem.isdecimal()]

    def make(self) -> None:
        """Make the folder, for nobody else to look into."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(OSError):
            self.folder.chmod(0o700)

    def _aad(self, row_id: int, number: int, last: bool) -> bytes:
        return f"{self.what}:{row_id}:{number}:{'last' if last else 'more'}".encode()


def _pieces(piece: bytes, plain: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """(piece, whether it is the last); at least one."""
    while True:
        following = plain.read(PIECE)
        yield piece, not following
        if not following:
            return
        piece = following


def _next(file: BinaryIO) -> bytes | None:
    head = file.read(_LENGTH.size)
    if not head:
        return None
    size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
    sealed: bytes = file.read(size)
    if not size or len(sealed) < size:
        raise CannotOpen
    return sealed
