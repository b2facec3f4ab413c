"""Erased means erased: of everything the capabilities keep of somebody, no row of any table leads to them any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk import totp
from bot.personal import Holders
from bot.store import rotate
from bot.store.ids import new_id
from bot.store.tables import metadata, people
from handlers.broadcasts.tables import clicks
from handlers.council.tables import proposal_supports
from handlers.grid.tables import grid_supports
from tests.desk.conftest import Colleague
from tests.desk.seeded import PLACES, seed
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
TOMBSTONES = {"receipts.person_id", "people.id"}  # without words or an address
STAFF_WORK = {  # what somebody of staff did stays, under a number that leads to nobody
    "staff.person_id", "audit.actor", "audit.subject", "broadcasts.author", "case_disclosures.asked_by",
    "case_events.actor",
}  # fmt: skip


@pytest.mark.parametrize("who", ["rider", "staff"])
async def test_no_row_leads_to_them(
    service: Service, clock: TestClock, chat: Chat, someone: Callable[[str], Chat], colleague: Make, who: str
) -> None:
    boss = await colleague("admin", "主任")
    await seed(service, clock, chat, someone("rider-2"), boss)
    person = await person_of(service, chat if who == "rider" else boss.chat)
    await more(service, person)
    assert len(await leading_to(service, person)) > 8
    async with service.store.write() as unit:
        await service.registry.resources[Holders].erase(unit, person)
    left = await leading_to(service, person)
    assert left <= TOMBSTONES | (STAFF_WORK if who == "staff" else set()), left


async def more(service: Service, person: int) -> None:
    """What the town has of nobody yet."""
    async with service.store.write() as unit:
        own = {name: await unit.value(sa.select(sa.func.max(PLACES[name].c.id))) for name in PLACES}
        await totp.begin(unit, person)
        unit.insert(clicks, id=new_id(), broadcast_id=own["broadcast"], person_id=person, button=0, at=unit.now)
        unit.insert(grid_supports, report_id=own["report"], person_id=person, at=unit.now)
        unit.insert(proposal_supports, proposal_id=own["proposal"], person_id=person, at=unit.now)
        supported = sa.update(PLACES["proposal"]).where(PLACES["proposal"].c.id == own["proposal"])
        await unit.execute(supported.values(supports=1))


async def leading_to(service: Service, person: int) -> set[str]:
    """table.column of everything that holds the person's number, as a number or within a text."""
    found = set()
    async with service.store.read() as unit:
        for column in (column for table in metadata.sorted_tables for column in table.c):
            there: sa.ColumnElement[Any] | None = None
            if column.name == "person_id" or any(key.column.table is people for key in column.foreign_keys):
                there = column == person
            elif isinstance(column.type, sa.String):
                there = column.contains(str(person))
            if there is not None and await unit.value(sa.select(sa.literal(1)).where(there).limit(1)):
                found.add(f"{column.table.name}.{column.name}")
    return found


def test_every_sealed_column_says_what_with() -> None:
    whole = [one for table in metadata.sorted_tables for one in table.c if isinstance(one.type, sa.LargeBinary)]
    sealed = {one for one in whole if one.type.length is None}  # the others are keyed hashes
    assert sealed <= rotate.sealed_columns().keys()
