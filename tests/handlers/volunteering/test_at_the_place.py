"""Being at the place: by location, by the QR code and its page; and the certificate as a file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.channels.telegram.incoming import _payload
from bot.messages import Event
from bot.settings import Settings
from handlers.volunteering.certificate_file import certificate_link
from handlers.volunteering.service import Slot
from handlers.volunteering.tables import checkins, signups
from tests.support import START, Chat, TestClock

Publish = Callable[..., Awaitable[Slot]]
Rider = Callable[..., Awaitable[Chat]]
BEGIN = START + timedelta(days=2)
PIN = {"latitude": 31.779, "longitude": 119.974}


@pytest.fixture
async def slot(publish: Publish) -> Slot:
    return await publish(minutes=100, points=2, **PIN)


@pytest.fixture
async def volunteer(rider: Rider, slot: Slot, clock: TestClock) -> Chat:
    """Somebody signed up, ten minutes before it begins."""
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    clock.now = BEGIN - timedelta(minutes=10)
    return chat


async def came(service: Service) -> list[tuple[str, str]]:
    """(status, how they checked in) of every sign-up."""
    async with service.store.read() as unit:
        own = sa.select(signups.c.status, checkins.c.in_by).join(checkins, isouter=True).order_by(signups.c.id)
        return [(row["status"], row["in_by"] or "") for row in await unit.rows(own)]


# -- by location


async def test_near_enough_is_there(service: Service, volunteer: Chat) -> None:
    await volunteer.say("签到")
    assert "签到了" in await volunteer.locate(31.7795, 119.9745)
    assert await came(service) == [("attended", "place")]


async def test_too_far_says_how_far_and_the_code_still_works(service: Service, volunteer: Chat, slot: Slot) -> None:
    await volunteer.say("签到")
    assert "离现场约 1.1 公里" in await volunteer.locate(31.789, 119.974)
    assert "签到了" in await volunteer.say(slot.code)
    assert await came(service) == [("attended", "code")]


async def test_a_location_counts_only_where_there_is_a_pin(
    service: Service, publish: Publish, rider: Rider, clock: TestClock
) -> None:
    slot = await publish()
    chat = await rider()
    await chat.deliver(choice=f"go:volunteer_join?slot={slot.id}")
    clock.now = BEGIN
    await chat.say("签到")
    assert "不能用定位" in await chat.locate(31.779, 119.974)
    assert await came(service) == [("booked", "")]


async def test_who_is_not_signed_up_is_not_checked_in_by_being_there(
    service: Service, slot: Slot, rider: Rider
) -> None:
    other = await rider("x")
    assert "没有报名" in await other.say("签到")
    await other.locate(31.779, 119.974)
    assert await came(service) == []


async def test_a_location_is_remembered_for_two_hours_and_no_longer(
    publish: Publish, rider: Rider, clock: TestClock
) -> None:
    await publish(title="远的", latitude=31.90, longitude=119.95)
    await publish(START + timedelta(days=3), title="近的", latitude=31.781, longitude=119.96)
    chat = await rider()
    await chat.say("做志愿")
    await chat.tap("按远近排")
    await chat.locate(31.78, 119.95)
    await chat.say("做志愿")
    assert "近的" in chat.labels[0] and "约 " in chat.labels[0]
    clock.move(hours=2, seconds=1)
    await chat.say("做志愿")
    assert "远的" in chat.labels[0] and "约 " not in chat.labels[0]


# -- the QR code


@pytest.fixture
async def browser(
    make_settings: Callable[..., Settings], service: Service, clock: TestClock
) -> AsyncIterator[httpx.AsyncClient]:
    """A phone's browser, at a process that serves the web chat on the same store."""
    async with Service(make_settings(), clock, only={"web"}).running(courier=False) as web:
        transport = httpx.ASGITransport(app=web.web())
        headers = {"accept-language": "zh-CN"}
        async with httpx.AsyncClient(transport=transport, base_url="http://chat.test", headers=headers) as client:
            yield client


async def say(browser: httpx.AsyncClient, key: str, **said: str) -> list[dict[str, Any]]:
    answer = await browser.post("/chat/messages", json={"key": key, **said})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["replies"]
    return found


async def test_the_qr_page_leads_the_web_visitor_into_the_chat(
    service: Service, slot: Slot, browser: httpx.AsyncClient, clock: TestClock
) -> None:
    await browser.get("/")
    [reply, *_more] = await say(browser, "k1", choice=f"go:volunteer_join?slot={slot.id}")
    agree = next(one["value"] for one in reply["options"] if one["label"] == "同意")
    assert "报上了" in (await say(browser, "k2", choice=agree))[0]["text"]
    clock.now = BEGIN
    page = await browser.get(f"/checkin/{slot.id}/{slot.code}")
    assert page.status_code == 200 and "楼道排查" in page.text and f"签到 {slot.code}" in page.text
    assert await came(service) == [("booked", "")], "looking at the page checks nobody in"
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    for _twice in range(2):
        answer = await browser.post(action[1])
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert await came(service) == [("attended", "code")]
    history = (await browser.get("/chat/history")).json()["messages"]
    assert sum("签到了" in one.get("text", "") for one in history) == 1
    assert [one["text"] for one in history if one["from"] == "me"][-1] == f"签到 {slot.code}"
    assert page.headers["referrer-policy"] == "same-origin", "without a referrer the form comes with Origin: null"


async def test_a_stranger_s_press_checks_nobody_in(
    service: Service, volunteer: Chat, slot: Slot, browser: httpx.AsyncClient
) -> None:
    page = await browser.get(f"/checkin/{slot.id}/{slot.code}")
    action = re.search(r'action="([^"]+)"', page.text)
    assert action
    assert (await browser.post(action[1])).status_code == 303
    assert await came(service) == [("booked", "")]
    foreign = await browser.post(action[1], headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


async def test_a_flood_of_presses_is_held_off(
    slot: Slot, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.web.pace.BURST", 3)
    monkeypatch.setattr("bot.channels.web.pace.A_SECOND", 0.001)
    await browser.get("/")
    path = f"/checkin/{slot.id}/{slot.code}?key=k123456789012345"
    answers = [await browser.post(f"{path}{number}") for number in range(4)]
    assert [answer.status_code for answer in answers] == [303, 303, 303, 429]
    assert "等几秒" in answers[-1].text


async def test_the_qr_page_tells_nobody_whether_a_code_is_right(slot: Slot, browser: httpx.AsyncClient) -> None:
    wrong = "000000" if slot.code != "000000" else "111111"
    pages = [await browser.get(f"/checkin/{slot.id}/{code}") for code in (slot.code, wrong)]
    bare = [re.sub(r'nonce="[^"]+"|key=[\w-]+|\d{6}', "", page.text) for page in pages]
    assert bare[0] == bare[1]


@pytest.mark.parametrize(
    "path", ["7/123456", f"{2**63}/123456", "{slot}/12345", "{slot}/１２３４５６", "{slot}/abcdef"]
)
async def test_what_is_no_activity_is_a_404(slot: Slot, browser: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await browser.request(method, f"/checkin/{path.format(slot=slot.id)}")
        assert answer.status_code == 404 and "找不到" in answer.text
    assert (await browser.post(f"/checkin/{slot.id}/{slot.code}?key=x")).status_code == 404


async def test_telegram_s_link_opens_the_chat_with_the_code(service: Service, volunteer: Chat, slot: Slot) -> None:
    payload = _payload(f"go-check_in--slot-{slot.id}--code-{slot.code}")
    assert payload == f"check_in?slot={slot.id}&code={slot.code}"
    assert "签到了" in await volunteer.happen(Event.START, payload)
    assert (_payload("complaint"), _payload("go-complaint")) == ("complaint", "complaint")


# -- the certificate as a file


async def test_the_certificate_comes_as_pdf_for_a_day_to_who_has_the_link(
    service: Service, volunteer: Chat, slot: Slot, clock: TestClock, browser: httpx.AsyncClient
) -> None:
    await volunteer.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await volunteer.say("签退", "志愿证明")
    code = (await volunteer.say("王小明")).split()[1].strip()
    link = certificate_link(service.store.vault, code, clock())
    answer = await browser.get(link)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF") and f"{code}.pdf" in answer.headers["content-disposition"]
    assert (await browser.get(link[:-3] + "AAA")).status_code == 404
    assert (await browser.get("/certificate-files/x")).status_code == 404
    clock.move(hours=24)
    assert (await browser.get(link)).status_code == 404


async def test_an_erased_person_s_certificate_has_no_file(
    service: Service, volunteer: Chat, slot: Slot, clock: TestClock, browser: httpx.AsyncClient
) -> None:
    await volunteer.say(f"签到 {slot.code}")
    clock.now = slot.ends_at
    await volunteer.say("签退", "志愿证明")
    code = (await volunteer.say("王小明")).split()[1].strip()
    await volunteer.say("注销")
    await volunteer.tap("删除")
    assert (await browser.get(certificate_link(service.store.vault, code, clock()))).status_code == 404
