"""The courier beside others: what a process can't send it leaves to who can, what is taken back it does not send."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from bot.app import Service
from bot.channels.terminal import Terminal
from bot.messages import Reply
from bot.notices import forget, notify
from bot.store.erasure import erase_base
from bot.store.tables import people
from tests.courier_support import chat, person_of
from tests.support import Chat


async def test_who_lacks_a_channel_leaves_its_rows_to_who_has_it(start, clock, platform) -> None:
    has = await start()
    await has.dispatcher.stop()
    await has.courier.stop()
    lacks = await start()
    lacks.courier.channels = lacks.courier.paces.channels = {"terminal": Terminal()}
    await lacks.tell("rider", "news")
    assert await lacks.courier.look() > 0
    [row] = await lacks.rows()
    assert (row["claimed_by"], row["attempts"], row["result"]) == (None, 0, "")
    heir = await start()
    await heir.settle()
    assert platform.texts("rider") == ["news"]


async def test_who_was_erased_is_told_nothing_that_still_waits_in_hand(start, clock, platform) -> None:
    process = await start()
    platform.gates["rider"] = asyncio.Event()
    await process.tell("rider", "one", "two")
    await platform.until(lambda: platform.tried == ["one"])
    async with process.store.write() as unit:
        await erase_base(unit, await person_of(unit, "rider"), process.blobs)
    clock.move(seconds=3)
    platform.gates["rider"].set()
    await process.courier.idle()
    assert platform.tried == ["one"]


async def test_what_is_taken_back_in_time_is_not_sent(start, clock, platform) -> None:
    process = await start()
    platform.gates["rider"] = asyncio.Event()
    await process.tell("rider", "one")
    async with process.store.write() as unit:
        who = await person_of(unit, "rider")
        await notify(unit, who, Reply("two"), dedupe_key="slot:1")
    await platform.until(lambda: platform.tried == ["one"])
    async with process.store.write() as unit:
        await forget(unit, "slot:1")
    clock.move(seconds=3)
    platform.gates["rider"].set()
    await process.courier.idle()
    assert platform.tried == ["one"]


async def test_a_person_long_past_a_wait_is_remembered_no_more(start, clock, platform) -> None:
    process = await start()
    process.courier._paused[7] = clock() + timedelta(minutes=1)
    await chat(process, clock, "rider").say("hello")
    await process.courier.look()
    assert process.courier._paused
    clock.move(minutes=2)
    await process.courier.look()
    assert not process.courier._paused


async def test_the_terminal_hears_a_notice_with_the_next_answer(service: Service) -> None:
    chat = Chat(service.dispatcher, service.clock)  # type: ignore[arg-type]
    await chat.say("菜单")
    async with service.store.write() as unit:
        await notify(unit, await unit.value(sa.select(people.c.id)), Reply("您的投诉有了结果"))
    while await service.courier.look() == 0:
        await service.courier.idle()
    assert "您的投诉有了结果" in await chat.say("帮助")
    assert "您的投诉有了结果" not in await chat.say("帮助")
