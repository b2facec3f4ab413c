"""Tables for people's own programs: xlsx, csv and JSON lines, streamed, and whole or not there at all."""

from bot.export.table import Cell, Column, Cover, Row, TableTooLong, Written
from bot.export.write import FORMATS, Format, write_table, write_table_async

__all__ = [
    "FORMATS",
    "Cell",
    "Column",
    "Cover",
    "Format",
    "Row",
    "TableTooLong",
    "Written",
    "write_table",
    "write_table_async",
]
