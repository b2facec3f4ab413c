"""Reading the content in a process of its own: what it takes to parse 300 files and to build the indexes (20 MB) is
given back with that process, and a service that runs for months keeps only the outcome.

The other process is this module, run with the content folder; it writes the reading to its standard output, pickled:
nobody but our own child writes there.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from threading import Timer

from bot.log import get_logger
from handlers.policy.library import Reading

LONGEST = 60.0  # seconds


def read_apart(content_dir: Path) -> Reading | None:
    """The content, read and indexed; None when that can't be done apart, and is done here instead."""
    command = [sys.executable, "-m", __name__, str(content_dir)]
    try:
        # what goes wrong there is said here, in one line; its own words would stand in the service's log
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:  # noqa: S603 (ours)
            watch = Timer(LONGEST, child.kill)
            watch.start()
            try:
                assert child.stdout is not None
                reading = pickle.load(child.stdout)  # noqa: S301
            finally:
                watch.cancel()
                child.kill()
    except (OSError, pickle.UnpicklingError, EOFError) as error:
        get_logger().warning("content_read_here", error=type(error).__name__)
        return None
    return reading if isinstance(reading, Reading) else None


def main(content_dir: str) -> None:
    """What the other process does."""
    from handlers.policy.service import open_answers

    library = open_answers(Path(content_dir)).library
    _indexes = library.shelf.ranking, library.shelf.by_id  # made now, so that they travel
    reading = Reading(library.seen, library.shelf, library.findings)
    sys.stdout.buffer.write(pickle.dumps(reading, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    main(sys.argv[1])
