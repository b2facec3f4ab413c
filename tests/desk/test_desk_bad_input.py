"""Whatever is sent to the desk: never a failure of ours, never a script on a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import Service
from bot.desk.paging import Order
from bot.roof import make_desk
from bot.settings import Settings
from handlers.complaints.listing import SORTS, Filters
from tests.desk.conftest import Colleague, case_id, file_case
from tests.desk.test_desk_access import TABLE, filled
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
NASTY = (
    "",
    "\x00",
    "\ud7ff",
    "x" * 3000,
    "🙂",
    "' OR 1=1 --",
    "9" * 40,
    "-1",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
)
FIELDS = ("words", "reason", "answer", "name", "role", "due_on", "from", "to", "draft")
QUERY = (*Filters.__dataclass_fields__, "after", "done", "language")


async def test_no_form_makes_the_desk_fail(chat: Chat, colleague: Make, service: Service) -> None:
    number = await case_id(service, await file_case(chat))
    boss = await colleague("admin")
    for method, path in TABLE:
        if method == "POST":
            for value in NASTY:
                data = {"csrf": boss.csrf, **dict.fromkeys(FIELDS, value)}
                answer = await boss.client.post(filled(path, number), data=data)
                assert answer.status_code < 500, (path, value)
                assert "<script" not in answer.text


async def test_no_url_makes_the_desk_fail(chat: Chat, colleague: Make, service: Service) -> None:
    await file_case(chat)
    boss = await colleague("admin")
    for value in NASTY:
        for name in QUERY:
            answer = await boss.client.get("/desk/cases", params={name: value})
            assert answer.status_code == 200, (name, value)
            assert "<script" not in answer.text
    for _method, path in TABLE:
        for number in (0, 2**63 - 1, 2**63, 10**30):
            answer = await boss.client.get(filled(path, number))
            assert answer.status_code in {200, 404, 405}, (path, number)


@given(head=st.text(max_size=30), order=st.sampled_from(sorted(SORTS)))
@settings(max_examples=200)
def test_a_cursor_of_anybodys_is_a_page_or_the_first(head: str, order: str) -> None:
    found: Order = SORTS[order]
    mark = found._mark(head)
    assert mark is None or 0 <= mark[1] < 2**63


async def test_what_people_write_stays_text(chat: Chat, colleague: Make, service: Service) -> None:
    code = await file_case(chat, "美团上周五扣了我200 <script>alert(1)</script> {{ 7*7 }} <b>粗</b>")
    boss = await colleague("admin", "<i>王</i>")
    page = await boss.open(f"/desk/cases/{await case_id(service, code)}")
    assert "&lt;script&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "<i>" not in page


async def test_behind_tls_the_cookie_is_secure(
    make_settings: Callable[..., Settings], clock: TestClock, chat: Chat
) -> None:
    given_settings = make_settings(public_url="https://desk.example")
    async with Service(given_settings, clock, only={"terminal"}).running(courier=False) as service:
        from handlers.staff import service as staff

        async with service.store.write() as unit:
            first = await staff.first_link(unit)
        assert first
        transport = httpx.ASGITransport(app=service.web())
        async with httpx.AsyncClient(transport=transport, base_url="https://desk.example") as client:
            data = {"token": first.rpartition("/")[2]}
            refused = await client.post("/desk/sign-in", data=data, headers={"origin": "http://desk.example:81"})
            answer = await client.post("/desk/sign-in", data=data, headers={"origin": "https://desk.example"})
    assert refused.status_code == 403
    assert answer.status_code == 303
    assert "; Secure" in answer.headers["set-cookie"]


def test_every_section_has_a_row_in_the_table_of_roles(service: Service) -> None:
    from bot.desk.members import AREAS

    assert {one.area for one in make_desk(service).sections} <= set(AREAS)


@pytest.mark.parametrize("word", ["open", "all", "resolved"])
def test_filters_come_back_from_their_own_url(word: str) -> None:
    given_filters = Filters(status=word, category="fines", owner="me", age="7", sort="due", overdue="1", code="YZ 1")
    query = httpx.URL(given_filters.url()).params
    assert Filters.read(lambda name: query.get(name, "")) == given_filters
