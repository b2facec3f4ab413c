"""Open311 gave out the words of people who had been promised “kind, place and state”, with place and minute: enough
for a platform that knows where its riders were. And dates at the ends of time were failures."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from bot.app import Service
from handlers.grid import service as grid
from handlers.grid.report import Draft, Status
from handlers.grid.service import GridKinds
from tests.support import TestClock

BASE = "/open311/v2/requests"
WORDS = "井盖翘起来了，我天天送这一片"


async def reported(service: Service, source: str) -> grid.Report:
    async with service.store.write() as unit:
        draft = Draft("manhole", "320402", "红梅路12号", 31.77901, 119.97402, WORDS)
        kinds = service.registry.resources[GridKinds]
        return (await grid.file(unit, kinds, draft, source=source, separate=True)).report


@pytest.mark.parametrize("source", ["chat", "token:1"])
async def test_what_is_told_of_a_report(service: Service, clock: TestClock, source: str) -> None:
    report = await reported(service, source)
    mine = source == "chat"
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        [fresh] = (await client.get(f"{BASE}/{report.code}.json")).json()
        later = (clock.now + timedelta(minutes=1)).isoformat()
        assert len((await client.get(f"{BASE}.json", params={"start_date": later})).json()) == 1, "not to the minute"
        clock.move(hours=3)
        async with service.store.write() as unit:
            found = await grid.find(unit, report.id)
            kinds = service.registry.resources[GridKinds]
            await grid.move(unit, kinds, found, Status.PASSED_ON, "staff:1", "x")
        [seen] = (await client.get(f"{BASE}/{report.code}.json")).json()
    assert (fresh["lat"], fresh["long"], fresh["address"], fresh["description"]) == (None,) * 4
    assert (seen["lat"], seen["long"], seen["address"]) == (31.779, 119.974, "红梅路12号")
    assert seen["description"] == (None if mine else WORDS)
    assert seen["requested_datetime"] == ("2026-11-16T00:00:00+08:00" if mine else "2026-11-16T14:30:00+08:00")
    assert seen["updated_datetime"] == "2026-11-16T17:30:00+08:00", "that is the staff's doing"


@pytest.mark.parametrize(
    "query", ["start_date=9999-12-31T23:00:00Z", "end_date=0001-01-02T00:00:00Z", "start_date=9999-11-30T00:00:00Z"]
)
async def test_the_ends_of_time(service: Service, query: str) -> None:
    transport = httpx.ASGITransport(app=service.web(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        assert (await client.get(f"{BASE}.json?{query}")).status_code == 400
