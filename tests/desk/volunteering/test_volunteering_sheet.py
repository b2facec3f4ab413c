"""Activities at the desk: changing and calling off, and the sheet of who was there."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from bot.store.tables import audit, outbox, people
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import Setting
from handlers.volunteering.tables import checkins, signups
from tests.desk.conftest import Colleague, Notices
from tests.desk.volunteering.conftest import PLAN, entry, published, rows
from tests.support import START, Chat, TestClock

ZONE = ZoneInfo("Asia/Shanghai")


# -- changing, calling off


async def test_who_signed_up_is_told_what_changed(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], notices: Notices
) -> None:
    slot = await published(staff, capacity="1", minimum="0")
    rider, waits = await volunteer("r1", slot), await volunteer("r2", slot, wait=True)
    await staff.open(f"/desk/volunteering/{slot}/change")
    assert 'name="weeks"' not in staff.page
    values = PLAN | {"start": "15:00", "end": "16:00", "place": "青龙社区", "capacity": "2", "minimum": "0"}
    page = await staff.press(f"/desk/volunteering/{slot}/change", **values)
    assert "已修改" in page
    texts = [one.text for one in await notices.to(rider)]
    [told] = [text for text in texts if text.startswith("活动有变")]
    assert "时间：周三（11月18日）15:00–16:00" in told and "青龙社区" in told and "补贴" not in told
    assert any("青龙社区" in text and "提醒" in text for text in texts), "the reminder names the new place"
    assert not any("红梅社区" in text and "提醒" in text for text in texts)
    assert any("空出" in one.text or "名额" in one.text for one in await notices.to(waits)), "the new place is offered"
    [row] = await rows(service)
    assert (row["taken"], row["capacity"]) == (2, 2)


async def test_reminders_of_a_moved_activity_are_in_nobody_s_peak(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], clock: TestClock
) -> None:
    """14:30 to 20:30: an hour before that is the riders' evening, and so is the moment it was changed at."""
    slot = await published(staff, minimum="0")
    await volunteer("r1", slot)
    async with service.store.write() as unit:
        mine = sa.select(signups.c.person_id).scalar_subquery()
        await unit.execute(sa.update(people).where(people.c.id == mine).values(occupation="rider", region="320402"))
    clock.now = datetime(2026, 11, 16, 18, 0, tzinfo=ZONE)
    await staff.sign_in()
    await staff.open(f"/desk/volunteering/{slot}/change")
    moved = PLAN | {"start": "20:30", "end": "21:30", "minimum": "0"}
    assert "已修改" in await staff.press(f"/desk/volunteering/{slot}/change", **moved)
    setting: Setting = service.registry.resources[Setting]
    async with service.store.read() as unit:
        due = [row["due_at"] for row in await unit.rows(sa.select(outbox.c.due_at).where(outbox.c.kind == "notice"))]
    assert len(due) == 3, "what changed, the evening before, the hour before"
    assert all(setting.peaks.quiet("rider", at, ZONE, "320402") is None for at in due)


async def test_nothing_changed_tells_nobody_and_fewer_places_than_people_are_refused(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], notices: Notices
) -> None:
    slot = await published(staff)
    chats = [await volunteer(f"r{number}", slot) for number in range(2)]
    before = (await rows(service))[0]
    await staff.open(f"/desk/volunteering/{slot}/change")
    spot = re.search(r'name="spot" value="(geo:[^"]+)"', staff.page)
    assert spot
    await staff.press(f"/desk/volunteering/{slot}/change", **(PLAN | {"spot": spot[1]}))
    assert {**(await rows(service))[0], "contact": b""} == {**before, "contact": b""}
    assert not any("活动有变" in one.text for one in await notices.to(chats[0]))
    await staff.open(f"/desk/volunteering/{slot}/change")
    page = await staff.press(f"/desk/volunteering/{slot}/change", **(PLAN | {"capacity": "1", "minimum": "0"}))
    assert staff.answer.status_code == 400 and "已有 2 人报名" in page


async def test_called_off_at_the_desk(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], notices: Notices
) -> None:
    slot = await published(staff)
    rider = await volunteer("r1", slot)
    await staff.open(f"/desk/volunteering/{slot}")
    assert (
        "请先写点" in await staff.press(f"/desk/volunteering/{slot}/call-off", reason=" ")
        or staff.answer.status_code == 400
    )
    await staff.open(f"/desk/volunteering/{slot}")
    assert "已取消" in await staff.press(f"/desk/volunteering/{slot}/call-off", reason="下雨")
    assert any("下雨" in one.text for one in await notices.to(rider))
    csrf = staff.csrf
    for path in ("call-off", "change"):
        answer = await staff.client.post(
            f"/desk/volunteering/{slot}/{path}", data={**PLAN, "csrf": csrf, "reason": "x"}
        )
        assert answer.status_code == 409


# -- the sheet


async def test_the_sheet_has_numbers_and_nothing_that_names(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]]
) -> None:
    slot = await published(staff)
    rider = await volunteer("rider-secret", slot)
    number = re.search(r"现场编号：(\w{4})", rider.text)
    assert number
    page = await staff.open(f"/desk/volunteering/{slot}")
    assert number[1] in page and "rider-secret" not in page
    [person] = [row["person_id"] for row in await rows(service, signups)]
    assert str(person) not in page
    second = await published(staff, day="2026-11-19")
    await rider.deliver(choice=f"go:volunteer_join?slot={second}")
    other = re.search(r"现场编号：(\w{4})", rider.text)
    assert other and other[1] != number[1], "another number at another activity"


async def test_staff_put_down_excuse_and_take_back(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], clock: TestClock
) -> None:
    slot = await published(staff)
    rider = await volunteer("r1", slot)
    signup = await entry(service, slot)
    base = f"/desk/volunteering/{slot}/signups/{signup}"
    await staff.open(f"/desk/volunteering/{slot}")
    page = await staff.press(f"{base}/attended", minutes="60", reason="手机没电")
    assert staff.answer.status_code == 409 and "还没开始" in page
    setting: Setting = service.registry.resources[Setting]
    clock.now = datetime(2026, 11, 18, 16, 30, tzinfo=ZONE)
    await staff.sign_in()
    async with service.store.write() as unit:
        await volunteering.sweep(unit, setting)
    assert "没来" in await staff.open(f"/desk/volunteering/{slot}")
    assert "不再算未到" in await staff.press(f"{base}/excuse", reason="送人去医院")
    for minutes in ("0", "61", "x", "９"):
        await staff.open(f"/desk/volunteering/{slot}")
        await staff.press(f"{base}/attended", minutes=minutes, reason="x")
        assert staff.answer.status_code == 400
    await staff.open(f"/desk/volunteering/{slot}")
    assert "已补记" in await staff.press(f"{base}/attended", minutes="50", reason="手机没电")
    assert "工作人员补记" in staff.page and "50 分钟" in staff.page
    [kept] = await rows(service, checkins)
    assert "手机".encode() not in kept["reason"]
    assert "您有 1 分" in await rider.say("我的积分")
    async with service.store.read() as unit:
        [owed] = await volunteering.allowances(unit, setting, START, clock.now)
    assert (owed.fen, owed.minutes, owed.slot_id) == (1250, 50, slot)
    async with service.store.read() as unit:
        holders: Holders = service.registry.resources[Holders]
        [person] = {row["person_id"] for row in await unit.rows(sa.select(signups))}
        [mine] = (await holders.show(unit, person))["volunteering"]["signups"]
    assert (mine["put_down_because"], mine["minutes"]) == ("手机没电", 50)
    assert "已撤回" in await staff.press(f"{base}/strike", reason="记错人了")
    assert "您有 0 分" in await rider.say("我的积分")
    async with service.store.read() as unit:
        assert await volunteering.allowances(unit, setting, START, clock.now) == []
        done = sa.select(audit.c.action).where(audit.c.subject == f"signup:{signup}").order_by(audit.c.id)
        assert list((await unit.execute(done)).scalars()) == ["slot.excuse", "slot.attendance", "slot.strike"]


async def test_why_staff_put_it_down_goes_with_the_person(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], clock: TestClock
) -> None:
    slot = await published(staff)
    rider = await volunteer("r1", slot)
    clock.now = datetime(2026, 11, 18, 15, 0, tzinfo=ZONE)
    await staff.sign_in()
    await staff.open(f"/desk/volunteering/{slot}")
    path = f"/desk/volunteering/{slot}/signups/{await entry(service, slot)}/attended"
    await staff.press(path, minutes="50", reason="手机没电")
    await rider.say("注销")
    await rider.tap("删除")
    [kept] = await rows(service, checkins)
    assert (kept["reason"], kept["minutes"]) == (None, 50)


async def test_a_waiting_person_is_put_down_only_where_there_is_room(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], clock: TestClock
) -> None:
    slot = await published(staff, capacity="1", minimum="0")
    await volunteer("r1", slot)
    await volunteer("r2", slot, wait=True)
    waits = next(row["id"] for row in await rows(service, signups) if row["status"] == "waiting")
    clock.now = datetime(2026, 11, 18, 15, 0, tzinfo=ZONE)
    await staff.sign_in()
    await staff.open(f"/desk/volunteering/{slot}")
    page = await staff.press(f"/desk/volunteering/{slot}/signups/{waits}/attended", minutes="30", reason="在现场")
    assert staff.answer.status_code == 409 and "名额已满" in page
    assert (await rows(service))[0]["taken"] == 1


async def test_a_sign_up_ended_at_the_desk_passes_on(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], notices: Notices
) -> None:
    slot = await published(staff, capacity="1", minimum="0")
    first, waits = await volunteer("r1", slot), await volunteer("r2", slot, wait=True)
    await staff.open(f"/desk/volunteering/{slot}")
    await staff.press(
        f"/desk/volunteering/{slot}/signups/{await entry(service, slot)}/take-out", reason="本人电话说来不了"
    )
    assert any("本人电话说来不了" in one.text for one in await notices.to(first))
    assert any("空出" in one.text or "名额" in one.text for one in await notices.to(waits))


async def test_a_place_kept_by_staff_is_taken_at_the_place(
    staff: Colleague, service: Service, someone: Callable[[str], Chat], clock: TestClock
) -> None:
    slot = await published(staff, capacity="1", minimum="0")
    clock.now = datetime(2026, 11, 18, 14, 45, tzinfo=ZONE)
    await staff.sign_in()
    await staff.open(f"/desk/volunteering/{slot}")
    page = await staff.press(f"/desk/volunteering/{slot}/reserve", reason="现场来的师傅")
    found = re.search(r"JB-\w{4}-\w{4}", page)
    assert found
    page = await staff.press(f"/desk/volunteering/{slot}/reserve", reason="又来一位")
    assert staff.answer.status_code == 409 and "名额已满" in page
    chat = someone("walks-in")
    await chat.say(f"接班 {found[0]}")
    await chat.tap("要，我来")
    assert "报上了" in await chat.tap("同意")
    code = (await rows(service))[0]["code"]
    assert "签到了" in await chat.say(f"签到 {code}")
    assert (await rows(service))[0]["taken"] == 1


async def test_a_sign_up_of_another_activity_is_not_touched(
    staff: Colleague, service: Service, volunteer: Callable[..., Awaitable[Chat]], clock: TestClock
) -> None:
    one, two = await published(staff), await published(staff, day="2026-11-19")
    await volunteer("r1", two)
    clock.now = datetime(2026, 11, 20, 16, 0, tzinfo=ZONE)
    await staff.sign_in()
    await staff.open(f"/desk/volunteering/{one}")
    await staff.press(f"/desk/volunteering/{one}/signups/{await entry(service, two)}/attended", minutes="9", reason="x")
    assert staff.answer.status_code == 409
