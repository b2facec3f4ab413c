"""A whole story in real browsers: a rider complains with a photo, an officer works the case, the rider rates it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bot.app import Service
from handlers.staff import service as staff
from tests.browser.conftest import PATIENCE, Phones
from tests.web_talk import picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=PATIENCE)

WIDTHS = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}
FOLDER = os.environ.get("YIZHAN_TEST_SCREENSHOTS", "")


def heard(page: Page) -> Locator:
    return page.locator(".message.bot .words")


def button(page: Page, label: str) -> Locator:
    return page.locator("#options").get_by_role("button", name=label, exact=True)


async def answered(page: Page) -> None:
    await expect(page.locator("#thinking")).to_be_hidden()
    await expect(page.locator("[data-key]")).to_have_count(0)


async def say(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.locator("#send").click()
    await answered(page)


async def tap(page: Page, label: str) -> None:
    await button(page, label).click()
    await answered(page)


async def fits(page: Page) -> bool:
    """True when nothing sticks out to the side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def shot(page: Page, name: str) -> None:
    """A picture of the page, where somebody wants to look."""
    assert await fits(page), name
    if FOLDER:
        await page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=True)


async def file_with_photo(rider: Page) -> None:
    """From the first word to the receipt."""
    await say(rider, "美团上周五扣了我200说超时 那天下暴雨")
    if await button(rider, "同意").count():
        await tap(rider, "同意")
    photo = {"name": "扣款.jpg", "mimeType": "image/jpeg", "buffer": picture("darkred", 320)}
    for _step in range(14):
        if await button(rider, "提交").count():
            break
        if "截图" in await heard(rider).last.inner_text() and not await button(rider, "好了").count():
            await rider.locator("#photo-input").set_input_files([photo])  # type: ignore[list-item]
            await rider.locator("#send").click()
            await answered(rider)
        elif await button(rider, "不留姓名").count():
            await tap(rider, "不留姓名")
        else:
            await tap(rider, "好了" if await button(rider, "好了").count() else "跳过")
    await tap(rider, "提交")
    await expect(heard(rider).last).to_contain_text("已收到")


async def at_the_desk(phones: Phones, live: Service, name: str, size: str, role: str = "union") -> Page:
    """An officer: staff by a code in the chat, at the desk by the link the bot sends."""
    async with live.store.write() as unit:
        code = await staff.invite(unit, role, name=name)
    officer = await phones.person(viewport=WIDTHS[size], has_touch=size == "phone")
    await say(officer, code)
    await tap(officer, "登录工作台")
    link = await officer.locator(".message.bot a[href*='/desk/sign-in/']").last.get_attribute("href")
    assert link is not None
    await officer.goto("/desk/" + link.partition("/desk/")[2])
    await officer.get_by_role("button", name="在这里登录").click()
    await expect(officer.get_by_role("heading", name=name)).to_be_visible()
    return officer


@pytest.mark.parametrize("size", sorted(WIDTHS))
async def test_a_complaint_from_the_first_word_to_the_rating(phones: Phones, live: Service, size: str) -> None:
    rider = await phones.person()
    await file_with_photo(rider)
    officer = await at_the_desk(phones, live, f"王琳{size}", size)
    await shot(officer, f"{size}-home")
    await officer.get_by_role("link", name="诉求", exact=True).first.click()
    await shot(officer, f"{size}-cases")
    await officer.get_by_role("link", name="YZ-").first.click()
    await expect(officer.get_by_text("那天下暴雨")).to_be_visible()
    photo = officer.locator(".photos img")
    await expect(photo).to_have_count(1)
    assert await photo.evaluate("async image => { await image.decode(); return image.naturalWidth }") == 320
    await officer.get_by_role("button", name="我来负责").click()
    await expect(officer.get_by_role("status")).to_contain_text("现在由您负责")
    await expect(heard(rider).last).to_contain_text("已受理")

    await officer.get_by_label("写给劳动者").fill("站点给您看过规则吗？")
    await officer.get_by_role("button", name="发送").click()
    await expect(heard(rider).last).to_contain_text("站点给您看过规则吗？")
    await say(rider, "没有，只说系统判的")  # just typed, without a button
    await expect(heard(rider).last).to_contain_text("已转给经办人")
    await officer.reload()
    await expect(officer.locator(".thread")).to_contain_text("没有，只说系统判的")
    await officer.get_by_label("常用回复").select_option("asked-company")
    await officer.get_by_role("button", name="填入").click()
    words = "我们已经联系美团核实，等对方答复。有消息就在这里告诉您。"
    await expect(officer.get_by_label("写给劳动者")).to_have_value(words)
    await shot(officer, f"{size}-case")

    await officer.get_by_label("状态").select_option("resolved")
    await officer.get_by_label("告诉劳动者的话").fill("站点已退回 200 元。")
    await officer.get_by_role("button", name="更新").click()
    await expect(heard(rider).last).to_contain_text("站点已退回 200 元")
    await tap(rider, "满意")
    await tap(rider, "跳过")
    await shot(rider, f"{size}-rider")
    await officer.goto("/desk/cases?status=all&words=暴雨")
    await expect(officer.locator("tbody tr")).not_to_have_count(0)
    await officer.get_by_text("保存或删除常用筛选").click()
    await officer.get_by_label("给这组筛选起个名字").fill("暴雨天的扣款")
    await officer.get_by_role("button", name="保存", exact=True).click()
    await shot(officer, f"{size}-views")
    await officer.get_by_role("link", name="暴雨天的扣款").click()
    await expect(officer.get_by_label("诉求里的词")).to_have_value("暴雨")
    await officer.get_by_role("link", name="YZ-").first.click()
    await officer.reload()
    await expect(officer.locator(".facts")).to_contain_text("满意")
    await shot(officer, f"{size}-end")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast_and_names_of_every_control(phones: Phones, live: Service, scheme: Any) -> None:
    rider = await phones.person()
    await file_with_photo(rider)
    officer = await at_the_desk(phones, live, f"陈涛{scheme}", "phone", "admin")
    await officer.emulate_media(color_scheme=scheme)
    await officer.goto("/desk/cases")
    await officer.get_by_role("link", name="YZ-").first.click()
    case = officer.url
    asker = await phones.person()
    await say(asker, "人工")
    await say(asker, "平台的保险能不能退")
    pages = ("/desk", "/desk/cases?category=fines", case, "/desk/questions", "/desk/staff", "/desk/parked")
    for path in (*pages, "/desk/sign-in", "/desk/nowhere"):
        await officer.goto(path)
        await shot(officer, f"{scheme}-{path.rpartition('/')[2].partition('?')[0]}")
        assert await officer.evaluate(LOW_CONTRAST) == [], path
        assert await officer.evaluate(NAMELESS) == [], path


async def test_the_keyboard_reaches_everything_in_order(phones: Phones, live: Service) -> None:
    officer = await at_the_desk(phones, live, "键盘", "desktop")
    await officer.goto("/desk/questions")
    await officer.keyboard.press("Tab")
    await expect(officer.locator(".skip")).to_be_focused()
    await expect(officer.locator(".skip")).to_be_in_viewport()
    await officer.keyboard.press("Enter")
    await expect(officer.locator("main")).to_be_focused()


# Text whose contrast with what lies behind it is below 4.5 (WCAG 2.2, 1.4.3), as [text, ratio].
LOW_CONTRAST = """() => {
  const channel = v => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = color => color.match(/[\\d.]+/g).map(Number);
  const behind = node => {
    for (let one = node; one; one = one.parentElement) {
      const color = parse(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] > 0.99) return color;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some(one => one.nodeType === 3 && one.textContent.trim());
    if (!own || !node.checkVisibility() || node.closest(".skip, .unseen, thead")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push([node.textContent.trim().slice(0, 30), ratio]);
  }
  return found;
}"""

# Fields and buttons without a name for who can't see them.
NAMELESS = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a, summary")]
  .filter(one => !(one.labels && one.labels.length) && !one.textContent.trim() && !one.querySelector("img[alt]")
    && !one.getAttribute("aria-label"))
  .map(one => one.outerHTML)"""
