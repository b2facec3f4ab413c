"""The words of a broadcast are kept as long as those of a chat, then they go; its figures and its rows stay."""

from __future__ import annotations

import sqlalchemy as sa

from bot.app import Service
from bot.messages import Reply
from bot.roof import retention_rules
from bot.site import Site
from bot.store import batches, history
from bot.store.retention import NEVER, sweep
from bot.store.tables import batches as batch_table
from bot.store.tables import identities, outbox
from tests.support import Chat, TestClock

WORDS = {"zh_CN": Reply("周六上午有志愿活动")}


async def swept(service: Service) -> int:
    rules = retention_rules(service.registry.resources[Site], service.blobs)
    return (await sweep(service.store, rules))["words of batches"]


async def told(service: Service, *, ended: bool) -> int:
    """A batch that reached the one person there is; with `ended` it is over."""
    async with service.store.write() as unit:
        [who] = await unit.rows(sa.select(identities))
        batch = batches.create(unit, WORDS)
        await batches.add(unit, batch, [batches.Recipient(who["person_id"], who["id"], who["channel"])], 1)
        await unit.execute(sa.update(outbox).values(state="sent", done_at=unit.now))
        if ended:
            await batches.filled(unit, batch)
            await batches.finish(unit, batch)
    return batch


async def heard(service: Service) -> list[str]:
    """What the history of the one person holds that came unasked."""
    async with service.store.read() as unit:
        [who] = (await unit.execute(sa.select(identities.c.id))).scalars()
        return [turn.replies[0].text for turn in await history.turns(unit, who) if turn.said is None]


async def test_words_of_a_batch_that_is_over_go_with_the_chat(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    batch = await told(service, ended=True)
    assert await heard(service) == [WORDS["zh_CN"].text]
    clock.move(days=89)
    assert await swept(service) == 0
    clock.move(days=2)
    assert await swept(service) == 1
    assert await swept(service) == 0
    async with service.store.read() as unit:
        assert await batches.words_of(unit, batch) == {}
        assert await batches.progress(unit, batch) == {"terminal": {"sent": 1}}
    assert await heard(service) == []


async def test_words_of_a_batch_nobody_ended_go_long_after(service: Service, chat: Chat, clock: TestClock) -> None:
    await chat.say("菜单")
    await told(service, ended=False)
    clock.move(days=NEVER.days + 89)
    assert await swept(service) == 0
    clock.move(days=2)
    assert await swept(service) == 1
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(batch_table))) == 1
