"""好的 to an offered place was answered “all right, write any time”, and the place lapsed; 不去了 was no refusal; what
could not wait for the end of the peak waited for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.outbox import payload_aad
from bot.store.tables import outbox
from handlers.staff import service as staff
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Plan
from handlers.volunteering.tables import signups
from tests.support import Chat, TestClock, on_sqlite

pytestmark = on_sqlite

ZONE = ZoneInfo("Asia/Shanghai")
Offered = Callable[[], Awaitable[None]]


@pytest.fixture
async def riders(service: Service, someone: Callable[[str], Chat]) -> tuple[Chat, Chat]:
    """One with the only place at 18:20 on Wednesday, one on the waiting list; both riders."""
    organiser, first, second = someone("community-1"), someone("first"), someone("second")
    async with service.store.write() as unit:
        code = await staff.invite(unit, "community")
    await organiser.say(code)
    begins = datetime(2026, 11, 18, 18, 20, tzinfo=ZONE)
    async with service.store.write() as unit:
        [owner] = [one.person_id for one in await staff.members(unit)]
        hours = {"starts_at": begins, "ends_at": begins + timedelta(hours=1)}
        plan = Plan(title="楼道排查", task="看楼道", place="红梅社区", capacity=1, **hours)
        slot = await volunteering.create(unit, owner, plan)
    for chat, wait in ((first, ""), (second, "&wait=1")):
        await chat.say("我的资料")
        await chat.tap("同意")
        await chat.tap("骑手")
        await chat.say("天宁区")
        await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}{wait}")
    return first, second


@pytest.fixture
def offered(service: Service, riders: tuple[Chat, Chat], clock: TestClock) -> Offered:
    """The first gives the place back, and the second is told."""

    async def work() -> None:
        await riders[0].say("取消报名", "跳过")
        clock.move(seconds=1)
        async with service.store.write() as unit:
            told = sa.update(outbox).where(outbox.c.dedupe_key.like("volunteering:offer:%"))
            await unit.execute(told.values(state="sent", done_at=clock()))
        clock.move(minutes=5)

    return work


async def statuses(service: Service) -> list[str]:
    async with service.store.read() as unit:
        return list((await unit.execute(sa.select(signups.c.status).order_by(signups.c.id))).scalars())


@pytest.mark.parametrize("said", ["好的", "可以！", "我去", "行", "嗯嗯", "1", "要", "我来", "OK", "没问题"])
async def test_yes(service: Service, riders: tuple[Chat, Chat], offered: Offered, said: str) -> None:
    await offered()
    assert "报上了" in await riders[1].say(said)
    assert await statuses(service) == ["cancelled", "booked"]


@pytest.mark.parametrize("said", ["不去了", "没空", "不要", "下次吧", "2"])
async def test_no(service: Service, riders: tuple[Chat, Chat], offered: Offered, said: str) -> None:
    await offered()
    assert "取消了" in await riders[1].say(said)
    assert await statuses(service) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("said", ["可以晚点到吗", "平台扣了我50块", "好像没空又好像有空"])
async def test_neither(service: Service, riders: tuple[Chat, Chat], offered: Offered, said: str) -> None:
    await offered()
    await riders[1].say(said)
    assert await statuses(service) == ["cancelled", "offered"]


async def test_once_something_else_was_offered_a_nod_is_a_nod(
    service: Service, riders: tuple[Chat, Chat], offered: Offered
) -> None:
    await offered()
    await riders[1].say("菜单")
    await riders[1].say("好的")
    assert await statuses(service) == ["cancelled", "offered"]


@pytest.mark.parametrize(("at", "hurries"), [((17, 40), True), ((16, 40), True), ((13, 0), False)])
async def test_what_cannot_wait_for_the_end_of_the_peak_does_not(
    service: Service, riders: tuple[Chat, Chat], clock: TestClock, at: tuple[int, int], hurries: bool
) -> None:
    clock.now = datetime(2026, 11, 18, *at, tzinfo=ZONE)
    await riders[0].say("取消报名", "跳过")
    async with service.store.read() as unit:
        row = await unit.first(sa.select(outbox).where(outbox.c.dedupe_key.like("volunteering:offer:%")))
        assert row is not None
        payload = unit.vault.open_json(row["payload"], payload_aad(row["id"]))
    assert payload.get("urgent", False) is hurries
    assert (row["due_at"] <= clock()) is hurries
