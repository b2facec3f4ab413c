"""One damaged story, or a company called İİİ…, whose small letters are twice as many, kept all others from being
looked at: no early warning came any more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from handlers.complaints.tables import cases
from handlers.warnings import service as warnings
from handlers.warnings.tables import warning_looks
from tests.desk.test_desk_warnings import PAY, District
from tests.support import TestClock


@pytest.fixture
def district(service: Service, clock: TestClock) -> District:
    return District(service, clock)


async def test_a_damaged_story_is_passed_over(district: District, service: Service) -> None:
    await district.file(6, story=PAY)
    async with service.store.write() as unit:
        one = await unit.value(sa.select(cases.c.id).order_by(cases.c.id).limit(1))
        await unit.execute(sa.update(cases).where(cases.c.id == one).values(story=b"damaged" * 9))
    assert await warnings.sweep(service.store, district.setting) >= 1
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(warning_looks)) == 6


async def test_a_name_that_grows_has_its_warning(district: District, service: Service) -> None:
    await district.file(6, story=PAY, company="", company_words="İ" * 60)
    assert await warnings.sweep(service.store, district.setting) >= 1
