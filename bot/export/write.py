"""One door for the three formats."""

import asyncio
import threading
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from bot.export.draft import drafted
from bot.export.table import Column, Cover, Row, Written, as_columns
from bot.export.to_csv import write_csv
from bot.export.to_jsonl import write_jsonl
from bot.export.to_xlsx import write_xlsx

Format = Literal["xlsx", "csv", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)
CHINA = ZoneInfo("Asia/Shanghai")
CHUNK = 500


def write_table(
    path: Path,
    form: Format,
    header: Sequence[Column | str],
    rows: Iterable[Row],
    *,
    zone: tzinfo = CHINA,
    title: str = "data",
    cover: Cover | None = None,
) -> Written:
    """Write the rows, which may be millions, to a file that appears only when it is complete, readable by its owner.

    zone: where the readers are; instants are given in its time. title: the sheet's name in xlsx (31 characters, none
    of []:*?/\\); cover: its other sheet. Raises OSError, TableTooLong, ValueError (row width, names) and what the rows
    raise.
    """
    columns = as_columns(header)
    with drafted(path) as draft:
        match form:
            case "xlsx":
                return write_xlsx(draft, columns, rows, zone, title, cover)
            case "csv":
                return write_csv(draft, columns, rows, zone)
            case "jsonl":
                return write_jsonl(draft, columns, rows, zone)


async def write_table_async(
    path: Path,
    form: Format,
    header: Sequence[Column | str],
    rows: AsyncIterable[Row],
    *,
    zone: tzinfo = CHINA,
    title: str = "data",
    cover: Cover | None = None,
) -> Written:
    """write_table for rows that come from an async source: they are fetched here, the file is written in a thread."""
    loop = asyncio.get_running_loop()
    source = aiter(rows)
    given_up = threading.Event()

    def fetched() -> Iterator[Row]:
        while chunk := asyncio.run_coroutine_threadsafe(_next_chunk(source), loop).result():
            if given_up.is_set():
                raise asyncio.CancelledError
            yield from chunk

    try:
        return await asyncio.to_thread(write_table, path, form, header, fetched(), zone=zone, title=title, cover=cover)
    except asyncio.CancelledError:
        given_up.set()
        raise


async def _next_chunk(source: AsyncIterator[Row]) -> list[Row]:
    """Up to CHUNK rows; an empty list at the end."""
    chunk: list[Row] = []
    async for row in source:
        chunk.append(row)
        if len(chunk) == CHUNK:
            break
    return chunk
