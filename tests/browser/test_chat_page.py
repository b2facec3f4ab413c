"""The chat page in a real browser, on the service as it is run: what a rider sees and can do."""

from __future__ import annotations

import asyncio
import re

import pytest
import sqlalchemy as sa
from playwright.async_api import Locator, Page, Route, expect

from bot.app import Service
from bot.store.tables import outbox, receipts
from tests.browser.conftest import PATIENCE, Phones
from tests.web_talk import notice, picture

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]
expect.set_options(timeout=PATIENCE)


def said(page: Page) -> Locator:
    """The person's own messages."""
    return page.locator(".message.me .words")


def heard(page: Page) -> Locator:
    """The bot's words."""
    return page.locator(".message.bot .words")


def button(page: Page, label: str) -> Locator:
    return page.locator("#options").get_by_role("button", name=label, exact=True)


async def say(page: Page, text: str) -> None:
    """Write and send; done when the answer is there."""
    await page.locator("#text").fill(text)
    await page.locator("#send").click()
    await answered(page)


async def tap(page: Page, label: str) -> None:
    await button(page, label).click()
    await answered(page)


async def answered(page: Page) -> None:
    """Nothing is on its way any more."""
    await expect(page.locator("#thinking")).to_be_hidden()
    await expect(page.locator("[data-key]")).to_have_count(0)


async def address(page: Page) -> str:
    """What the browser keeps the person by."""
    [cookie] = [one for one in await page.context.cookies() if one["name"] == "yizhan"]
    return str(cookie["value"])


async def fits(page: Page) -> bool:
    """True when nothing sticks out to the side."""
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


async def test_a_question_is_answered_with_its_source(rider: Page) -> None:
    await expect(rider.locator(".welcome")).to_contain_text("驿站")
    await say(rider, "送餐路上摔了 平台说我不是员工不赔 真的假的")
    await expect(said(rider)).to_have_text(["送餐路上摔了 平台说我不是员工不赔 真的假的"])
    await expect(heard(rider).first).to_contain_text("依据")
    assert await fits(rider)


async def test_options_by_button_and_by_number(rider: Page) -> None:
    await say(rider, "菜单")
    await expect(button(rider, "提诉求")).to_be_visible()
    await tap(rider, "提诉求")
    await expect(said(rider)).to_have_text(["菜单", "提诉求"])
    await expect(button(rider, "扣款罚款")).to_be_visible()
    await say(rider, "2")
    await expect(heard(rider).last).to_contain_text("哪个平台")
    await expect(button(rider, "扣款罚款")).to_have_count(0)


COLOURS = ("red", "blue")


async def test_a_complaint_from_the_first_word_to_the_receipt(rider: Page) -> None:
    await say(rider, "投诉")
    await tap(rider, "扣款罚款")
    await tap(rider, "美团")
    await tap(rider, "同意")
    await say(rider, "昨天")
    await tap(rider, "跳过")
    await say(rider, "200")
    await say(rider, "暴雨天超时，扣了我200。")
    photos = [{"name": f"{ink}.png", "mimeType": "image/png", "buffer": picture(ink, 60, "PNG")} for ink in COLOURS]
    await rider.locator("#photo-input").set_input_files(photos)  # type: ignore[arg-type]
    await expect(rider.get_by_role("listitem").filter(has=rider.locator("canvas"))).to_have_count(2)
    await rider.locator("#send").click()
    await answered(rider)
    await tap(rider, "好了")
    await tap(rider, "不留姓名")
    await expect(heard(rider).last).to_contain_text("2 张")
    await tap(rider, "提交")
    await expect(heard(rider).filter(has_text=re.compile(r"YZ-[0-9A-Z]{4}-[0-9A-Z]{4}"))).to_have_count(1)
    await rider.reload()
    pictures = rider.locator(".message.me.image img")
    await expect(pictures).to_have_count(2)
    for number in range(2):
        await pictures.nth(number).scroll_into_view_if_needed()
        await expect(pictures.nth(number)).to_have_js_property("naturalWidth", 60)
    assert await fits(rider)


async def test_a_reload_shows_what_was_said(rider: Page) -> None:
    await say(rider, "菜单")
    await tap(rider, "提诉求")
    words, own = await heard(rider).all_text_contents(), await said(rider).all_text_contents()
    await rider.reload()
    await expect(heard(rider)).to_have_text(words)
    await expect(said(rider)).to_have_text(own)
    await expect(button(rider, "扣款罚款")).to_be_visible()


async def test_what_the_bot_says_unasked_appears_by_itself(rider: Page, live: Service) -> None:
    await say(rider, "菜单")
    await notice(live, await address(rider), "您的诉求有回复了。")
    await expect(heard(rider).last).to_have_text("您的诉求有回复了。")
    await rider.reload()
    await expect(heard(rider).last).to_have_text("您的诉求有回复了。")


async def test_two_tabs_of_one_person_show_the_same(rider: Page, phones: Phones) -> None:
    await say(rider, "菜单")
    other = await phones.tab(rider.context)
    await expect(heard(other)).to_have_count(1)
    await say(other, "帮助")
    await expect(said(rider)).to_have_text(["菜单", "帮助"])
    assert await heard(rider).all_text_contents() == await heard(other).all_text_contents()


async def test_what_is_written_without_a_network_goes_out_once_when_it_is_back(rider: Page, live: Service) -> None:
    await say(rider, "菜单")
    await rider.context.set_offline(True)
    await rider.locator("#text").fill("帮助")
    await rider.locator("#send").click()
    await expect(rider.locator('[data-state="waiting"]')).to_have_count(1)
    await rider.context.set_offline(False)
    await answered(rider)
    await expect(said(rider)).to_have_text(["菜单", "帮助"])
    await expect(heard(rider)).to_have_count(2)


async def test_an_answer_lost_on_the_way_is_fetched_again_and_nothing_runs_twice(rider: Page, live: Service) -> None:
    lost: list[str] = []

    async def lose(route: Route) -> None:
        if not lost:
            lost.append((await route.fetch()).headers["content-type"])  # the server has dealt with it
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await say(rider, "菜单")
    before = await kept(live)
    await rider.route("**/chat/messages", lose)
    await rider.locator("#text").fill("帮助")
    await rider.locator("#send").click()
    await answered(rider)
    assert lost == ["application/json"]
    assert await kept(live) == before + 1
    await expect(said(rider)).to_have_text(["菜单", "帮助"])
    await expect(heard(rider)).to_have_count(2)


async def kept(live: Service) -> int:
    async with live.store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(receipts)))


async def test_a_refusal_is_shown_and_the_words_come_back(rider: Page) -> None:
    async def refuse(route: Route) -> None:
        await route.fulfill(status=413, json={"error": "太长了，请分几次发。"})

    await rider.route("**/chat/messages", refuse)
    await rider.locator("#text").fill("一段话")
    await rider.locator("#send").click()
    await expect(rider.locator("#problem")).to_have_text("太长了，请分几次发。")
    await expect(rider.locator("#text")).to_have_value("一段话")


async def test_a_file_that_only_claims_to_be_a_picture_is_refused_in_words(rider: Page) -> None:
    fake = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"<script>alert(1)</script>"}
    await rider.locator("#photo-input").set_input_files([fake])  # type: ignore[list-item]
    await rider.locator("#send").click()
    await expect(rider.locator("#problem")).to_have_text("这种文件收不了。可以发图片、PDF 或语音。")


NASTY = "<img src=x onerror=\"document.title='broken in'\"><script>document.title='broken in'</script>&amp;"


async def test_markup_stays_text(rider: Page, live: Service) -> None:
    await say(rider, NASTY)
    await notice(live, await address(rider), NASTY)
    await expect(heard(rider).last).to_have_text(NASTY)
    await rider.reload()
    await expect(said(rider)).to_have_text([NASTY])
    await expect(heard(rider).last).to_have_text(NASTY)
    assert await rider.locator(".words img, .words script").count() == 0
    assert await rider.title() == "驿站"


async def test_a_link_to_a_script_is_no_link(rider: Page, live: Service) -> None:
    await say(rider, "菜单")
    await notice(live, await address(rider), "javascript:alert(1) http://example.org/a<b>")
    await expect(heard(rider).last).to_contain_text("javascript:alert(1)")
    links = heard(rider).last.get_by_role("link")
    await expect(links).to_have_count(1)
    await expect(links).to_have_attribute("href", "http://example.org/a")
    await expect(links).to_have_attribute("rel", "noopener noreferrer")


async def test_nothing_sticks_out_at_320_and_360_pixels(rider: Page, live: Service) -> None:
    await say(rider, "菜单")
    await notice(live, await address(rider), "长" * 300 + "a" * 300 + " https://example.org/" + "b" * 300)
    await expect(heard(rider).last).to_contain_text("bbb")
    for width in (360, 320):
        await rider.set_viewport_size({"width": width, "height": 640})
        assert await fits(rider)
    box = await rider.locator("#send").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert box["width"] >= 44


async def test_everything_can_be_done_by_keyboard(rider: Page) -> None:
    await rider.keyboard.press("Tab")
    await expect(rider.locator(".skip")).to_be_focused()
    await rider.keyboard.press("Enter")
    await expect(rider.locator("#text")).to_be_focused()
    await rider.keyboard.type("菜单")
    await rider.keyboard.press("Enter")
    await answered(rider)
    for _step in range(12):
        if await button(rider, "提诉求").evaluate("one => one === document.activeElement"):
            break
        await rider.keyboard.press("Shift+Tab")
    await expect(button(rider, "提诉求")).to_be_focused()
    await rider.keyboard.press("Enter")
    await answered(rider)
    await expect(said(rider).last).to_have_text("提诉求")


async def test_shift_enter_breaks_the_line(rider: Page) -> None:
    await rider.locator("#text").focus()
    await rider.keyboard.type("第一行")
    await rider.keyboard.press("Shift+Enter")
    await rider.keyboard.type("第二行")
    await rider.keyboard.press("Enter")
    await answered(rider)
    await expect(said(rider)).to_have_text(["第一行\n第二行"], use_inner_text=True)


LUMINANCE = """node => {
  const part = (color) => color.match(/[\\d.]+/g).slice(0, 3).map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = ([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  let ground = node;
  while (/rgba\\(0, 0, 0, 0\\)/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
  return [light(part(getComputedStyle(node).color)), light(part(getComputedStyle(ground).backgroundColor))];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_light_and_dark_can_both_be_read(phones: Phones, scheme: str) -> None:
    page = await phones.person(color_scheme=scheme)
    await say(page, "菜单")
    for place in (
        heard(page).last,
        said(page).last,
        button(page, "提诉求"),
        page.locator(".privacy"),
        page.locator("h1"),
    ):
        ink, ground = await place.evaluate(LUMINANCE)
        assert (ink > ground) == (scheme == "dark")
        lighter, darker = max(ink, ground), min(ink, ground)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, await place.text_content()  # WCAG 2.2, 1.4.3


async def test_the_page_speaks_english_to_who_reads_english(phones: Phones) -> None:
    page = await phones.person(locale="en-GB")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await say(page, "menu")
    await expect(button(page, "File a complaint")).to_be_visible()
    assert not re.search(r"[\u4e00-\u9fff]", await page.locator(".composer").inner_text())


async def test_earlier_messages_load_on_the_way_up(rider: Page, live: Service) -> None:
    await say(rider, "菜单")
    for number in range(40):
        await notice(live, await address(rider), f"第 {number} 条。")
    await expect(heard(rider).last).to_have_text("第 39 条。")
    async with asyncio.timeout(PATIENCE / 1000):
        while await waiting(live):
            await asyncio.sleep(0.02)
    await rider.reload()
    await expect(heard(rider).last).to_have_text("第 39 条。")
    await expect(heard(rider)).to_have_count(30)
    await rider.locator("#scroll").evaluate("node => node.scrollTo(0, 0)")
    await expect(heard(rider)).to_have_count(41)
    await expect(said(rider)).to_have_text(["菜单"])


async def waiting(live: Service) -> int:
    async with live.store.read() as unit:
        due = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "waiting")
        return int(await unit.value(due))


async def test_nothing_comes_from_elsewhere(phones: Phones) -> None:
    asked: list[str] = []
    page = await phones.person()
    page.on("request", lambda request: asked.append(request.url))
    await page.reload()
    await say(page, "菜单")
    assert len(asked) > 10
    assert {url for url in asked if not url.startswith(phones.url)} == set()
