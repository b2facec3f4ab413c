"""Check in by the code at the place, check out, hours, points, certificate and the page that confirms it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.messages import Event
from handlers.volunteering.service import Setting, Slot
from handlers.volunteering.tables import certificates
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
Told = Callable[[Chat], Awaitable[list[Any]]]
BEGIN = START + timedelta(days=2)


@pytest.fixture
async def slot(publish: Publish) -> Slot:
    return await publish(minutes=100, points=2)


@pytest.fixture
async def volunteer(rider: Rider, slot: Slot, clock: TestClock) -> Chat:
    """Somebody signed up, ten minutes before it begins."""
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    clock.now = BEGIN - timedelta(minutes=10)
    return chat


async def test_in_and_out_gives_hours_and_points(volunteer: Chat, slot: Slot, clock: TestClock) -> None:
    assert "签到码" in await volunteer.say("签到")
    assert "签到了" in await volunteer.say(f"{slot.code[:3]} {slot.code[3:]}")
    clock.now = BEGIN + timedelta(minutes=110)
    assert "1.6 小时" in await volunteer.say("签退"), "100 minutes, not what was before and after"
    assert "记 2 分" in volunteer.text
    assert "1.6 小时，2 分" in await volunteer.say("我的志愿")
    assert "您有 2 分" in await volunteer.say("我的积分")
    assert "楼道排查 +2" in volunteer.text
    assert "没有签到中" in await volunteer.say("签退")
    assert "您有 2 分" in await volunteer.say("我的积分"), "points are given once"


async def test_the_code_can_come_with_the_word_or_as_a_qr_code(
    volunteer: Chat, slot: Slot, rider: Rider, clock: TestClock
) -> None:
    other = await rider("b")
    clock.now = START
    await other.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    clock.now = BEGIN
    assert "签到了" in await volunteer.say(f"签到 {slot.code}")
    assert "签到了" in await other.happen(Event.SCAN, f"check_in?code={slot.code}")


async def test_the_code_counts_beside_a_button_with_the_same_word(volunteer: Chat, slot: Slot) -> None:
    await volunteer.say("我的志愿")
    await volunteer.tap("楼道排查")
    assert "签到" in volunteer.labels
    assert "签到了" in await volunteer.say(f"签到 {slot.code}")


async def test_a_wrong_code_does_not_count_and_guessing_is_stopped(
    volunteer: Chat, slot: Slot, clock: TestClock, setting: Setting
) -> None:
    wrong = "000000" if slot.code != "000000" else "111111"
    for _try in range(setting.rules.wrong_codes):
        assert "不是您这个活动的签到码" in await volunteer.say(f"签到 {wrong}")
    assert "输错的次数多了。14:30 再试" in await volunteer.say(f"签到 {slot.code}")
    assert "输错的次数多了" in await volunteer.say("签到")
    clock.move(minutes=setting.rules.wrong_codes_pause_minutes)
    assert "签到了" in await volunteer.say(f"签到 {slot.code}")


async def test_not_signed_up_too_early_or_inside_already(
    rider: Rider, volunteer: Chat, slot: Slot, clock: TestClock
) -> None:
    assert "没有报名" in await (await rider("x")).say(f"签到 {slot.code}")
    clock.now = BEGIN - timedelta(minutes=31)
    assert "14:00 起可以签到" in await volunteer.say("签到")
    clock.now = BEGIN
    await volunteer.say(f"签到 {slot.code}")
    assert "签到了" in await volunteer.say("签到")
    clock.now = BEGIN + timedelta(minutes=101)
    assert "没有报名" in await volunteer.say("签到")


async def test_a_place_cannot_be_given_back_once_it_has_begun(volunteer: Chat, slot: Slot, clock: TestClock) -> None:
    clock.now = BEGIN + timedelta(minutes=1)
    assert "已经开始" in await volunteer.say("取消报名")
    await volunteer.say(f"签到 {slot.code}")
    assert "没有报名" in await volunteer.say("取消报名")


async def test_too_short_for_points_counts_as_hours(volunteer: Chat, slot: Slot, clock: TestClock) -> None:
    clock.now = BEGIN + timedelta(minutes=20)
    await volunteer.say(f"签到 {slot.code}")
    clock.move(minutes=59)
    assert "59 分钟" in await volunteer.say("签退")
    assert "不够记积分" in volunteer.text
    assert "您有 0 分" in await volunteer.say("我的积分")


async def test_who_is_about_to_leave_is_reminded_outside_the_peak(volunteer: Chat, slot: Slot, told: Told) -> None:
    await volunteer.say(f"签到 {slot.code}")
    found = [one for one in await told(volunteer) if "快结束了" in one[2]]
    assert [one[0] for one in found] == [slot.ends_at - timedelta(minutes=1)]


async def test_a_forgotten_check_out_is_put_down_by_the_organiser(
    volunteer: Chat, organiser: Chat, slot: Slot, clock: TestClock, setting: Setting
) -> None:
    await volunteer.say(f"签到 {slot.code}")
    clock.now = slot.ends_at + timedelta(minutes=setting.rules.check_out_after_minutes + 1)
    assert "请组织的社区补记" in await volunteer.say("签退")
    await organiser.say("我发的活动")
    await organiser.tap("楼道排查")
    assert "1 人的时长记到了结束时间" in await organiser.tap("忘了签退")
    assert "1.6 小时，2 分" in await volunteer.say("我的志愿")


async def test_a_certificate_is_issued_and_confirmed(
    service: Service, volunteer: Chat, slot: Slot, clock: TestClock, browser: httpx.AsyncClient
) -> None:
    assert "没有记到时长" in await volunteer.say("志愿证明")
    await volunteer.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await volunteer.say("签退", "志愿证明")
    text = await volunteer.say("王小明")
    assert "王小明，志愿服务 1 次，共 1.6 小时" in text and "不收费" in text
    code = text.split()[1].strip()
    assert code.startswith("ZM-")
    page = await browser.get(f"/certificates/{code}")
    assert page.status_code == 200
    for part in ("属实", code, "王**", "1.6 小时", "楼道排查", "区总工会"):
        assert part in page.text
    assert "王小明" not in page.text
    assert (await browser.get(f"/certificates/{code.lower()}")).status_code == 200
    english = await browser.get(f"/certificates/{code}", headers={"Accept-Language": "en-GB"})
    assert "Genuine" in english.text
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(certificates))
    assert "王小明".encode() not in row["content"]


@pytest.mark.parametrize("code", ["ZM-0000-0000", "ZM-1234-5678", "YZ-0000-0000", "x", "%00", "<script>", "ZM-" * 400])
async def test_a_certificate_that_was_never_issued_is_not_confirmed(browser: httpx.AsyncClient, code: str) -> None:
    page = await browser.get(f"/certificates/{code}")
    assert page.status_code == 404
    assert "属实" not in page.text and "<script>" not in page.text


async def test_links_are_given_where_the_service_has_an_address(
    service: Service, volunteer: Chat, slot: Slot, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.settings, "public_url", "https://yizhan.example")
    await volunteer.say("我的志愿")
    await volunteer.tap("楼道排查")
    assert volunteer.replies[-1].url == f"https://yizhan.example/activities/{slot.id}.ics"
    await volunteer.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await volunteer.say("签退", "志愿证明", "王小明")
    assert volunteer.replies[-1].url.startswith("https://yizhan.example/certificates/ZM-")


async def test_a_slot_is_given_as_a_calendar_file(
    service: Service, volunteer: Chat, slot: Slot, browser: httpx.AsyncClient
) -> None:
    from icalendar import Calendar

    answer = await browser.get(f"/activities/{slot.id}.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    [event] = Calendar.from_ical(answer.text).walk("VEVENT")
    assert (event["summary"], event["location"]) == ("楼道排查", "红梅社区")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (slot.starts_at, slot.ends_at)
    assert "王主任" not in answer.text
    for missing in ("1", "9" * 30):
        assert (await browser.get(f"/activities/{missing}.ics")).status_code == 404


@pytest.fixture
async def browser(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client
