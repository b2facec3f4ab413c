"""People with points, a catalogue with a stock, and staff."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.ids import new_id
from bot.store.people import address_mac
from bot.store.tables import identities
from handlers.rewards import service as rewards
from handlers.staff import service as staff
from tests.support import Chat

Give = Callable[[Chat, int], Awaitable[int]]
Stock = Callable[..., Awaitable[int]]


async def person_of(service: Service, chat: Chat) -> int:
    """The person behind a chat."""
    async with service.store.read() as unit:
        mac = address_mac(unit, chat.channel, chat.address)
        found: int = await unit.value(sa.select(identities.c.person_id).where(identities.c.address_mac == mac))
        return found


@pytest.fixture
def give(service: Service) -> Give:
    """Gives somebody points; their person id."""

    async def work(chat: Chat, points: int) -> int:
        await chat.say("菜单")
        person_id = await person_of(service, chat)
        async with service.store.write() as unit:
            subject = f"report:{new_id()}"
            await rewards.give(unit, person_id, points, kind="report", subject=subject, actor="system")
        return person_id

    return work


@pytest.fixture
def stock(service: Service) -> Stock:
    """Puts a thing into the catalogue; its id."""

    async def work(name: str = "雨衣", points: int = 5, count: int = 3) -> int:
        async with service.store.write() as unit:
            values = {"name": name, "points": points, "stock": count, "collect": "红梅社区驿站，工作日 9:00–17:00"}
            return await rewards.add(unit, "staff:1", **values)

    return work


@pytest.fixture
async def clerk(service: Service, someone: Callable[[str], Chat]) -> Chat:
    """Community staff in a chat."""
    chat = someone("clerk")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await chat.say(code)
    return chat
