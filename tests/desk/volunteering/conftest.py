"""An activity made at the desk, its organiser, and who signs up."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.volunteering.tables import signups, slots
from tests.desk.conftest import Colleague
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]
PLAN: dict[str, object] = {
    "title": "楼道排查",
    "task": "看看楼道里的电动车",
    "place": "红梅社区 3 号门",
    "spot": "https://uri.amap.com/marker?position=119.974987,31.779123",
    "region": "320402",
    "contact": "王主任 13800000000",
    "insurance": "社区统一投保意外险",
    "day": "2026-11-18",
    "start": "14:30",
    "end": "15:30",
    "capacity": "3",
    "minimum": "2",
    "points": "1",
    "allowance": "12.5",
    "weeks": "1",
    "for-rider": "1",
}


async def rows(service: Service, table: sa.Table = slots) -> list[dict[str, Any]]:
    async with service.store.read() as unit:
        return [dict(row) for row in await unit.rows(sa.select(table).order_by(table.c.id))]


@pytest.fixture
async def staff(colleague: Make) -> Colleague:
    return await colleague("community", "李红梅")


async def published(staff: Colleague, **more: object) -> int:
    """A slot made with the form; its id."""
    await staff.open("/desk/volunteering/new")
    await staff.press("/desk/volunteering/new", **(PLAN | more))
    found = re.search(r"/desk/volunteering/(\d+)$", staff.answer.url.path)
    assert found, staff.page
    return int(found[1])


@pytest.fixture
def volunteer(someone: Callable[[str], Chat], service: Service) -> Callable[..., Awaitable[Chat]]:
    """Somebody who signs up."""

    async def work(name: str, slot: int, *, wait: bool = False) -> Chat:
        chat = someone(name)
        await chat.deliver(choice=f"go:volunteer_join?slot={slot}{'&wait=1' if wait else ''}")
        await chat.tap("同意")
        return chat

    return work


async def entry(service: Service, slot: int) -> int:
    return next(row["id"] for row in await rows(service, signups) if row["slot_id"] == slot)
