"""Numbers that are none and addresses that can't be split made requests and messages fail: five thousand digits in a
path, ² in a button, //[ in an export's filter, http://[ as a referrer or a webhook."""

from __future__ import annotations

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.desk import _own_path
from bot.store import webhooks
from bot.store.tables import parked
from handlers.complaints.exporting.by_url import filters_of
from tests.support import Chat

BUTTONS = (
    "complaint_unsend?step=", "complaint_reopen?case=", "complaint_files?case=", "my_complaints?case=",
    "complaint_rate?rating=3&case=", "complaint_answer?case=", "complaint_add?case=", "ask?from=", "ask?topic=x&from=",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/activities/{}.ics", "/checkin/{}/482913", "/desk/cases/{}", "/desk/cases/{}/take"])
async def test_a_path_with_a_number_no_row_can_have(service: Service, path: str) -> None:
    transport = httpx.ASGITransport(app=service.web(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        for number in ("9" * 20, "9" * 5000):
            assert (await client.get(path.format(number))).status_code in {303, 404, 405}


@pytest.mark.parametrize("button", BUTTONS)
async def test_a_button_with_a_number_that_is_none(service: Service, chat: Chat, button: str) -> None:
    await chat.say("菜单")
    for number in ("²", "٣", "9" * 19, "9" * 5000, "-1"):
        await chat.deliver(choice=f"go:{button}{number}")
        assert chat.text
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(parked)) == 0


@pytest.mark.parametrize("query", ["//[", "//[?status=all", "http://[::1?status=all", "https://\u2100/?status=all"])
def test_a_filter_that_is_no_address(query: str) -> None:
    assert filters_of(query).status == ("all" if "?" in query else "open")


def test_filters_are_read_from_an_address_or_its_query() -> None:
    for text in (
        "/desk/cases?status=all&owner=none#top",
        "status=all&owner=none",
        "https://x.example/desk/cases?owner=none&status=all",
    ):
        assert (filters_of(text).status, filters_of(text).owner) == ("all", "none")


def test_a_way_back_that_is_no_address() -> None:
    assert _own_path("http://[") == "/desk"


@pytest.mark.parametrize("url", ["https://[", "https://x.example:99999/", "https://x.example:port/", "https:///hook"])
async def test_a_webhook_that_is_no_address(service: Service, url: str) -> None:
    async with service.store.write() as unit:
        with pytest.raises(webhooks.BadWebhookError):
            await webhooks.add(unit, url, webhooks.KINDS)
