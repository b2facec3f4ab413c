"""A colleague could write somebody else's draft anew, hand it in and approve it alone: the author was another on
paper. And the report of a broadcast had its recipients in the order of their ids: the same line, the same person."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import outbox
from handlers.broadcasts import service as broadcasts
from handlers.broadcasts.service import Broadcasting, Plan, SamePersonError, Segment, Words
from tests.handlers.broadcasts.conftest import SECOND, WRITER, citizen

PLAN = Plan(title="招人", words=Words("周三下午招人"), topic="volunteering", segment=Segment())


async def test_who_wrote_it_last_does_not_approve_it(service: Service) -> None:
    setting: Broadcasting = service.registry.resources[Broadcasting]
    many = setting.rules.approval_above + 1
    async with service.store.write() as unit:
        number = await broadcasts.create(unit, WRITER, PLAN)
        await broadcasts.change(unit, SECOND, number, PLAN)
        assert await broadcasts.hand_in(unit, SECOND, number, setting.rules, None, many) == "waiting"
        with pytest.raises(SamePersonError):
            await broadcasts.approve(unit, SECOND, number)
        await broadcasts.approve(unit, WRITER, number)


async def test_two_reports_can_not_be_laid_side_by_side(service: Service) -> None:
    setting: Broadcasting = service.registry.resources[Broadcasting]
    async with service.store.write() as unit:
        for number in range(60):
            citizen(unit, f"rider-{number}")
    for _time in range(2):
        async with service.store.write() as unit:
            number = await broadcasts.create(unit, WRITER, PLAN)
            await broadcasts.hand_in(unit, WRITER, number, setting.rules, None, 60)
        for _round in range(3):
            async with service.store.write() as unit:
                await broadcasts.fill(unit, setting.rules)
    async with service.store.read() as unit:
        kept = await unit.rows(sa.select(outbox.c.batch_id, outbox.c.person_id).order_by(outbox.c.id))
    one, other = (
        [row["person_id"] for row in kept if row["batch_id"] == batch]
        for batch in dict.fromkeys(row["batch_id"] for row in kept)
    )
    assert sorted(one) == sorted(other) and len(one) == 60
    assert one != other and one != sorted(one)
