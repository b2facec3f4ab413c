"""A town of people to send to, staff who send, and what the outbox holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.members import Member
from bot.store.ids import new_id
from bot.store.people import address_mac, identity_aad
from bot.store.tables import conversations, identities, outbox, people
from bot.store.unit import Unit
from handlers.broadcasts import service as broadcasts
from handlers.broadcasts.service import Broadcasting, Button, Plan, Segment, Words

Settle = Callable[[Unit, int, str], None]
WRITER = Member(1, "community", "小王")
SECOND = Member(2, "community", "小李")
TEXT = "周三下午红梅社区楼道排查，还差 3 人，1 小时 1 分。"


def citizen(unit: Unit, address: str, channel: str = "web", **more: Any) -> int:
    """Somebody with one identity; gives the person's id. more: columns of either table."""
    person_id, identity_id = new_id(), new_id()
    own = {name: more.pop(name) for name in ("occupation", "region", "language") if name in more}
    unit.insert(
        people,
        **{"id": person_id, "language": "zh_CN", "occupation": "rider", "region": "320402"} | own,
        timezone="Asia/Shanghai",
        created_at=unit.now,
    )
    unit.insert(conversations, person_id=person_id, updated_at=unit.now - timedelta(days=1))
    identity(unit, person_id, address, channel, id=identity_id, **more)
    return person_id


def identity(unit: Unit, person_id: int, address: str, channel: str, **more: Any) -> int:
    """One more account of somebody."""
    values: dict[str, Any] = {"id": new_id(), "reachable": True, "last_seen_at": unit.now, **more}
    unit.insert(
        identities,
        person_id=person_id,
        channel=channel,
        address_mac=address_mac(unit, channel, address),
        address=unit.vault.seal(address.encode(), identity_aad(values["id"])),
        **values,
    )
    return int(values["id"])


@pytest.fixture
def setting(service: Service) -> Broadcasting:
    found: Broadcasting = service.registry.resources[Broadcasting]
    return found


def plan(**more: Any) -> Plan:
    """A broadcast about volunteering, with a button."""
    values: dict[str, Any] = {
        "title": "楼道排查招人",
        "words": Words(TEXT, "", (Button("报名", "volunteer"),)),
        "topic": "volunteering",
        "segment": Segment(),
    }
    return Plan(**values | more)


@pytest.fixture
def write(service: Service) -> Callable[..., Awaitable[int]]:
    """Writes a draft; gives its id."""

    async def work(member: Member = WRITER, **more: Any) -> int:
        async with service.store.write() as unit:
            return await broadcasts.create(unit, member, plan(**more))

    return work


@pytest.fixture
def send(
    service: Service, setting: Broadcasting, write: Callable[..., Awaitable[int]]
) -> Callable[..., Awaitable[int]]:
    """Writes and hands in a broadcast; gives its id."""

    async def work(at: datetime | None = None, counted: int = 1, **more: Any) -> int:
        number = await write(**more)
        async with service.store.write() as unit:
            await broadcasts.hand_in(unit, WRITER, number, setting.rules, at, counted)
        return number

    return work


@pytest.fixture
def rounds(service: Service, setting: Broadcasting) -> Callable[[], Awaitable[int]]:
    """Has the chore come round till there is nothing to put down; gives how many people were."""

    async def work() -> int:
        done = 0
        while True:
            async with service.store.write() as unit:
                more = await broadcasts.fill(unit, setting.rules)
            if not more:
                return done
            done += more

    return work


@pytest.fixture
def look(service: Service) -> Callable[[int], Awaitable[broadcasts.Broadcast]]:
    """A broadcast as it is now."""

    async def work(number: int) -> broadcasts.Broadcast:
        async with service.store.write() as unit:
            return await broadcasts.access(unit, WRITER, number, "read")

    return work


async def recipients(service: Service) -> list[int]:
    """Whom the outbox has a broadcast for, by person."""
    async with service.store.read() as unit:
        wanted = sa.select(outbox.c.person_id).where(outbox.c.kind == "broadcast").order_by(outbox.c.person_id)
        return list((await unit.execute(wanted)).scalars())


@pytest.fixture
def approved(
    service: Service, setting: Broadcasting, send: Callable[..., Awaitable[int]]
) -> Callable[..., Awaitable[int]]:
    """Writes and hands in a broadcast for many, which a second person approves; gives its id."""

    async def work(**more: Any) -> int:
        number = await send(counted=setting.rules.approval_above + 1, **more)
        async with service.store.write() as unit:
            await broadcasts.approve(unit, SECOND, number)
        return number

    return work
