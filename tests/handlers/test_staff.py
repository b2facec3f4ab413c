"""Staff get in by a code that serves once, and their coming and going is in the audit log."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store import audit
from bot.store.tables import people
from handlers.staff import service as staff
from tests.support import Chat, TestClock


async def invite(service: Service, role: str) -> str:
    async with service.store.write() as unit:
        return await staff.invite(unit, role)


async def role_of(service: Service, number: int = 0) -> str | None:
    async with service.store.read() as unit:
        ids = list((await unit.execute(sa.select(people.c.id).order_by(people.c.id))).scalars())
        return await staff.role_of(unit, ids[number])


async def test_a_code_sent_in_chat_gives_the_role(service: Service, chat: Chat) -> None:
    code = await invite(service, "union")
    assert "工会经办人" in await chat.say(code.lower().replace("-", ""))
    assert await role_of(service) == "union"


async def test_a_code_serves_once(service: Service, chat: Chat, someone: Callable[[str], Chat]) -> None:
    code = await invite(service, "community")
    await chat.say(code)
    assert "用不了" in await someone("thief").say(code)
    assert await role_of(service, 1) is None


async def test_a_code_ends_after_a_week(service: Service, chat: Chat, clock: TestClock) -> None:
    code = await invite(service, "admin")
    clock.move(days=8)
    assert "用不了" in await chat.say(code)


async def test_an_unknown_role_is_refused(service: Service) -> None:
    with pytest.raises(staff.UnknownRole):
        await invite(service, "boss")


async def test_joining_and_leaving_are_in_the_audit_log_which_shows_tampering(service: Service, chat: Chat) -> None:
    await chat.say(await invite(service, "union"), "注销", "1")
    async with service.store.write() as unit:
        rows = await unit.rows(sa.select(audit.audit).order_by(audit.audit.c.id))
        assert [row["action"] for row in rows] == ["staff.invite", "staff.join", "staff.leave"]
        assert await audit.broken(unit) is None
        await unit.execute(sa.update(audit.audit).where(audit.audit.c.action == "staff.join").values(detail="admin"))
        assert await audit.broken(unit) == rows[1]["id"]
