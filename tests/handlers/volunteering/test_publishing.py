"""Community staff in the chat: publishing with a look at the peaks, numbers, calling off; and who may not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.audit import audit
from handlers.volunteering import service as volunteering
from handlers.volunteering.service import NotStaffError, Plan, Slot
from handlers.volunteering.tables import slots
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Told = Callable[[Chat], Awaitable[list[Any]]]

TO_THE_TIME = ("发布活动", "楼道排查", "看看楼道里有没有电动车在充电？", "天宁区红梅社区", "骑手和网约车司机", "周三")
AFTER = ("5", "2", "1", "20块", "社区统一投保意外险", "王主任 13800000000")


async def all_slots(service: Service) -> list[dict[str, Any]]:
    async with service.store.read() as unit:
        return [dict(row) for row in await unit.rows(sa.select(slots).order_by(slots.c.id))]


async def test_an_activity_is_published(service: Service, organiser: Chat, rider: Rider) -> None:
    await organiser.say(*TO_THE_TIME)
    summary = await organiser.say("14:30-16:00", *AFTER)
    for part in (
        "楼道排查",
        "红梅社区",
        "周三（11月18日）14:30–16:00",
        "5 人",
        "最少 2 人",
        "骑手、网约车司机",
        "1 分",
        "交通误餐补贴 20 元",
        "王主任",
    ):
        assert part in summary
    assert "忙时" not in summary
    done = await organiser.tap("发布")
    [row] = await all_slots(service)
    assert row["code"] in done
    assert (row["starts_at"], row["ends_at"]) == (START + timedelta(days=2), START + timedelta(days=2, minutes=90))
    assert (row["capacity"], row["minimum"], row["points"], row["region"]) == (5, 2, 1, "320402")
    assert (row["occupations"], row["allowance"]) == ("rider,driver", 2000)
    assert "王主任".encode() not in row["contact"]
    chat = await rider()
    assert "红梅社区 楼道排查" in (await chat.say("做志愿")) + chat.labels[0]


async def test_a_busy_time_is_warned_of_and_moved_to_the_next_gap(service: Service, organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME)
    warning = await organiser.say("12点到13点半")
    assert "骑手的忙时：10:30–13:30（本站默认值，不是规定）。建议错开" in warning
    assert "改到周三（11月18日）13:30–15:00" in organiser.labels
    await organiser.tap("改到")
    summary = await organiser.say(*AFTER)
    assert "13:30–15:00" in summary
    assert "忙时" not in summary
    await organiser.tap("发布")
    [row] = await all_slots(service)
    assert row["starts_at"] == START + timedelta(days=2, hours=-1)


async def test_it_may_stay_in_the_busy_time_and_the_summary_says_so(service: Service, organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME, "12:00-13:00")
    await organiser.tap("就用这个时间")
    assert "和忙时重叠：10:30–13:30" in await organiser.say(*AFTER)
    await organiser.tap("发布")
    assert len(await all_slots(service)) == 1


async def test_another_time_is_looked_at_again(organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME, "12:00-13:00")
    assert "几点到几点" in await organiser.tap("换个时间")
    assert "骑手、网约车司机的忙时：16:30–20:00、17:00–19:30" in await organiser.say("18:00 1小时")
    await organiser.tap("换个时间")
    assert "要多少人" in await organiser.say("9:30到10:30")


async def test_a_time_changed_at_the_end_is_looked_at_too(organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME, "14:30-16:00", *AFTER)
    await organiser.tap("改一项")
    await organiser.tap("时间")
    assert "忙时" in await organiser.say("12:00-13:00")


async def test_everybody_means_all_that_have_peaks(organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME[:4], "所有人", "明天")
    assert "网约车司机的忙时：07:00–09:30" in await organiser.say("8点到9点")
    assert "改到明天（11月17日）09:30–10:30" in organiser.labels


async def test_an_evening_goes_on_the_next_day(organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME)
    await organiser.say("19:00-21:30")
    assert "改到周四（11月19日）09:30–12:00" not in organiser.labels, "that is the riders' noon"
    assert "改到周四（11月19日）13:30–16:00" in organiser.labels


async def test_what_can_not_be_is_asked_again(organiser: Chat) -> None:
    await organiser.say(*TO_THE_TIME[:5])
    assert "那天已经过了" in await organiser.say("2026年11月3号")
    await organiser.say("今天")
    assert "晚于开始" in await organiser.say("16点到14点")
    assert "已经过了" in await organiser.say("13:00-14:00")
    assert "要多少人" in await organiser.say("15:00-16:00")
    assert "1" in await organiser.say("0")
    await organiser.say("2")
    assert "比总人数还多" in await organiser.say("3")
    assert "多少积分" in await organiser.say("2")


@pytest.mark.parametrize("word", ["发布活动", "我发的活动"])
async def test_workers_and_union_reps_may_not(
    chat: Chat, someone: Callable[[str], Chat], join: Callable[..., Awaitable[Chat]], word: str
) -> None:
    assert "只有社区工作人员" in await chat.say(word)
    rep = await join(someone("union-1"), "union")
    assert "只有社区工作人员" in await rep.say(word)
    admin = await join(someone("admin-1"), "admin")
    assert "只有社区工作人员" not in await admin.say(word)


async def test_the_service_refuses_as_well(
    service: Service, chat: Chat, person_id: Callable[[Chat], Awaitable[int]]
) -> None:
    await chat.say("菜单")
    plan = Plan(title="t", task="t", place="p", starts_at=START, ends_at=START + timedelta(hours=1), capacity=1)
    with pytest.raises(NotStaffError):
        async with service.store.write() as unit:
            await volunteering.create(unit, await person_id(chat), plan)
    assert await all_slots(service) == []


async def test_whose_role_ended_in_the_middle_publishes_nothing(
    service: Service, organiser: Chat, person_id: Callable[[Chat], Awaitable[int]]
) -> None:
    from handlers.staff import service as staff

    await organiser.say(*TO_THE_TIME, "14:30-16:00", *AFTER)
    async with service.store.write() as unit:
        await staff.leave(unit, await person_id(organiser), "operator")
    assert "只有社区工作人员" in await organiser.tap("发布")
    assert await all_slots(service) == []


async def test_my_slots_show_numbers_and_never_people(publish: Publish, organiser: Chat, rider: Rider) -> None:
    slot = await publish(capacity=1)
    for name in ("a", "b"):
        chat = await rider(name)
        await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}&wait=1")
    await organiser.say("我发的活动")
    assert organiser.labels[0] == "周三 14:30 楼道排查 · 1/1"
    assert "报名 1/1，候补 1" in await organiser.tap("楼道排查")
    assert slot.code in organiser.text


async def test_calling_off_tells_everybody_why(
    publish: Publish, organiser: Chat, rider: Rider, told: Told, service: Service
) -> None:
    slot = await publish(capacity=1)
    first, waiting, other = await rider("a"), await rider("b"), await rider("c")
    for chat in (first, waiting):
        await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}&wait=1")
    await organiser.say("我发的活动")
    await organiser.tap("楼道排查")
    assert "为什么取消" in await organiser.tap("取消活动")
    assert "通知 2 个人" in await organiser.say("明天有暴雨")
    assert "通知 2 个人" in await organiser.say("是")
    for chat in (first, waiting):
        [notice] = await told(chat)
        assert "取消了" in notice[2] and "明天有暴雨" in notice[2]
        assert notice[1] == "", "whoever signed up must hear it"
    assert await told(other) == []
    assert "已经开始或取消" in (await first.deliver(choice=f"go:volunteer_join?slot={slot.id}"))[0].text
    assert "没有报名" in await first.say("我的志愿")
    [row] = await all_slots(service)
    assert "暴雨".encode() not in row["reason"]
    async with service.store.read() as unit:
        actions = [one["action"] for one in await unit.rows(sa.select(audit).order_by(audit.c.id))]
    assert actions[-2:] == ["slot.create", "slot.cancel"]


async def test_it_can_be_thought_better_of(publish: Publish, organiser: Chat, service: Service) -> None:
    slot = await publish()
    await organiser.deliver(choice=f"go:slot_cancel?slot={slot.id}")
    await organiser.say("下雨")
    assert "照常办" in await organiser.tap("不取消")
    assert [row["status"] for row in await all_slots(service)] == ["open"]


async def test_another_organisers_slot_is_not_mine(
    publish: Publish, someone: Callable[[str], Chat], join: Callable[..., Awaitable[Chat]], chat: Chat
) -> None:
    slot = await publish()
    colleague, admin = await join(someone("community-2")), await join(someone("admin-1"), "admin")
    for choice in (f"go:slot_cancel?slot={slot.id}", f"go:my_slots?slot={slot.id}"):
        await colleague.deliver(choice=choice)
        assert "找不到" in colleague.text
        await chat.deliver(choice=choice)
        assert "只有社区工作人员" in chat.text
        await admin.deliver(choice=choice)
        assert "楼道排查" in admin.text
    assert slot.code not in colleague.text + chat.text


async def test_too_few_are_reported_a_day_before_once(
    publish: Publish, organiser: Chat, told: Told, clock: TestClock, swept: Callable[[], Awaitable[int]]
) -> None:
    await publish(capacity=5, minimum=3)
    assert await swept() == 0
    clock.move(days=1)
    assert await swept() == 1
    assert await swept() == 0
    [notice] = await told(organiser)
    assert "只有 0 人报名，最少要 3 人" in notice[2]
    await organiser.deliver(choice=notice[3][1]["value"])
    assert "为什么取消" in organiser.text
