"""The card and the calendar behind their link, over HTTP without a network."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal

import httpx
import icalendar
import pytest

from bot.app import Service
from bot.settings import Settings
from handlers.insurance.links import card_link, open_link
from handlers.insurance.person import Person
from tests.handlers.insurance.test_dialogue_guide import ANSWERS
from tests.support import Chat, TestClock

PERSON = Person(
    birth=1982 * 12 + 2,
    sex="male",
    track="male60",
    work_region="320400",
    as_of=date(2026, 11, 16),
    household_region=None,
    occupation="driver",
    relation="independent",
    paid_months=60,
    monthly_income=Decimal("6000.5"),
)


@pytest.fixture
async def service(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Service]:
    """The whole service, with an address of its own."""
    settings = make_settings(public_url="https://yz.example")
    async with Service(settings, clock, only={"terminal"}).running(courier=False) as running:
        yield running


@pytest.fixture
async def browser(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without a network."""
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="https://yz.example") as client:
        yield client


async def test_from_the_chat_to_the_card_and_the_calendar(
    service: Service, browser: httpx.AsyncClient, clock: TestClock
) -> None:
    chat = Chat(service.dispatcher, clock)
    await chat.say("办参保", *ANSWERS, "卡片和日历提醒")
    text, link, calendar = chat.replies
    assert "我的参保卡片" in text.text and "依据：" in text.text
    assert (link.kind, calendar.kind) == ("link", "file")
    page = await browser.get(link.url)
    assert page.status_code == 200
    for part in (
        "975.80 元",
        "100% 档：1626.40 元",
        "苏人社发〔2024〕38号",
        "2045年3月",
        "12333",
        "常州市",
        "存进手机日历",
    ):
        assert part in page.text
    assert 'lang="zh-CN"' in page.text
    file = await browser.get(calendar.url)
    assert file.headers["content-type"].startswith("text/calendar")
    events = icalendar.Calendar.from_ical(file.content).walk("VEVENT")
    assert [str(event["dtstart"].dt) for event in events] == [
        "2026-12-01",
        "2026-12-10",
        "2027-12-01",
        "2041-12-01",
        "2044-12-01",
    ]
    assert all(event.walk("VALARM") for event in events)
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert all("依据" in str(event["description"]) for event in events)


async def test_the_card_runs_nothing_loads_nothing_and_is_not_kept(
    service: Service, browser: httpx.AsyncClient, clock: TestClock
) -> None:
    page = await browser.get(card_link(service.store.vault, PERSON, "zh_CN", clock()))
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy and "unsafe" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce and f'<style nonce="{nonce[1]}">' in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "<script" not in page.text and "style=" not in page.text
    for rule in ("prefers-color-scheme: dark", "@media print", "width=device-width"):
        assert rule in page.text
    again = await browser.get(card_link(service.store.vault, PERSON, "zh_CN", clock()))
    assert again.headers["content-security-policy"] != policy, "a nonce is used once"


async def test_the_card_speaks_english(service: Service, browser: httpx.AsyncClient, clock: TestClock) -> None:
    page = await browser.get(card_link(service.store.vault, PERSON, "en", clock()))
    assert 'lang="en"' in page.text
    assert "Employee pension" in page.text
    assert "Bring along" in page.text


@pytest.mark.parametrize("path", ["", "/reminders.ics"])
async def test_a_link_ends_after_thirty_days_and_can_not_be_made_up(
    service: Service, browser: httpx.AsyncClient, clock: TestClock, path: str
) -> None:
    link = card_link(service.store.vault, PERSON, "zh_CN", clock())
    assert (await browser.get(f"{link[:-4]}AAAA{path}")).status_code == 404
    assert (await browser.get(f"/cards/x{path}")).status_code == 404
    clock.move(days=29)
    assert (await browser.get(link + path)).status_code == 200
    clock.move(days=1)
    gone = await browser.get(link + path)
    assert gone.status_code == 404
    assert "办参保" in gone.text


async def test_a_link_of_another_kind_opens_no_card(service: Service, clock: TestClock) -> None:
    from handlers.profile.service import data_link

    other = data_link(service.store.vault, 7, clock()).removeprefix("/mine/")
    assert open_link(service.store.vault, other, clock()) is None


async def test_a_link_gives_back_the_very_person(service: Service, clock: TestClock) -> None:
    token = card_link(service.store.vault, PERSON, "en", clock()).removeprefix("/cards/")
    assert open_link(service.store.vault, token, clock()) == (PERSON, "en")
    assert "1982" not in token


async def test_without_an_address_of_ones_own_the_card_is_text_only(chat: Chat) -> None:
    await chat.say("办参保", *ANSWERS, "卡片和日历提醒")
    assert [reply.kind for reply in chat.replies] == ["text"]
    assert "2026-12-01" in chat.text
