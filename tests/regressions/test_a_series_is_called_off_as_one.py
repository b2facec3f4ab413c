"""An activity published for several weeks had to be called off week by week, and who had signed up for all of them got
a message for each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store.tables import audit, outbox
from handlers.volunteering.tables import signups, slots
from tests.desk.conftest import Colleague, Notices
from tests.desk.volunteering.conftest import PLAN
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]


async def rows(service: Service, table: sa.Table = slots) -> list[Any]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(table).order_by(table.c.id)))


@pytest.fixture
async def staff(colleague: Make) -> Colleague:
    return await colleague("community", "李红梅")


@pytest.fixture
async def weekly(staff: Colleague, service: Service) -> list[int]:
    """Four Wednesdays; the ids."""
    await staff.open("/desk/volunteering/new")
    page = await staff.press("/desk/volunteering/new", **(PLAN | {"weeks": "4"}))
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    days = {f"keep-2026-{day}": "1" for day in ("11-18", "11-25", "12-02", "12-09")}
    await staff.press("/desk/volunteering/new", **(PLAN | days | {"weeks": "4", "seen": seen}))
    found = await rows(service)
    assert len(found) == 4 and len({one["series"] for one in found} - {None}) == 1
    return [one["id"] for one in found]


async def joined(someone: Callable[[str], Chat], name: str, *wanted: int) -> Chat:
    chat = someone(name)
    for slot in wanted:
        await chat.deliver(choice=f"go:volunteer_join?slot={slot}&wait=1")
        if "同意" in chat.labels:
            await chat.tap("同意")
    return chat


async def off(service: Service) -> list[str]:
    return [row["status"] for row in await rows(service)]


async def test_this_one_and_all_later_ones(
    staff: Colleague, weekly: list[int], service: Service, someone: Callable[[str], Chat], notices: Notices
) -> None:
    always = await joined(someone, "always", *weekly)
    once = await joined(someone, "once", weekly[3])
    never = await joined(someone, "never", weekly[0])
    page = await staff.open(f"/desk/volunteering/{weekly[1]}")
    assert "同一系列后面 2 次也取消：12月2日、12月9日" in page
    await staff.press(f"/desk/volunteering/{weekly[1]}/call-off", reason="场地装修。", later="1")
    assert "各收到一条消息" in staff.page
    assert await off(service) == ["open", "cancelled", "cancelled", "cancelled"]
    told = [one.text for one in await notices.to(always) if "取消" in one.text]
    assert told == [
        "这几次活动取消了：\n"
        "11月25日 周三 14:30–15:30 红梅社区 3 号门 楼道排查\n"
        "12月2日 周三 14:30–15:30 红梅社区 3 号门 楼道排查\n"
        "12月9日 周三 14:30–15:30 红梅社区 3 号门 楼道排查\n"
        "原因：场地装修。您不用去了。"
    ]
    assert [one.text for one in await notices.to(once) if "取消" in one.text] == [
        "活动取消了：12月9日 周三 14:30–15:30 红梅社区 3 号门 楼道排查。原因：场地装修。您不用去了。"
    ]
    assert not [one for one in await notices.to(never) if "取消" in one.text]
    left = [(one["slot_id"], one["status"]) for one in await rows(service, signups)]
    assert sorted(left) == sorted(
        [(weekly[0], "booked")] * 2 + [(each, "called_off") for each in (*weekly[1:], weekly[3])]
    )
    async with service.store.read() as unit:
        noted = sa.select(sa.func.count()).where(audit.c.action == "slot.cancel")
        assert await unit.value(noted) == 3
        waiting = sa.select(sa.func.count()).where(outbox.c.dedupe_key.like("volunteering:hour:%"))
        assert await unit.value(waiting) == 2, "reminders of what is called off are gone"


async def test_without_the_tick_only_this_one(staff: Colleague, weekly: list[int], service: Service) -> None:
    await staff.open(f"/desk/volunteering/{weekly[1]}")
    await staff.press(f"/desk/volunteering/{weekly[1]}/call-off", reason="下雨")
    assert await off(service) == ["open", "cancelled", "open", "open"]
    assert "同一系列后面 2 次" in await staff.open(f"/desk/volunteering/{weekly[0]}"), "what is off is not counted"
    assert "同一系列" not in await staff.open(f"/desk/volunteering/{weekly[3]}"), "there is none after the last"


async def test_in_the_chat_as_well(
    staff: Colleague, weekly: list[int], service: Service, someone: Callable[[str], Chat]
) -> None:
    await joined(someone, "always", *weekly)
    await staff.chat.deliver(choice=f"go:slot_cancel?slot={weekly[2]}")
    assert "后面还有 12月9日。只取消这次，还是后面的也取消？" in staff.chat.text
    await staff.chat.say("都取消", "场地装修")
    assert "一共取消 2 次，会马上通知 1 个人" in staff.chat.text
    assert "通知 1 个人" in await staff.chat.tap("是，取消活动")
    assert await off(service) == ["open", "open", "cancelled", "cancelled"]
    await staff.chat.deliver(choice=f"go:slot_cancel?slot={weekly[0]}")
    await staff.chat.tap("只取消这次")
    await staff.chat.say("下雨")
    await staff.chat.tap("是，取消活动")
    assert await off(service) == ["cancelled", "open", "cancelled", "cancelled"]


async def test_a_colleague_can_not_and_one_alone_is_no_series(
    staff: Colleague, weekly: list[int], colleague: Make, service: Service
) -> None:
    other = await colleague("community", "别人")
    form = {"csrf": other.csrf, "reason": "x", "later": "1"}
    answer = await other.client.post(f"/desk/volunteering/{weekly[0]}/call-off", data=form)
    assert answer.status_code == 404 and await off(service) == ["open"] * 4
    await staff.open("/desk/volunteering/new")
    await staff.press("/desk/volunteering/new", **(PLAN | {"day": "2026-11-19"}))
    assert (await rows(service))[-1]["series"] is None and "同一系列" not in staff.page
