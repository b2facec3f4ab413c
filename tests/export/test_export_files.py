"""An export is there whole or not at all, is private, and takes no more memory for more rows."""

import asyncio
import os
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.export import FORMATS, Row, write_table, write_table_async


class PulledError(Exception):
    pass


def names(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def broken_after(count: int, error: BaseException) -> Iterator[Row]:
    for number in range(count):
        yield (number,)
    raise error


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("error", [PulledError(), KeyboardInterrupt()])
def test_an_interrupted_export_leaves_what_was_there(form: str, error: BaseException, tmp_path: Path) -> None:
    path = tmp_path / "cases.out"
    path.write_text("the last good one")
    with pytest.raises(type(error)):
        write_table(path, form, ["n"], broken_after(5000, error))
    assert path.read_text() == "the last good one"
    assert names(tmp_path) == ["cases.out"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_row_of_another_width_is_refused(form: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells"):
        write_table(tmp_path / "t", form, ["a", "b"], [(1, 2), (3,)])
    assert names(tmp_path) == []


def test_an_export_is_for_its_owner_only_and_replaces_the_old(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    write_table(path, "csv", ["a"], [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["t.csv"]


def test_a_link_is_followed_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_table(tmp_path / "link.csv", "csv", ["a"], [])
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"\xef\xbb\xbfa\r\n"


def test_folders_devices_and_missing_folders_are_refused(tmp_path: Path) -> None:
    for bad in (tmp_path, Path(os.devnull), tmp_path / "no" / "t.csv"):
        with pytest.raises(OSError, match=r"not a file|No such file"):
            write_table(bad, "csv", ["a"], [])
    assert Path(os.devnull).is_char_device()


async def numbers(count: int) -> AsyncIterator[Row]:
    for number in range(count):
        if number % 100 == 0:
            await asyncio.sleep(0)
        yield (number,)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("count", [0, 499, 500, 1203])
async def test_rows_from_an_async_source(form: str, count: int, tmp_path: Path) -> None:
    written = await write_table_async(tmp_path / "t", form, ["n"], numbers(count))
    assert written.rows == count
    if form == "csv":
        assert (tmp_path / "t").read_bytes().decode("utf-8-sig").split() == ["n", *map(str, range(count))]


async def test_an_async_source_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async def failing() -> AsyncIterator[Row]:
        yield (1,)
        raise PulledError

    with pytest.raises(PulledError):
        await write_table_async(tmp_path / "t", "xlsx", ["n"], failing())
    assert names(tmp_path) == []


def test_an_async_export_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    async def cancel_in_the_middle() -> None:
        reached, go_on = asyncio.Event(), asyncio.Event()

        async def rows() -> AsyncIterator[Row]:
            for number in range(700):
                if number == 600:
                    reached.set()
                    await go_on.wait()
                yield (number,)

        export = asyncio.create_task(write_table_async(tmp_path / "t", "csv", ["n"], rows()))
        await reached.wait()
        export.cancel()
        with pytest.raises(asyncio.CancelledError):
            await export
        go_on.set()

    asyncio.run(cancel_in_the_middle())  # ends only when the writing thread has ended
    assert names(tmp_path) == []


MEASURE = """
import resource, sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from bot.export import write_table

def rows(count):
    for n in range(count):
        story = "下暴雨扣了钱" * 50 + str(n)
        yield (f"YZ-{n:08d}", datetime(2026, 1, 1, tzinfo=UTC), date(2026, 3, 5), Decimal("200.5"), story, n, True)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

path = Path(sys.argv[2])
header = list("abcdefg")
write_table(path, sys.argv[1], header, rows(2_000))
before = peak()
write_table(path, sys.argv[1], header, rows(100_000))
print(peak() - before)
"""


@pytest.mark.parametrize("form", FORMATS)
def test_a_hundred_thousand_rows_take_no_more_memory(form: str, tmp_path: Path) -> None:
    started = time.perf_counter()
    command = [sys.executable, "-c", MEASURE, form, str(tmp_path / "t")]
    growth = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert growth < 8, f"{growth:.1f} MiB more at the peak"
    assert time.perf_counter() - started < 60
