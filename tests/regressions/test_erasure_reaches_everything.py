"""Erasure left the words of a failed message, and what was promised to the person at the same moment."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Incoming, Reply
from bot.notices import notify
from bot.store import parked as parking
from bot.store import receipts
from bot.store.tables import outbox, parked, people
from tests.support import Chat


async def erase(chat: Chat) -> None:
    await chat.say("注销")
    assert "删" in await chat.tap("全部删除")


async def test_words_of_a_failed_message_go_with_their_person(service: Service, chat: Chat, someone) -> None:
    await chat.deliver(key="terminal:bad", text="站长王强骂我")
    other = someone("driver-7")
    await other.deliver(key="terminal:other", text="平台扣钱")
    async with service.store.write() as unit:
        for key, who in (("terminal:bad", chat), ("terminal:other", other)):
            one = Incoming(key, "terminal", who.address, unit.now, text="站长王强骂我")
            parking.park(unit, receipts.key_mac(unit, key), one, "Traceback")
    await erase(chat)
    async with service.store.read() as unit:
        [left] = await unit.rows(sa.select(parked))
        assert bytes(left["key_mac"]) == receipts.key_mac(unit, "terminal:other")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True, ids=["postgres"])
@pytest.mark.postgres
async def test_what_is_promised_while_a_person_is_erased_does_not_stay(service: Service, chat: Chat) -> None:
    await chat.say("菜单")
    promised, may_commit = asyncio.Event(), asyncio.Event()

    async def promise() -> None:
        async with service.store.write() as unit:
            who = await unit.value(sa.select(people.c.id))
            assert await notify(unit, who, Reply("您的投诉有了结果"))
            await unit.flush()
            promised.set()
            await may_commit.wait()

    promising = asyncio.create_task(promise())
    await promised.wait()
    erasing = asyncio.create_task(erase(chat))
    await asyncio.wait({erasing}, timeout=0.3)
    may_commit.set()
    await asyncio.gather(promising, erasing)
    async with service.store.read() as unit:
        assert await unit.rows(sa.select(outbox)) == []
