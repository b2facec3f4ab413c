"""`yizhan staff`: who is here, and the way back in for an only administrator without phone and recovery codes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk import sessions
from bot.settings import Settings
from bot.store import audit
from bot.store.tables import audit as entries
from handlers.staff import service as staff
from tests.cli.conftest import Run
from tests.desk.conftest import Colleague, colleague, visitor
from tests.desk.test_desk_second_factor import begin, set_up
from tests.support import TestClock

__all__ = ["colleague", "visitor"]

Make = Callable[..., Awaitable[Colleague]]


async def settled(folder: Path) -> tuple[int, str]:
    """An administrator with a second factor and a session; (person id, the session's cookie)."""
    from bot.desk.tables import desk_totp, totp_aad
    from tests.support import Chat

    async with Service(Settings(_env_file=None, data_dir=folder / "data"), only={"terminal"}).running() as service:
        async with service.store.write() as unit:
            code = await staff.invite(unit, "admin", name="王主任")
        await Chat(service.dispatcher, service.clock, "boss").say(code)  # type: ignore[arg-type]
        async with service.store.write() as unit:
            [boss] = await staff.members(unit)
            sealed = unit.vault.seal(b"A" * 32, totp_aad(boss.person_id))
            times = {"made_at": unit.now, "confirmed_at": unit.now}
            unit.insert(desk_totp, person_id=boss.person_id, secret=sealed, **times)
            return boss.person_id, await sessions.start(unit, boss.person_id)


async def after(folder: Path, token: str, link: str) -> tuple[int, str, list[tuple[str, str]]]:
    """(status of the old session's page, where the link leads to, the audit entries of the reset)."""
    async with Service(Settings(_env_file=None, data_dir=folder / "data"), only={"terminal"}).running() as service:
        transport = httpx.ASGITransport(app=service.web())
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            client.cookies.set(sessions.COOKIE, token)
            old = await client.get("/desk")
            led = await client.post("/desk/sign-in", data={"token": link.rpartition("/")[2]})
        async with service.store.read() as unit:
            assert await audit.broken(unit) is None
            own = sa.select(entries).where(entries.c.action == "staff.let_back_in")
            noted = [(row["actor"], row["detail"]) for row in await unit.rows(own)]
        return old.status_code, led.headers["location"], noted


def test_an_only_administrator_gets_back_in(yizhan: Run, migrated_here: Path) -> None:
    person_id, token = asyncio.run(settled(migrated_here))
    assert yizhan("staff", "list").out == f"{person_id}\tadmin\t王主任\tsecond factor on\n"
    said = yizhan("staff", "reset", str(person_id)).out
    link = said.splitlines()[0]
    assert link.startswith("/desk/sign-in/")
    assert yizhan("staff", "list").out.endswith("\tno second factor\n")
    old, led, noted = asyncio.run(after(migrated_here, token, link))
    assert (old, led) == (303, "/desk")  # signed out there; whole at once here
    assert noted == [("operator", "second factor taken off")]


@pytest.mark.parametrize(
    ("number", "line"),
    [("7", "no member of staff 7"), ("-1", "no member of staff -1"), ("9" * 30, "less than"), ("王", "valid integer")],
)
def test_nobody_of_that_number_is_one_line(yizhan: Run, migrated_here: Path, number: str, line: str) -> None:
    assert line in yizhan("staff", "reset", "--", number).refuses()


def test_the_address_is_whole_where_it_is_known(
    yizhan: Run, migrated_here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id, _token = asyncio.run(settled(migrated_here))
    monkeypatch.setenv("YIZHAN_PUBLIC_URL", "https://yizhan.example.cn")
    assert yizhan("staff", "reset", str(person_id)).out.startswith("https://yizhan.example.cn/desk/sign-in/")


async def test_sessions_begun_and_whole_all_end(colleague: Make, clock: TestClock, service: Service) -> None:
    rep = await colleague("admin", "王琳")
    phone, codes = await set_up(rep, clock)
    assert phone and codes
    link = await rep.link()
    async with service.store.write() as unit:
        [boss] = await staff.members(unit)
        fresh = await staff.let_back_in(unit, boss.person_id)
    assert (await rep.client.get("/desk/staff")).status_code == 303
    assert (await rep.redeem(link)).status_code >= 400
    assert (await rep.redeem(fresh)).headers["location"] == "/desk"
    with pytest.raises(AssertionError):
        await begin(rep)
    async with service.store.write() as unit:
        await staff.leave(unit, boss.person_id, "operator")
        with pytest.raises(staff.NoSuchMember):
            await staff.let_back_in(unit, boss.person_id)
