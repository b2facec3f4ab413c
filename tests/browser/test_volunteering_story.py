"""A whole story in real browsers: staff publish an activity, riders take its place and its waiting list, one leaves,
the next takes it, checks in by the QR code's page, and holds a certificate anybody can check."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from playwright.async_api import Page, expect

from bot.app import Service
from handlers.volunteering.tables import checkins, slots
from tests.browser.conftest import PATIENCE, Phones
from tests.browser.test_desk_story import at_the_desk, button, heard, say, shot, tap

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=PATIENCE)


async def publish(officer: Page, live: Service) -> None:
    """Fill the form for the day after tomorrow, in the riders' noon, and move it out of it."""
    day = (live.clock() + timedelta(days=2)).astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
    await officer.get_by_role("link", name="志愿活动").first.click()
    await officer.get_by_role("link", name="发布活动").click()
    fields = {"title": "楼道排查", "task": "看看楼道里的电动车", "place": "红梅社区", "contact": "王主任", "day": day}
    for name, words in (fields | {"start": "12:00", "end": "13:00", "capacity": "1", "points": "1"}).items():
        await officer.locator(f"[name={name}]").fill(words)
    await officer.locator("[name=for-rider]").check()
    await officer.get_by_role("button", name="发布", exact=True).click()
    await expect(officer.get_by_role("alert")).to_contain_text("骑手的忙时")
    await shot(officer, "activity-look")
    await officer.get_by_role("button", name="改到").click()
    await expect(officer.locator("[name=start]")).to_have_value("13:30")
    await officer.get_by_role("button", name="发布", exact=True).click()
    await expect(officer.get_by_role("status")).to_contain_text("已发布")


async def sign_up(rider: Page, label: str) -> None:
    await say(rider, "做志愿")
    await rider.locator("#options").get_by_role("button", name=re.compile("楼道排查")).first.click()
    await expect(button(rider, label)).to_be_visible()
    await tap(rider, label)
    await tap(rider, "同意")


async def test_from_publishing_to_the_certificate(phones: Phones, live: Service) -> None:
    officer = await at_the_desk(phones, live, "李红梅", "phone", "community")
    await publish(officer, live)
    await shot(officer, "activity-published")
    first, second = await phones.person(), await phones.person()
    await sign_up(first, "报名")
    await expect(heard(first).last).to_contain_text("报上了")
    await sign_up(second, "候补")
    await expect(heard(second).last).to_contain_text("候补")

    await say(first, "取消报名")
    await tap(first, "跳过")
    await say(second, "我的志愿")
    await second.locator("#options").get_by_role("button", name=re.compile("楼道排查")).first.click()
    await tap(second, "要，我来")
    await expect(heard(second).last).to_contain_text("报上了")

    async with live.store.write() as unit:
        begins = unit.now - timedelta(minutes=70)
        await unit.execute(sa.update(slots).values(starts_at=begins, ends_at=begins + timedelta(minutes=100)))
    await officer.reload()
    await expect(officer.locator(".bigcode")).to_be_visible()
    await shot(officer, "activity-under-way")
    await officer.get_by_role("link", name="打印签到海报").click()
    await shot(officer, "activity-poster")
    async with live.store.read() as unit:
        row = await unit.first(sa.select(slots.c.id, slots.c.code))
    assert row is not None
    await second.goto(f"/checkin/{row['id']}/{row['code']}")
    await shot(second, "checkin")
    await second.get_by_role("button", name="点这里签到").click()
    await expect(heard(second).last).to_contain_text("签到了")
    async with live.store.write() as unit:
        await unit.execute(sa.update(checkins).values(in_at=unit.now - timedelta(minutes=70)))
    await say(second, "签退")
    await expect(heard(second).last).to_contain_text("记 1 分")

    await say(second, "志愿证明")
    await say(second, "王小明")
    link = second.locator(".message.bot a[href*='/certificate-files/']").last
    file = await second.request.get(str(await link.get_attribute("href")))
    assert file.ok and (await file.body()).startswith(b"%PDF")
    page = second.locator(".message.bot a[href*='/certificates/']").last
    await officer.goto(str(await page.get_attribute("href")))
    await expect(officer.locator(".result")).to_contain_text("属实")
    await shot(officer, "certificate")
