"""Staff of a district, riders, and what goes out to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.people import address_mac
from bot.store.tables import identities, people
from handlers.staff import service as staff
from tests.desk.conftest import Notices
from tests.support import Chat

Officer = Callable[..., Awaitable[Chat]]


@pytest.fixture
def notices(service: Service) -> Notices:
    """What goes out unasked."""
    return Notices(service)


@pytest.fixture
def officer(service: Service, someone: Callable[[str], Chat]) -> Officer:
    """Somebody of staff in a chat, of a role and a region."""

    async def work(name: str, region: str = "", role: str = "community") -> Chat:
        chat = someone(name)
        async with service.store.write() as unit:
            code = await staff.invite(unit, role)
        await chat.say(code)
        async with service.store.write() as unit:
            mac = address_mac(unit, chat.channel, chat.address)
            who = sa.select(identities.c.person_id).where(identities.c.address_mac == mac).scalar_subquery()
            await unit.execute(sa.update(people).where(people.c.id == who).values(region=region))
        return chat

    return work
