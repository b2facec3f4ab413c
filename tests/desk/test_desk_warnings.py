"""From complaints to a warning, to the lead's chat, to its end at the desk; on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from bot.site import Site
from bot.store.ids import new_id
from bot.store.retention import sweep
from bot.store.tables import audit, outbox, people
from handlers.complaints import service as complaints
from handlers.warnings import service as warnings
from handlers.warnings.tables import warning_looks, warning_steps
from handlers.warnings.tables import warnings as table
from tests.desk.conftest import Colleague, Notices
from tests.support import TestClock

Make = Callable[..., Awaitable[Colleague]]
PAY = "站长跑路了，拖欠三个月工资"
FINE = "超时扣了我50"


class District:
    """Complaints that come in, and the look at them."""

    def __init__(self, service: Service, clock: TestClock) -> None:
        self.service = service
        self.clock = clock

    async def file(self, count: int = 1, *, person: int | None = None, story: str = FINE, **more: str) -> list[int]:
        """So many complaints, of a person each unless `person` is given; gives the people."""
        told = {"category": "fines", "company": "meituan", "region": "320402"} | more
        found = []
        site = self.service.registry.resources[Site]
        async with self.service.store.write() as unit:
            for _number in range(count):
                one = person or new_id()
                if person is None:
                    unit.insert(people, id=one, language="zh_CN", timezone="Asia/Shanghai", created_at=unit.now)
                who = Person(one, new_id(), "terminal", str(one), "zh_CN", "Asia/Shanghai")
                await complaints.submit(unit, who, complaints.Report(story=story, **told), site)
                found.append(one)
        return found

    async def usual(self, weeks: int, a_week: int, **more: str) -> None:
        """Weeks of background, a day at a time; the clock ends up after them."""
        for day in range(weeks * 7):
            if day % 7 < a_week:
                await self.file(max(a_week // 7, 1), **more)
            self.clock.move(days=1)

    async def look(self) -> int:
        """One sweep."""
        return await warnings.sweep(self.service.store, self.setting)

    @property
    def setting(self) -> warnings.Setting:
        found: warnings.Setting = self.service.registry.resources[warnings.Setting]
        return found

    async def rows(self) -> list[dict[str, Any]]:
        async with self.service.store.read() as unit:
            return [dict(row) for row in await unit.rows(sa.select(table).order_by(table.c.id))]


@pytest.fixture
def district(service: Service, clock: TestClock) -> District:
    return District(service, clock)


async def test_a_rise_is_raised_once_and_sent_to_the_lead_once(
    district: District, colleague: Make, notices: Notices
) -> None:
    rep, boss, community = await colleague("union"), await colleague("admin"), await colleague("community")
    await district.file(3)
    assert await district.look() == 0  # three are too few
    await district.file(3)
    assert await district.look() == 1
    assert await district.look() == 0  # never twice
    [row] = await district.rows()
    assert (row["scope"], row["level"], row["count"], row["persons"]) == ("cluster", 1, 6, 6)
    [notice] = await notices.to(rep.chat)
    assert "苗头预警：美团 · 扣款罚款 · 天宁区" in notice.text
    assert "6 个人、6 件诉求" in notice.text
    assert await notices.to(boss.chat) == await notices.to(community.chat) == []


async def test_more_cases_count_and_a_higher_level_is_told_once(
    district: District, colleague: Make, notices: Notices
) -> None:
    rep = await colleague("union")
    await district.file(6)
    await district.look()
    await district.file(2)
    await district.look()
    [row] = await district.rows()
    assert (row["count"], row["level"]) == (8, 1)
    assert len(await notices.to(rep.chat)) == 1
    await district.file(3, story=PAY)
    for _again in range(3):
        await district.look()
    [row] = await district.rows()
    assert (row["persons"], row["alike"], row["level"], row["grave"]) == (11, 11, 3, 3)
    *_earlier, last = await notices.to(rep.chat)
    assert len(_earlier) == 1
    assert "已有 11 个人。满 10 人并有共同请求的，依法可以推举代表" in last.text


@pytest.mark.parametrize(("story", "waits"), [(FINE, True), (PAY, False)])
async def test_at_night_only_what_is_grave_is_said(
    district: District, colleague: Make, service: Service, clock: TestClock, story: str, waits: bool
) -> None:
    await colleague("union")
    clock.move(hours=12)  # half past two
    await district.file(6, story=story)
    await district.look()
    async with service.store.read() as unit:
        due = await unit.value(sa.select(outbox.c.due_at).where(outbox.c.dedupe_key.like("warning:%")))
    assert due == clock() + timedelta(hours=6.5 if waits else 0)  # nine o'clock


async def test_people_count_not_cases(district: District) -> None:
    [one] = await district.file()
    await district.file(11, person=one)
    assert await district.look() == 0


async def test_a_busy_company_has_its_own_usual(district: District) -> None:
    await district.usual(11, 7)
    assert await district.look() == 0
    await district.file(3)
    assert await district.look() == 0
    await district.file(14)
    assert await district.look() == 1


async def test_grave_words_raise_sooner_and_are_heard_once(district: District, service: Service) -> None:
    for place in ("320402", "320404", "320411"):
        await district.file(story=PAY, category="pay", region=place)
    await district.file(2, story=FINE, company="eleme")
    assert await district.look() == 1
    [row] = await district.rows()
    assert (row["scope"], row["level"], row["grave"]) == ("grave", 2, 3)
    await district.look()
    async with service.store.read() as unit:
        heard = await unit.rows(sa.select(warning_looks.c.grave))
        noted = await unit.rows(sa.select(audit.c.actor, audit.c.detail).where(audit.c.action == "case.words"))
    assert sorted(one["grave"] for one in heard) == [False, False, True, True, True]
    assert [(one["actor"], one["detail"]) for one in noted] == [("system", "5 looked through for a warning")]


async def test_two_processes_at_once_raise_one(district: District, service: Service) -> None:
    await district.file(6)
    await asyncio.gather(*(district.look() for _process in range(4)))
    assert len(await district.rows()) == 1
    async with service.store.read() as unit:
        assert len(await unit.rows(sa.select(warning_steps))) == 1


async def test_the_whole_way_to_its_end_and_a_new_rise(district: District, colleague: Make, clock: TestClock) -> None:
    rep = await colleague("union", "王琳")
    await district.file(6)
    await district.look()
    assert "条没人看过" in await rep.open("/desk")
    assert "美团 · 扣款罚款 · 天宁区" in await rep.open("/desk/warnings")
    [row] = await district.rows()
    path = f"/desk/warnings/{row['id']}"
    page = await rep.open(path)
    assert page.count("/desk/cases/") == 6
    assert "您看过了" in await rep.press(f"{path}/acknowledge")
    assert "由您跟进" in await rep.press(f"{path}/follow")
    assert "打过站长电话" in await rep.press(f"{path}/note", words="打过站长电话")
    answer = await rep.client.post(f"{path}/acknowledge", data={"csrf": rep.csrf})
    assert answer.status_code == 409  # it is followed already
    clock.move(minutes=10)
    assert "已结束" in await rep.press(f"{path}/close", words="站点换了人，罚款都退了")
    assert "罚款都退了" in rep.page
    assert (await rep.client.post(f"{path}/follow", data={"csrf": rep.csrf})).status_code == 409
    assert await district.look() == 0  # its cases are dealt with
    clock.move(minutes=10)
    await district.file(6)
    assert await district.look() == 1
    assert [one["state"] for one in await district.rows()] == ["closed", "raised"]
    assert "现在没有预警" not in await rep.open("/desk/warnings")
    assert (await rep.open("/desk/warnings?show=all")).count("美团 · 扣款罚款") == 2


async def test_a_warning_closes_with_words_only(district: District, colleague: Make) -> None:
    rep = await colleague("union")
    await district.file(6)
    await district.look()
    [row] = await district.rows()
    await rep.open(f"/desk/warnings/{row['id']}")
    answer = await rep.client.post(f"/desk/warnings/{row['id']}/close", data={"csrf": rep.csrf, "words": " "})
    assert answer.status_code == 400
    assert (await district.rows())[0]["state"] == "raised"


async def test_a_company_without_an_id_and_an_erased_person(
    district: District, colleague: Make, service: Service
) -> None:
    rep = await colleague("union")
    everybody = await district.file(6, company="", company_words="速达快送")
    await district.look()
    [row] = await district.rows()
    async with service.store.write() as unit:
        assert await warnings.show(unit, everybody[0])
        await warnings.erase(unit, everybody[0])
        await complaints.erase(unit, everybody[0])
        assert await warnings.show(unit, everybody[0]) == []
    await district.look()
    page = await rep.open(f"/desk/warnings/{row['id']}")
    assert "速达快送 · 扣款罚款 · 天宁区" in page
    assert page.count("/desk/cases/") == 5  # an erased case says nothing of its company any more


async def test_closed_warnings_go_after_their_time(district: District, service: Service, clock: TestClock) -> None:
    await district.file(6)
    await district.look()
    async with service.store.write() as unit:
        await unit.execute(sa.update(table).values(closed_at=unit.now, open_key=None, state="closed"))
    clock.move(days=731)
    await sweep(service.store, warnings.retention_rules(730))
    assert await district.rows() == []
    async with service.store.read() as unit:
        assert await unit.rows(sa.select(warning_steps)) == []
        assert await unit.rows(sa.select(warning_looks)) == []


def test_it_comes_round_every_quarter_of_an_hour() -> None:
    assert timedelta(seconds=warnings.EVERY) <= timedelta(minutes=15)
