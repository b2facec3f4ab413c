"""An open case of who erased their data ended without a word to the systems that follow cases: there it went on."""

from __future__ import annotations

import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from bot.store import webhooks
from bot.store.outbox import payload_aad
from bot.store.tables import outbox
from tests.desk.conftest import file_case
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat


async def test_it_is_told_as_withdrawn(service: Service, chat: Chat) -> None:
    async with service.store.write() as unit:
        await webhooks.add(unit, "https://union.example/hook", ["case.status_changed"])
    code = await file_case(chat, named=True)
    person = await person_of(service, chat)
    async with service.store.write() as unit:
        await service.registry.resources[Holders].erase(unit, person)
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(outbox).where(outbox.c.channel == "webhook"))
        event = unit.vault.open_json(row["payload"], payload_aad(row["id"]))["body"]
    assert event["type"] == "case.status_changed"
    told = {"receipt": code, "status": "withdrawn", "previous": "received", "region": ""}
    assert told.items() <= event["data"].items()
