"""Every route of the desk against every role and nobody; and the gates themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.members import AREAS, Member, may_open
from bot.roof import make_desk
from bot.store.tables import audit
from handlers.complaints import access
from handlers.complaints.service import NoSuchCaseError
from handlers.complaints.tables import case_disclosures, cases
from handlers.policy import desk as questions
from tests.desk.conftest import Colleague, case_id, file_case
from tests.support import Chat, on_sqlite

Make = Callable[..., Awaitable[Colleague]]
ROLES = ("union", "community", "admin")

# Page -> who may open it. A page that is not here fails the test below.
TABLE: dict[tuple[str, str], set[str]] = {
    ("GET", ""): {"union", "community", "admin"},
    ("GET", "/me"): {"union", "community", "admin"},
    ("POST", "/me/begin"): {"union", "community", "admin"},
    ("POST", "/me/confirm"): {"union", "community", "admin"},
    ("POST", "/me/codes"): {"union", "community", "admin"},
    ("POST", "/me/off"): {"union", "community", "admin"},
    ("GET", "/cases"): {"union", "admin"},
    ("GET", "/cases/exports"): {"union", "admin"},
    ("POST", "/cases/export"): {"union", "admin"},
    ("POST", "/cases/exports/{export:int}/take"): {"union", "admin"},
    ("POST", "/cases/exports/{export:int}/drop"): {"union", "admin"},
    ("POST", "/cases/views"): {"union", "admin"},
    ("POST", "/cases/views/{view:int}/drop"): {"union", "admin"},
    ("GET", "/cases/{case:int}"): {"union", "admin"},
    ("GET", "/cases/{case:int}/photos/{photo:int}"): {"union", "admin"},
    ("GET", "/cases/{case:int}/photos/{photo:int}/thumbnail"): {"union", "admin"},
    ("GET", "/cases/{case:int}/photos/{photo:int}/copy"): {"union", "admin"},
    ("POST", "/cases/{case:int}/file"): {"union", "admin"},
    ("POST", "/cases/{case:int}/take"): {"union", "admin"},
    ("POST", "/cases/{case:int}/give-back"): {"union", "admin"},
    ("POST", "/cases/{case:int}/due"): {"union", "admin"},
    ("POST", "/cases/{case:int}/note"): {"union", "admin"},
    ("POST", "/cases/{case:int}/write"): {"union", "admin"},
    ("POST", "/cases/{case:int}/move"): {"union", "admin"},
    ("POST", "/cases/{case:int}/identity"): {"union", "admin"},
    ("POST", "/cases/{case:int}/identity/ask"): {"union", "admin"},
    ("POST", "/cases/{case:int}/identity/request"): {"union", "admin"},
    ("POST", "/cases/{case:int}/identity/{request:int}/approve"): {"union", "admin"},
    ("POST", "/cases/{case:int}/identity/{request:int}/refuse"): {"union", "admin"},
    ("GET", "/overview"): {"union", "admin"},
    ("GET", "/warnings"): {"union", "admin"},
    ("GET", "/warnings/{warning:int}"): {"union", "admin"},
    ("POST", "/warnings/{warning:int}/acknowledge"): {"union", "admin"},
    ("POST", "/warnings/{warning:int}/follow"): {"union", "admin"},
    ("POST", "/warnings/{warning:int}/close"): {"union", "admin"},
    ("POST", "/warnings/{warning:int}/note"): {"union", "admin"},
    ("GET", "/questions"): {"union", "community", "admin"},
    ("POST", "/questions/{question:int}/answer"): {"union", "community", "admin"},
    ("POST", "/questions/{question:int}/drop"): {"union", "community", "admin"},
    ("GET", "/staff"): {"admin"},
    ("POST", "/staff/invite"): {"admin"},
    ("POST", "/staff/{person:int}/name"): {"admin"},
    ("POST", "/staff/{person:int}/second-factor"): {"admin"},
    ("POST", "/staff/{person:int}/end"): {"admin"},
    ("GET", "/parked"): {"admin"},
    ("GET", "/parked/{parked:int}"): {"admin"},
    ("POST", "/parked/{parked:int}/resolve"): {"admin"},
}
NEED_A_CODE = {"/me/confirm", "/me/codes", "/me/off"}  # of the second factor
NOT_OURS: set[str] = {"volunteering", "broadcasts", "rewards", "reports", "council"}  # areas with a table of their own


def filled(path: str, number: int) -> str:
    """A path with a number in its places."""
    for place in ("case", "photo", "export", "view", "request", "question", "warning", "person", "parked"):
        path = path.replace(f"{{{place}:int}}", str(number))
    return f"/desk{path}"


@on_sqlite
def test_the_table_has_every_page(service: Service) -> None:
    desk = make_desk(service)
    sections = [one for one in (desk.home, desk.me, *desk.sections) if one.area not in NOT_OURS]
    assert {(page.method, page.path) for one in sections for page in one.pages} == set(TABLE)


@pytest.fixture
async def everybody(colleague: Make) -> AsyncIterator[dict[str, Colleague]]:
    """One of each role, signed in."""
    yield {role: await colleague(role) for role in ROLES}


@on_sqlite
async def test_every_page_opens_to_its_roles_only(
    everybody: dict[str, Colleague], visitor: Callable[[], httpx.AsyncClient], chat: Chat, service: Service
) -> None:
    number = await case_id(service, await file_case(chat))
    before = await counted(service)
    nobody = visitor()
    for (method, path), allowed in TABLE.items():
        url = filled(path, number)
        answer = await nobody.request(method, url, data={"csrf": "0" * 32} if method == "POST" else None)
        if method == "GET":
            assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in"), url
        else:
            assert answer.status_code == 401, url
        for role, member in everybody.items():
            if role in allowed:
                continue
            data = {"csrf": member.csrf, "words": "x", "reason": "x", "answer": "x", "name": "x", "role": "admin"}
            answer = await member.client.request(method, url, data=data if method == "POST" else None)
            assert answer.status_code == 403, (role, url)
    assert await counted(service) == before


async def test_allowed_pages_answer_and_a_missing_row_is_a_404(everybody: dict[str, Colleague]) -> None:
    for (method, path), allowed in TABLE.items():
        for role in sorted(allowed):
            member = everybody[role]
            data = {
                "csrf": member.csrf, "words": "x", "reason": "x", "answer": "x", "name": "x", "due_on": "2026-12-01",
                "from": "received", "to": "accepted", "role": "union", "profile": "working", "format": "csv",
            }  # fmt: skip
            answer = await member.client.request(method, filled(path, 7), data=data if method == "POST" else None)
            expected = {404} if "{" in path else {400} if path in NEED_A_CODE else {200, 303}
            assert answer.status_code in expected, (role, path, answer.text)


@on_sqlite
async def test_forms_without_a_token_are_refused_everywhere(everybody: dict[str, Colleague]) -> None:
    for (method, path), allowed in TABLE.items():
        if method == "POST":
            answer = await everybody[min(allowed)].client.post(filled(path, 7), data={"words": "x"})
            assert answer.status_code == 403, path


async def counted(service: Service) -> tuple[Any, ...]:
    """What a refused request must not change."""
    async with service.store.read() as unit:
        return tuple(
            [
                await unit.value(sa.select(sa.func.count()).select_from(table))
                for table in (audit, cases, case_disclosures)
            ]
        )


@pytest.mark.parametrize("area", sorted(AREAS))
def test_an_area_opens_to_the_roles_of_its_row(area: str) -> None:
    assert {role for role in (*ROLES, "", "worker") if may_open(role, area)} == AREAS[area]


def test_an_unknown_area_opens_to_nobody() -> None:
    assert not any(may_open(role, "elsewhere") for role in ROLES)


@pytest.mark.parametrize(("role", "opens"), [("union", True), ("admin", True), ("community", False), ("", False)])
async def test_the_gates_to_a_case(chat: Chat, service: Service, role: str, opens: bool) -> None:
    number = await case_id(service, await file_case(chat, named=True))
    member = Member(1, role, "x")
    gates = (
        lambda unit: access.access_case(unit, member, number),
        lambda unit: access.access_list(unit, member, ""),
        lambda unit: access.access_photo(unit, member, number, 1),
        lambda unit: access.access_identity(unit, member, number),
    )
    expected = (None, None, NoSuchCaseError, access.SealedError)
    for gate, refusal in zip(gates, expected, strict=True):
        wanted = refusal if opens else access.NotYourAreaError
        async with service.store.write() as unit:
            before = await unit.value(sa.select(sa.func.count()).select_from(audit))
            if wanted is None:
                await gate(unit)
            else:
                with pytest.raises(wanted):
                    await gate(unit)
            after = await unit.value(sa.select(sa.func.count()).select_from(audit))
            assert after - before == (1 if opens else 0)
    async with service.store.write() as unit:
        with pytest.raises(NoSuchCaseError if opens else access.NotYourAreaError):
            await access.access_case(unit, member, 7)


@pytest.mark.parametrize(("role", "opens"), [("union", True), ("admin", True), ("community", True), ("", False)])
async def test_the_gate_to_the_questions(service: Service, role: str, opens: bool) -> None:
    async with service.store.write() as unit:
        if opens:
            await questions.access_queue(unit, Member(1, role, "x"), "question.list")
        else:
            with pytest.raises(questions.NotYourAreaError):
                await questions.access_queue(unit, Member(1, role, "x"), "question.list")
