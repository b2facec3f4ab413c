"""The whole story in real browsers: staff at a desk of 1280 pixels publish an activity and send it to many; riders with
phones of 360 take its places and its waiting list in two taps; one leaves, the next takes over, checks in by the QR
code's page, has points, a thing for them, an allowance, and a certificate anybody can check."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
import sqlalchemy as sa
from playwright.async_api import Page, expect

from bot.app import Service
from bot.clock import system_clock
from bot.settings import Settings
from handlers.volunteering.tables import checkins, slots
from tests.browser.conftest import PATIENCE, Phones
from tests.browser.test_desk_story import answered, at_the_desk, heard, say, shot, tap

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=PATIENCE)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def live(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    """The service at two in the afternoon, whenever this runs: in a peak or at night an offer waits."""
    now = system_clock().astimezone(ZONE)
    afternoon = now.replace(hour=14, minute=0) + timedelta(days=now.hour >= 14)
    settings = Settings(_env_file=None, data_dir=tmp_path_factory.mktemp("live"))
    async with Service(settings, lambda: system_clock() + (afternoon - now)).running() as service:
        yield service


async def publish(officer: Page, live: Service) -> None:
    """Fill the form for the day after tomorrow, in the riders' noon, and move it out of it."""
    day = (live.clock() + timedelta(days=2)).astimezone(ZONE).date().isoformat()
    await officer.get_by_role("link", name="志愿活动").first.click()
    await officer.get_by_role("link", name="发布活动").click()
    fields = {"title": "楼道电动车排查", "task": "看看楼道里有没有电动车在充电", "place": "红梅社区 3 号门"}
    fields |= {"spot": "119.974987,31.779123", "contact": "王主任 13800000000", "insurance": "社区统一投保意外险"}
    fields |= {"day": day, "start": "12:00", "end": "13:00", "capacity": "2", "points": "1", "allowance": "20"}
    for name, words in fields.items():
        await officer.locator(f"[name={name}]").fill(words)
    await officer.locator("[name=for-rider]").check()
    await officer.get_by_role("button", name="发布", exact=True).click()
    await expect(officer.get_by_role("alert")).to_contain_text("骑手的忙时")
    await shot(officer, "activity-look")
    await officer.get_by_role("button", name="改到").click()
    await expect(officer.locator("[name=start]")).to_have_value("13:30")
    await officer.get_by_role("button", name="发布", exact=True).click()
    await expect(officer.get_by_role("status")).to_contain_text("已发布")
    await shot(officer, "activity-published")


async def broadcast(officer: Page) -> None:
    """From the activity's page: the form knows what it is about; a look, a try, sent."""
    await officer.get_by_role("link", name="群发招人").click()
    await expect(officer.locator("[name=title]")).to_have_value("楼道电动车排查")
    await expect(officer.locator("[name=text]")).to_have_value(
        re.compile("红梅社区 3 号门，楼道电动车排查：.*还差 2 人", re.S)
    )
    await expect(officer.locator("[name=occupation_rider]")).to_be_checked()
    await expect(officer.locator("[name=way_0]")).to_have_value("slot")
    await officer.get_by_role("button", name="保存并预览").click()
    await expect(officer.get_by_text("共 3 人")).to_be_visible()
    await officer.get_by_role("button", name="先发给我看看").click()
    await expect(officer.get_by_role("status")).to_contain_text("正发到您自己的聊天里")
    await shot(officer, "broadcast-draft")
    await officer.get_by_role("button", name="提交发送").click()


async def introduce(phones: Phones) -> Page:
    """A rider who has said what they do."""
    rider = await phones.person()
    await say(rider, "我的资料")
    await tap(rider, "同意")
    await tap(rider, "骑手")
    await say(rider, "天宁区")
    return rider


async def sign_up(rider: Page, label: str) -> None:
    """Two taps from the message to the place."""
    await expect(heard(rider).last).to_contain_text("点下面就能报名")
    await tap(rider, "报名")
    await tap(rider, label)


async def begins_now(live: Service, officer: Page) -> str:
    """The activity began 70 minutes ago; the path of its QR code."""
    async with live.store.write() as unit:
        begins = unit.now - timedelta(minutes=70)
        await unit.execute(sa.update(slots).values(starts_at=begins, ends_at=begins + timedelta(minutes=100)))
        row = await unit.first(sa.select(slots.c.id, slots.c.code))
    assert row is not None
    await officer.goto(f"/desk/volunteering/{row['id']}")
    await expect(officer.locator(".bigcode")).to_be_visible()
    return f"/checkin/{row['id']}/{row['code']}"


async def stay_an_hour(live: Service) -> None:
    async with live.store.write() as unit:
        await unit.execute(sa.update(checkins).values(in_at=unit.now - timedelta(minutes=70)))


async def test_from_publishing_to_the_certificate(phones: Phones, live: Service) -> None:
    officer = await at_the_desk(phones, live, "李红梅", "desktop", "community")
    first, second, third = [await introduce(phones) for _rider in range(3)]
    await publish(officer, live)
    await broadcast(officer)
    for rider, label in ((first, "报名"), (second, "报名"), (third, "候补")):
        await sign_up(rider, label)
        await expect(heard(rider).last).to_contain_text("候补上了" if label == "候补" else "报上了")
    await shot(second, "rider-signed-up")
    await expect(officer.locator("[data-live=state]")).to_have_text("已发完")
    await officer.reload()
    await expect(officer.locator("[data-live=clicks]")).to_have_text("3")
    await shot(officer, "desk-broadcast")
    await officer.get_by_role("link", name="楼道电动车排查", exact=True).click()  # back to the activity
    await expect(officer.get_by_text("已报 2 / 2 人", exact=True)).to_be_visible()
    await shot(officer, "desk-slot")

    await say(first, "临时来单了，去不了了")
    await tap(first, "临时有单")
    await expect(heard(first).last).to_contain_text("取消了")
    await expect(heard(third).last).to_contain_text("空出名额了")
    await tap(third, "要，我来")
    await expect(heard(third).last).to_contain_text("报上了")

    path = await begins_now(live, officer)
    await third.goto(path)
    await shot(third, "checkin")
    await third.get_by_role("button", name="点这里签到").click()
    await expect(heard(third).last).to_contain_text("签到了")
    await say(second, "签到 " + path.rpartition("/")[2])
    await expect(heard(second).last).to_contain_text("签到了")
    await stay_an_hour(live)
    await say(third, "我走了")
    await expect(heard(third).last).to_contain_text("记 1 分")
    await officer.reload()
    await shot(officer, "activity-under-way")

    await exchange(officer, third)
    await allowance(officer, third, await ends(live))
    await certificate(officer, third)


async def ends(live: Service) -> str:
    """The activity has just ended; in which month."""
    async with live.store.write() as unit:
        over = unit.now - timedelta(minutes=1)
        await unit.execute(sa.update(slots).values(ends_at=over))
    return f"{over.astimezone(ZONE):%Y-%m}"


async def exchange(officer: Page, rider: Page) -> None:
    """A thing is put in stock, exchanged, and handed out against its code."""
    await officer.goto("/desk/rewards")
    form = officer.locator("form[action='/desk/rewards/add']")
    for name, words in {"name": "护膝", "points": "1", "stock": "1", "collect": "红梅社区驿站"}.items():
        await form.locator(f"[name={name}]").fill(words)
    await form.get_by_role("button").click()
    await say(rider, "积分换东西")
    await rider.locator("#options").get_by_role("button", name=re.compile("护膝")).click()
    await answered(rider)
    await tap(rider, "换")
    code = re.search(r"DH-\w{4}-\w{4}", await heard(rider).last.inner_text())
    assert code
    await confirm(officer, code[0])
    await confirm(officer, code[0], "不能再用")


async def confirm(officer: Page, code: str, refused: str = "") -> None:
    """Type a code somebody shows."""
    await officer.goto("/desk/rewards")
    await officer.get_by_label("出示的码").fill(code.lower())
    await officer.get_by_role("button", name="核销").click()
    if refused:
        await expect(officer.get_by_text(refused)).to_be_visible()
    else:
        await expect(officer.get_by_role("status")).to_be_visible()


async def allowance(officer: Page, rider: Page, month: str) -> None:
    """The month's list holds a number and an amount; the rider has the code."""
    await officer.goto("/desk/rewards/allowances")
    form = officer.locator("form[action='/desk/rewards/allowances/list']")
    await form.locator("[name=month]").fill(month)
    await form.get_by_role("button").click()
    await shot(officer, "allowances")
    await expect(heard(rider).last).to_contain_text("20 元")
    await tap(rider, "我的补贴")
    code = re.search(r"BT-\w{4}-\w{4}", await heard(rider).last.inner_text())
    assert code
    await confirm(officer, code[0])


async def certificate(officer: Page, rider: Page) -> None:
    """A PDF, and a page on which anybody sees that it is genuine."""
    await say(rider, "志愿证明")
    await say(rider, "王小明")
    link = rider.locator(".message.bot a[href*='/certificate-files/']").last
    file = await rider.request.get(str(await link.get_attribute("href")))
    assert file.ok and (await file.body()).startswith(b"%PDF")
    page = rider.locator(".message.bot a[href*='/certificates/']").last
    await officer.goto(str(await page.get_attribute("href")))
    await expect(officer.locator(".result")).to_contain_text("属实")
    await expect(officer.get_by_text("王**")).to_be_visible()
    await shot(officer, "certificate")
