"""Ten thousand people: the preview and the filling stay quick, and the writer is held for a page only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from time import process_time

import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import outbox
from handlers.broadcasts.preview import count
from handlers.broadcasts.service import Audience, Broadcasting, Segment, keep
from tests.handlers.broadcasts.conftest import citizen

MANY = 10_000
SLOW = 10.0  # times what it takes on a quiet machine (0.1 s the preview, 0.07 s a page), in time of the processor


async def test_ten_thousand(service: Service, setting: Broadcasting, approved: Callable[..., Awaitable[int]]) -> None:
    async with service.store.write() as unit:
        for number in range(MANY):
            citizen(unit, f"person-{number}", ("web", "telegram", "wechat")[number % 3])
    begun = process_time()
    async with service.store.read() as unit:
        audience = Audience(Segment(contacted_days=3), "volunteering", setting.rules, unit.now)
        assert (await count(unit, audience, setting.quiet, unit.now)).total == MANY
    assert process_time() - begun < 0.1 * SLOW
    await approved()
    longest, done = 0.0, 0
    while True:
        begun = process_time()
        more = await keep(service.store, setting.rules)
        longest = max(longest, process_time() - begun)
        done += more
        if not more:
            break
    assert (done, longest < 0.07 * SLOW) == (MANY, True), longest
    async with service.store.read() as unit:
        counted = sa.select(sa.func.count(), sa.func.count(outbox.c.person_id.distinct()))
        assert tuple((await unit.execute(counted.where(outbox.c.kind == "broadcast"))).one()) == (MANY, MANY)
