"""Who pressed for a name that is sealed was refused, and the refusal undid its own entry in the audit log: nobody could
see later who had tried."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store import audit
from bot.store.tables import audit as entries
from tests.desk.conftest import Colleague, Notices, case_id, file_case
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]


async def noted(service: Service) -> list[tuple[str, str, str]]:
    """(who, which case, why) of the refusals; the log is whole."""
    async with service.store.read() as unit:
        assert await audit.broken(unit) is None
        own = sa.select(entries).where(entries.c.action == "case.identity_refused").order_by(entries.c.id)
        return [(row["actor"], row["subject"], row["detail"]) for row in await unit.rows(own)]


async def test_every_refused_look_says_who_which_case_and_why(
    chat: Chat, colleague: Make, service: Service, notices: Notices, clock: TestClock
) -> None:
    number = await case_id(service, await file_case(chat, named=True))
    base = f"/desk/cases/{number}"
    rep, second = await colleague("union", "王琳"), await colleague("union", "陈涛")

    async def look(status: int = 403) -> str:
        await rep.open("/desk/cases")
        await rep.press(f"{base}/identity")
        assert rep.answer.status_code == status
        return (await noted(service))[-1][2]

    assert await look() == "nobody asked for it"
    await rep.open(base)
    await rep.press(f"{base}/identity/ask", reason="要写进调解书")
    assert await look() == "consent waiting"
    await notices.to(chat)
    await chat.tap("不同意")
    assert await look() == "consent refused"
    await rep.open(base)
    await rep.press(f"{base}/identity/request", reason="有人身危险")
    assert await look() == "approval waiting"
    path = (await second.open(base)).split("/approve")[0].rpartition('"')[2] + "/approve"
    await second.press(path)
    before = await noted(service)
    assert await look(200) == "approval waiting"
    assert await noted(service) == before  # it opened
    clock.now += timedelta(days=8)
    await rep.sign_in()
    assert await look() == "approval run out"
    assert "张伟国" not in rep.page
    found = await noted(service)
    assert {subject for _who, subject, _why in found} == {f"case:{number}"}
    assert len({who for who, _subject, _why in found}) == 1


@pytest.mark.parametrize("role", ["union", "admin"])
async def test_a_case_that_is_not_there_as_well(colleague: Make, service: Service, role: str) -> None:
    member = await colleague(role)
    await member.press("/desk/cases/7/identity")
    assert member.answer.status_code == 404
    [(_who, subject, why)] = await noted(service)
    assert (subject, why) == ("case:7", "no such case")
