"""A statement for many rows as the driver takes it: compiled once, its values made ready column by column.

SQLAlchemy does the same anew for every row it is given; of a batch's way through its transaction that was a tenth.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Ready = Callable[[Any], Any]


class Prepared:
    """An INSERT, UPDATE or DELETE without RETURNING, for rows that all have the same keys.

    Raises `ValueError` for a statement whose values are not all in the rows or in itself (defaults made in Python).
    """

    def __init__(self, statement: sa.Executable, keys: Sequence[str], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(keys))  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        if compiled.insert_prefetch or compiled.update_prefetch or compiled.effective_returning:
            raise ValueError("not all of its values are there, or it gives rows")
        self.sql = str(compiled)
        own, types = compiled.params, {name: bind.type for name, bind in compiled.binds.items()}
        names = compiled.positiontup or []
        self._ready = [(name, types[name].dialect_impl(dialect).bind_processor(dialect)) for name in names]
        self._own = {name: own[name] for name in names if name not in keys}

    def values(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """What stands for the statement's marks, row by row."""
        columns = [self._column(name, ready, rows) for name, ready in self._ready]
        return list(zip(*columns, strict=True))

    def _column(self, name: str, ready: _Ready | None, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        if name in self._own:
            value = self._own[name]
            return [ready(value) if ready is not None else value] * len(rows)
        if ready is None:
            return [row[name] for row in rows]
        first = rows[0][name]
        if all(row[name] is first for row in rows):  # the instant of a batch
            return [ready(first)] * len(rows)
        return [ready(row[name]) for row in rows]
