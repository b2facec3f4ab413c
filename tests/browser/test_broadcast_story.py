"""In real browsers: community staff write a broadcast at the desk, a rider gets it on the open page and taps its
button; the desk's figures move by themselves, and by reloading where there are no scripts."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, ViewportSize, expect

from bot.app import Service
from handlers.staff import service as staff
from tests.browser.conftest import PATIENCE, Phones
from tests.browser.test_desk_story import answered, button, heard, say, shot

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=PATIENCE)
PHONE: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1280, "height": 900}
TEXT = "周三下午红梅社区楼道电动车排查，还差 3 人。"


async def sign_in(phones: Phones, live: Service, **more: object) -> Page:
    """Community staff at the desk."""
    page = await phones.person(**more)
    async with live.store.write() as unit:
        code = await staff.invite(unit, "community", name="小王")
    await say(page, code)
    await say(page, "登录")
    link = await page.locator("a.card").last.get_attribute("href")
    await page.goto(link or "")
    await page.get_by_role("main").get_by_role("button").click()
    return page


async def test_written_sent_tapped_counted(phones: Phones, live: Service, rider: Page) -> None:
    await say(rider, "菜单")
    desk = await sign_in(phones, live, viewport=WIDE)
    await desk.goto("/desk/broadcasts/new")
    await desk.set_viewport_size(PHONE)
    await shot(desk, "broadcast-form-phone")
    await desk.locator("[name=title]").fill("楼道排查招人")
    await desk.locator("[name=text]").fill(TEXT)
    await desk.locator("[name=topic]").select_option("volunteering")
    await desk.locator("[name=way_0]").select_option("volunteer")
    await desk.get_by_role("button", name="保存并预览").click()
    await expect(desk.get_by_text("不想再收，回“退订”。").first).to_be_visible()
    await shot(desk, "broadcast-draft-phone")
    await desk.get_by_role("button", name="提交发送").click()
    await expect(heard(rider).last).to_contain_text(TEXT)
    await expect(desk.locator("[data-live=state]")).to_have_text("已发完")  # without anybody reloading the page
    await shot(desk, "broadcast-progress-phone")
    await desk.set_viewport_size(WIDE)
    await shot(desk, "broadcast-progress")
    await button(rider, "报名").click()
    await answered(rider)
    await expect(heard(rider).last).to_contain_text("活动")
    await desk.reload()
    await expect(desk.locator("[data-live=clicks]")).to_have_text("1")
    await desk.get_by_role("link", name="逐人结果").click()
    await expect(desk.locator("tbody tr").first).to_contain_text("已送达")
    await shot(desk, "broadcast-report")


async def test_it_works_without_scripts(phones: Phones, live: Service) -> None:
    desk = await sign_in(phones, live, viewport=WIDE)
    state = await desk.context.storage_state()
    bare = await phones.person(viewport=PHONE, java_script_enabled=False, storage_state=state)
    await bare.goto("/desk/broadcasts")
    await bare.get_by_role("link", name="写一条").click()
    await bare.locator("[name=title]").fill("不用脚本")
    await bare.locator("[name=text]").fill(TEXT)
    await bare.get_by_role("button", name="保存并预览").click()
    await bare.get_by_role("button", name="先发给我看看").click()
    await expect(bare.get_by_role("status")).to_contain_text("正发到您自己的聊天里")
