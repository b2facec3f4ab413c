"""When all senders ended in the very pass of the loop in which more rows came, they still counted as being at work: the
rows lay there with nobody to send them, till their claims ran out and another process took them over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from bot.app import Service
from bot.crew import SENDERS, Crew, Parcel
from bot.settings import Settings
from bot.store import batches
from tests.bulk_support import begin_batch, meet
from tests.courier_support import ON_SQLITE, Platform


async def ended() -> None:
    """A sender that found nothing more."""


@ON_SQLITE
async def test_rows_that_come_as_the_senders_end_are_sent(make_settings: Callable[..., Settings]) -> None:
    service = Service(make_settings(), only={"terminal"})
    service.channels["post"] = platform = Platform()
    await service.store.open()
    async with service.store.write() as unit:
        [one] = page = [meet(unit, "rider")]
        batch = await begin_batch(unit, page)
    service.dispatcher.start()
    crew = Crew(service.bulk, "post")
    crew._senders = {asyncio.create_task(ended()) for _ in range(SENDERS)}
    await asyncio.gather(*crew._senders)
    service.bulk.running = {batch: ""}
    async with service.store.read() as unit:
        crew._words[batch] = await batches.words_of(unit, batch)
    until = service.clock() + timedelta(minutes=1)
    crew._ready.append(Parcel(1, batch, one.identity_id, "rider", "zh_CN", 0, until))
    crew._muster()
    await crew.idle()
    assert platform.texts("rider") == ["今天下午有空吗"]
    await service.dispatcher.stop()
    await service.store.close()
