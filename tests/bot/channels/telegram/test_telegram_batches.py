"""A batch in Telegram: the platform's rate law is kept, and what it says of waiting holds over a restart."""

from __future__ import annotations

import asyncio
from collections import Counter

import sqlalchemy as sa

from bot.app import Service
from bot.channels.base import Outcome, Payload
from bot.store import batches
from bot.store.tables import outbox
from tests.bulk_support import begin_batch, meet
from tests.fakes.telegram import FakeTelegram
from tests.support import TestClock
from tests.telegram_talk import ON_SQLITE, Post, channel_of

THREE_HOURS = 3 * 3600


def on_the_clock(service: Service, clock: TestClock) -> None:
    """Whoever waits for a turn moves the test's clock, when nothing is on its way to the platform."""
    channel, under_way = channel_of(service), Counter[str]()
    real = channel.send

    async def watched(address: str, payload: Payload) -> Outcome:
        under_way["sends"] += 1
        try:
            return await real(address, payload)
        finally:
            under_way["sends"] -= 1

    async def nap(seconds: float) -> None:
        until = clock().timestamp() + seconds
        await asyncio.sleep(0)
        while under_way["sends"]:
            await asyncio.sleep(0.001)
        if clock().timestamp() < until:
            clock.move(seconds=until - clock().timestamp() + 0.001)

    service.paces.clock = lambda: clock().timestamp()
    service.paces.nap = nap
    channel.send = watched  # type: ignore[method-assign]


async def send(service: Service, *chats: int) -> int:
    async with service.store.write() as unit:
        return await begin_batch(unit, [meet(unit, str(chat), channel="telegram") for chat in chats])


async def settle(service: Service) -> None:
    await service.bulk.look()
    await service.bulk.idle()
    await service.bulk.look()


async def states(service: Service) -> Counter[str]:
    async with service.store.read() as unit:
        return Counter((await unit.execute(sa.select(outbox.c.state))).scalars())


@ON_SQLITE
async def test_the_rate_law_is_kept_to_everybody_and_to_each(post: Post, tg: FakeTelegram, clock: TestClock) -> None:
    people = [tg.new_person() for _ in range(200)]
    tg.law.on = True  # more than 30 in a second, or more than one to a chat, and the platform refuses
    async with post.service(courier=False) as service:
        on_the_clock(service, clock)
        begun = clock()
        await send(service, *people)
        async with service.store.write() as unit:  # and some hear something else at the same time
            rows = sa.select(outbox.c.person_id, outbox.c.identity_id).order_by(outbox.c.id).limit(40)
            page = [batches.Recipient(**row, channel="telegram") for row in await unit.rows(rows)]
            await begin_batch(unit, page)
        await settle(service)
        assert await states(service) == {"sent": 240}
    sent = [call for call in tg.calls if call.method == "sendMessage"]
    assert {call.code for call in sent} == {200}
    assert Counter(int(call.params["chat_id"]) for call in sent) == Counter([*people, *people[:40]])
    assert 240 / (clock() - begun).total_seconds() > 20  # and little is given away


async def test_a_wait_of_three_hours_parks_a_chat_over_a_restart(
    post: Post, tg: FakeTelegram, clock: TestClock
) -> None:
    li, wang = tg.new_person("小李"), tg.new_person("小王")
    tg.fault("sendMessage", code=429, retry_after=THREE_HOURS, chat_id=li)
    async with post.service(courier=False) as service:
        on_the_clock(service, clock)
        batch = await send(service, li, wang)
        await settle(service)
        assert await states(service) == {"later": 1, "sent": 1}
    async with post.service(courier=False) as service:
        on_the_clock(service, clock)
        async with service.store.read() as unit:
            [wait] = await batches.waits(unit, batch)
        assert abs((wait["due_at"] - clock()).total_seconds() - THREE_HOURS) < 2
        clock.move(seconds=THREE_HOURS - 2)
        await settle(service)
        assert post.texts(li) == []
        clock.move(seconds=2)
        await settle(service)
        assert post.texts(li) == ["今天下午有空吗"]
        async with service.store.read() as unit:
            assert await batches.state_of(unit, batch) == "done"
    assert len([call for call in tg.calls if call.params.get("chat_id") == str(li)]) == 2
