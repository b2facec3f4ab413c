"""One statement after the other on a connection to PostgreSQL of its own, each its own transaction, through the driver
itself: what is said thousands of times costs an eighth of what it does through SQLAlchemy and its pool."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.asyncpg import dialect

if TYPE_CHECKING:
    from asyncpg import Connection

Spelled = tuple[str, Mapping[str, Any], tuple[str, ...]]  # SQL, values of its own, the order of its parameters


class Direct:
    """The connection; made when it is first needed, and again after a failure. Values reach the driver as they are."""

    def __init__(self, connect: Callable[[], Awaitable[Any]]) -> None:
        self._connect = connect
        self._connection: Connection[Any] | None = None
        self._spelled: dict[sa.Executable, Spelled] = {}
        self._turn = asyncio.Lock()

    async def execute(self, statement: sa.Executable, values: Mapping[str, Any]) -> None:
        """Durable when this returns. Whatever is raised, what became of it is not known."""
        sql, own, order = self._spelled.get(statement) or self._spell(statement)
        given = {**own, **values}
        async with self._turn:
            try:
                if self._connection is None:
                    self._connection = await self._connect()
                await self._connection.execute(sql, *(given[name] for name in order))
            except BaseException:
                self._drop()
                raise

    def _spell(self, statement: sa.Executable) -> Spelled:
        compiled: Any = statement.compile(dialect=dialect())  # type: ignore[attr-defined, no-untyped-call]
        self._spelled[statement] = str(compiled), compiled.params, tuple(compiled.positiontup)
        return self._spelled[statement]

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Give the connection back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()
