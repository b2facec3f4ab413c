"""Community staff who publish, riders who sign up, and the notices both get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.outbox import payload_aad
from bot.store.people import address_mac
from bot.store.tables import identities, outbox, people
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan, Setting, Slot
from tests.support import START, Chat

Publish = Callable[..., Awaitable[Slot]]


@pytest.fixture
def setting(service: Service) -> Setting:
    found: Setting = service.registry.resources[Setting]
    return found


@pytest.fixture
def join(service: Service) -> Callable[..., Awaitable[Chat]]:
    """Makes community staff of somebody in a chat."""

    async def work(chat: Chat, role: str = "community") -> Chat:
        async with service.store.write() as unit:
            code = await staff.invite(unit, role)
        await chat.say(code)
        return chat

    return work


@pytest.fixture
async def organiser(someone: Callable[[str], Chat], join: Callable[..., Awaitable[Chat]]) -> Chat:
    """Community staff."""
    return await join(someone("community-1"))


@pytest.fixture
def person_id(service: Service) -> Callable[[Chat], Awaitable[int]]:
    """The person behind a chat."""

    async def find(chat: Chat) -> int:
        async with service.store.read() as unit:
            mac = address_mac(unit, chat.channel, chat.address)
            found: int = await unit.value(sa.select(identities.c.person_id).where(identities.c.address_mac == mac))
            return found

    return find


@pytest.fixture
def publish(service: Service, organiser: Chat, person_id: Callable[[Chat], Awaitable[int]]) -> Publish:
    """Publishes a slot: by default on Wednesday 14:30 to 15:30 in China, three places."""

    async def work(starts_at: datetime | None = None, minutes: int = 60, **more: Any) -> Slot:
        begins = starts_at or START + timedelta(days=2)
        values: dict[str, Any] = {
            "title": "楼道排查",
            "task": "看看楼道里的电动车",
            "place": "红梅社区",
            "capacity": 3,
            "points": 1,
        }
        values |= {"region": "320402", "contact": "王主任 13800000000"} | more
        plan = Plan(starts_at=begins, ends_at=begins + timedelta(minutes=minutes), **values)
        async with service.store.write() as unit:
            return await volunteering.create(unit, await person_id(organiser), plan)

    return work


@pytest.fixture
def rider(service: Service, someone: Callable[[str], Chat]) -> Callable[..., Awaitable[Chat]]:
    """A rider of Tianning, by name; another occupation or region on request."""

    async def work(name: str = "rider-1", occupation: str = "rider", region: str = "320402") -> Chat:
        chat = someone(name)
        await chat.say("菜单")
        async with service.store.write() as unit:
            mac = address_mac(unit, chat.channel, chat.address)
            who = sa.select(identities.c.person_id).where(identities.c.address_mac == mac).scalar_subquery()
            values = {"occupation": occupation, "region": region, "consented_at": START}
            await unit.execute(sa.update(people).where(people.c.id == who).values(**values))
        return chat

    return work


@pytest.fixture
def told(service: Service, person_id: Callable[[Chat], Awaitable[int]]) -> Callable[[Chat], Awaitable[list[Any]]]:
    """What waits in the outbox for somebody: (due_at, topic, text, options), the earliest first."""

    async def read(chat: Chat) -> list[Any]:
        own = sa.select(outbox).where(outbox.c.person_id == await person_id(chat), outbox.c.kind == "notice")
        async with service.store.read() as unit:
            rows = await unit.rows(own.order_by(outbox.c.due_at, outbox.c.id))
            found = []
            for row in rows:
                reply = unit.vault.open_json(row["payload"], payload_aad(row["id"]))["reply"]
                found.append((row["due_at"], row["topic"], reply["text"], reply["options"]))
            return found

    return read


@pytest.fixture
def swept(service: Service, setting: Setting) -> Callable[[], Awaitable[int]]:
    """Runs the sweep, as the service does every minute."""

    async def work() -> int:
        async with service.store.write() as unit:
            return await volunteering.sweep(unit, setting)

    return work


@pytest.fixture
def slot_now(service: Service) -> Callable[[Slot], Awaitable[Slot]]:
    """A slot as it is now."""

    async def read(slot: Slot) -> Slot:
        async with service.store.read() as unit:
            return await volunteering.find(unit, slot.id)

    return read
