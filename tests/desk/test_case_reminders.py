"""What staff hear of by themselves: each once, on working days, to the right people."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import Settings
from bot.site import Site
from bot.store.tables import identities
from bot.store.unit import Unit
from handlers.complaints import reminding
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.tables import cases
from handlers.staff import service as staff
from tests.desk.conftest import Colleague, Notices, case_id, file_case
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]


async def remind(service: Service) -> int:
    """One round of the chore."""
    use = service.registry.resources
    async with service.store.write() as unit:
        return await reminding.remind(unit, use[Site], use[Catalogue])


@pytest.fixture
async def second(service: Service, make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """Another process on the same database."""
    async with Service(make_settings(), clock, only={"terminal"}).running(courier=False) as running:
        yield running


async def told(notices: Notices, chat: Chat, part: str) -> list[str]:
    return [reply.text for reply in await notices.to(chat) if part in reply.text]


async def test_a_new_case_is_told_at_once_and_the_next_ones_gathered(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep, other = await colleague("union", "王琳"), await colleague("community", "小周")
    code = await file_case(chat)
    assert await remind(service) == 1
    assert await remind(service) == 0
    [first] = await told(notices, rep.chat, "等人接手")
    assert first == f"等人接手的诉求：1 件\n扣款罚款 · 美团 · 11月13日 · 200 元 {code}"
    assert "暴雨" not in first
    for _number in range(7):
        clock.move(minutes=1)
        await file_case(chat, "饿了么封了我的号 昨天开始接不了单")
        assert await remind(service) == 0
    clock.move(minutes=60)
    assert await remind(service) == 7
    [_first, gathered] = await told(notices, rep.chat, "等人接手")
    assert gathered.startswith("等人接手的诉求：7 件\n")
    assert gathered.count(" YZ-") == 5
    assert await told(notices, other.chat, "等人接手") == []


async def test_at_night_and_on_days_off_it_waits(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep = await colleague("union")
    await file_case(chat)
    for hour, day in ((18, 20), (23, 20), (10, 21), (10, 22), (8, 23)):  # Friday evening, the weekend, Monday at 8
        clock.now = datetime(2026, 11, day, hour - 8, tzinfo=UTC)
        assert await remind(service) == 0
    clock.now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert await remind(service) > 0
    assert len(await told(notices, rep.chat, "等人接手")) == 1


async def test_the_days_of_a_case_are_told_once_each_and_to_the_lead_when_late(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep, other, lead = await colleague("union", "王琳"), await colleague("union", "陈涛"), await colleague("admin")
    code = await file_case(chat)  # on Monday, due on Thursday
    number = await case_id(service, code)
    await rep.open(f"/desk/cases/{number}")
    await rep.press(f"/desk/cases/{number}/take")
    lines = []
    for _day in range(6):
        for _round in range(3):
            await remind(service)
            clock.move(minutes=1)
        lines.append([reply.text for reply in await notices.to(rep.chat)][-1:])
        clock.move(days=1)
    mine = [await told(notices, rep.chat, part) for part in ("下个工作日", "今天到期", "已超期")]
    assert mine == [
        [f"下个工作日前到期 1 件：{code}"],
        [f"今天到期 1 件：{code}"],
        [f"已超期 1 件：{code}"],
    ]
    assert lines[1:3] == [[], mine[0]]  # on Wednesday
    assert await told(notices, lead.chat, "超期") == [f"已超期 1 件：{code}"]
    assert await told(notices, lead.chat, "到期") == []
    assert await told(notices, other.chat, "到期") == []


async def test_another_day_is_told_anew_and_an_ended_case_never(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep = await colleague("union")
    number = await case_id(service, await file_case(chat))
    base = f"/desk/cases/{number}"
    await rep.open(base)
    await rep.press(f"{base}/take")
    clock.move(days=3)
    await remind(service)
    assert len(await told(notices, rep.chat, "今天到期")) == 1
    await rep.sign_in()
    await rep.open(base)
    await rep.press(f"{base}/due", due_on="2026-11-23")
    clock.move(days=1)
    await remind(service)
    assert len(await told(notices, rep.chat, "下个工作日")) == 1
    await rep.sign_in()
    await rep.open(base)
    await rep.press(f"{base}/move", **{"from": "accepted", "to": "resolved", "words": "退了"})
    clock.move(days=3)
    assert await remind(service) == 0


async def test_what_nobody_follows_up_is_everybodys(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    here, gone = await colleague("union", "王琳"), await colleague("union", "陈涛")
    number = await case_id(service, await file_case(chat))
    await gone.open(f"/desk/cases/{number}")
    await gone.press(f"/desk/cases/{number}/take")
    async with service.store.write() as unit:
        [leaving] = [one for one in await staff.members(unit) if one.name == "陈涛"]
        await staff.leave(unit, leaving.person_id, "operator")
    clock.move(days=3)
    await remind(service)
    assert len(await told(notices, here.chat, "今天到期")) == 1
    assert await told(notices, gone.chat, "今天到期") == []
    clock.move(days=1)
    await remind(service)
    assert len(await told(notices, here.chat, "已超期")) == 1  # there is no administrator: the officers lead


async def test_words_on_a_case_of_nobodys_are_told_to_all(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep = await colleague("union")
    await file_case(chat)
    await remind(service)
    clock.move(hours=2)
    await chat.say("补充", "站长说可以退", "跳过")
    assert await remind(service) == 1
    assert len(await told(notices, rep.chat, "等人接手")) == 2


async def test_two_processes_tell_it_once(
    chat: Chat, service: Service, second: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep = await colleague("union")
    await file_case(chat)
    assert sorted(await asyncio.gather(remind(service), remind(second))) == [0, 1]
    clock.move(days=2)
    assert sorted(await asyncio.gather(remind(service), remind(second))) == [0, 1]
    assert len(await notices.to(rep.chat)) == 2


async def test_who_waits_in_wechat_is_named_while_an_answer_still_gets_there(
    chat: Chat, service: Service, colleague: Make, notices: Notices, clock: TestClock
) -> None:
    rep = await colleague("union")
    number = await case_id(service, await file_case(chat))

    async def in_wechat(unit: Unit) -> None:
        # as if they were there: the fake of WeChat is too slow for two days
        own = sa.select(cases.c.person_id).where(cases.c.id == number).scalar_subquery()
        await unit.execute(sa.update(identities).where(identities.c.person_id == own).values(channel="wechat"))
        await unit.execute(sa.update(cases).where(cases.c.id == number).values(channel="wechat"))

    async def hint() -> int:
        async with service.store.write() as unit:
            return await reminding.hint(unit, service.registry.resources[Site])

    async with service.store.write() as unit:
        await in_wechat(unit)
    assert await hint() == 0
    clock.move(hours=24)
    assert await hint() == 0  # Tuesday 14:30; on Wednesday there is time enough
    clock.move(hours=18, minutes=30)  # Wednesday 9:00, five and a half hours left
    assert await hint() == 1
    await hint()
    [said] = await told(notices, rep.chat, "直接回到微信")
    assert "还有 5 小时" in said
    await rep.sign_in()
    await rep.open(f"/desk/cases/{number}")
    clock.move(minutes=1)
    await rep.press(f"/desk/cases/{number}/write", words="收到")
    assert await hint() == 0  # answered


async def test_before_a_weekend_it_is_told_while_somebody_is_there(
    chat: Chat, service: Service, colleague: Make, clock: TestClock
) -> None:
    await colleague("union")
    clock.now = datetime(2026, 11, 20, 7, tzinfo=UTC)  # Friday, 15:00
    number = await case_id(service, await file_case(chat))
    async with service.store.write() as unit:
        own = sa.select(cases.c.person_id).where(cases.c.id == number).scalar_subquery()
        await unit.execute(sa.update(identities).where(identities.c.person_id == own).values(channel="wechat"))
        await unit.execute(sa.update(cases).where(cases.c.id == number).values(channel="wechat"))

    async def hint() -> int:
        async with service.store.write() as unit:
            return await reminding.hint(unit, service.registry.resources[Site])

    clock.now = datetime(2026, 11, 20, 8, 50, tzinfo=UTC)
    assert await hint() == 0
    clock.now = datetime(2026, 11, 20, 9, 10, tzinfo=UTC)  # 17:10, the desk's last hour
    assert await hint() == 1


async def test_the_chores_are_the_services_own(service: Service) -> None:
    names = {one.name: one for one in service.chores.chores}
    for name in ("staff notices", "window hints"):
        await service.chores.do(names[name])
        assert service.metrics.failures.labels(f"chore {name}")._value.get() == 0
