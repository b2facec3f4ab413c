"""The audit log, which nobody can change, took the whole address of a list: with the words that were looked for in it,
and they may be a name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import audit
from tests.desk.conftest import Colleague
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]
NAME = "王强强"


@pytest.mark.parametrize(
    "path", ["/desk/cases?status=all&words={}", "/desk/cases?x={}", "/desk/overview?x={}", "/desk/reports?x={}"]
)
async def test_what_was_looked_for_is_not_written_down(
    colleague: Make, chat: Chat, service: Service, path: str
) -> None:
    boss = await colleague("admin")
    await boss.open(path.format(quote(NAME)))
    async with service.store.read() as unit:
        [last] = await unit.rows(sa.select(audit).order_by(audit.c.id.desc()).limit(1))
    assert last["action"] in {"case.list", "overview.read", "report.list"}
    assert NAME not in last["detail"] and quote(NAME) not in last["detail"]
    if "status=all" in path:
        assert last["detail"] == "status=all&words=1"
