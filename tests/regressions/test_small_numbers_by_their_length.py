"""The public page told how long cases took as soon as five had ended in all: with each kind of end hidden as “fewer
than 5”, that sentence said that together they were five or more."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app import Service
from handlers.complaints.service import Catalogue
from handlers.overview.quarters import over, summed
from tests.desk.test_desk_overview import put

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("resolved", "closed", "told"), [(4, 4, False), (4, 0, False), (5, 4, True)])
async def test_the_length_tells_of_what_is_shown_only(service: Service, resolved: int, closed: int, told: bool) -> None:
    await put(service, resolved, ago=70, took=2, status="resolved")
    await put(service, closed, ago=70, took=9, status="closed")
    quarter = over((service.clock() - timedelta(days=1)).date())[0]
    async with service.store.read() as unit:
        found = await summed(unit, quarter, ZONE, service.registry.resources[Catalogue])
    assert (found.length is not None) is told
    assert found.length is None or (found.length.count, found.length.most) == (5, 2)
