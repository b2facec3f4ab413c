"""A file that is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def drafted(target: Path) -> Iterator[Path]:
    """A private draft (mode 0600) beside the target; it takes the target's place when the block ends well.

    On any failure or interruption the draft goes and the target stays as it was. Raises OSError, also when the
    target is a folder or a device.
    """
    target = target.resolve()
    if target.exists() and not target.is_file():
        raise FileExistsError(f"{target} is not a file")
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        _flush(draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """A full disk or a crash must not leave a named but empty file."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
