"""Cases for other systems: read with a key, never who filed them, every read in the audit log; nothing crashes it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from bot.app import Service
from bot.people import Person
from bot.site import load_site
from bot.store import media, tokens
from bot.store.tables import audit, identities
from handlers.complaints.case import Report
from handlers.complaints.service import Status, access_own_case, move, remark, submit
from tests.photo import GPS, jpeg
from tests.support import Chat, TestClock

SELFIE = jpeg((60, 40), place=True)
Filed = Callable[[Chat], Awaitable[str]]


@pytest.fixture
async def outside(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Another system, without a key."""
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
        yield client


@pytest.fixture
async def union(service: Service, outside: httpx.AsyncClient) -> httpx.AsyncClient:
    """The union's system, with a key of scope `cases`."""
    async with service.store.write() as unit:
        outside.headers["authorization"] = f"Bearer {await tokens.make(unit, 'union', {'cases'})}"
    return outside


async def file_many(service: Service, chat: Chat, clock: TestClock, count: int) -> list[str]:
    """So many reports of one person, a minute apart; their codes."""
    await chat.say("你好")
    site, codes = load_site(service.settings.content_dir), []
    for number in range(count):
        clock.move(minutes=1)
        async with service.store.write() as unit:
            person = await first_person(service)
            report = Report(category="pay" if number % 2 else "fines", story=f"第{number}件", company="meituan")
            codes.append((await submit(unit, person, report, site)).code)
    return codes


async def first_person(service: Service) -> Person:
    async with service.store.read() as unit:
        row = await unit.first(sa.select(identities))
        assert row is not None
        return Person(row["person_id"], row["id"], row["channel"], "rider-1", "zh_CN", "Asia/Shanghai")


async def audited(service: Service) -> list[tuple[str, str]]:
    async with service.store.read() as unit:
        rows = await unit.rows(sa.select(audit).where(audit.c.actor.startswith("token:")).order_by(audit.c.id))
        return [(row["action"], row["subject"].partition(":")[0]) for row in rows]


async def test_one_case_whole_without_its_person(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient
) -> None:
    code = await filed(chat)
    answer = await union.get(f"/api/v1/cases/{code.lower()}")
    assert answer.status_code == 200, answer.text
    case = answer.json()
    assert case["receipt"] == code
    assert case["status"] == "received"
    assert case["company"] == "meituan" and case["company_name"] == "美团"
    assert case["amount"] == "200.00"
    assert "下暴雨" in case["story"]
    assert [step["kind"] for step in case["steps"]] == ["status"]
    assert case["steps"][0]["by"] == "worker"
    assert "rider-1" not in answer.text and "person" not in answer.text
    assert await audited(service) == [("case.read", "case")]


async def test_notes_among_staff_stay_here(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient
) -> None:
    from handlers.complaints.record import note

    code = await filed(chat)
    person = await first_person(service)
    async with service.store.write() as unit:
        case = await access_own_case(unit, person.id, code=code)
        note(unit, case.id, "note", "staff:7", said="内部的话", shown=False)
        await move(unit, case, Status.ACCEPTED, "staff:7", said="已接手")
    shown = (await union.get(f"/api/v1/cases/{code}")).json()
    assert [(step["by"], step["words"]) for step in shown["steps"]] == [("worker", ""), ("staff", "已接手")]


async def test_the_list_goes_on_from_page_to_page(
    service: Service, chat: Chat, clock: TestClock, union: httpx.AsyncClient
) -> None:
    codes = await file_many(service, chat, clock, 5)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await union.get("/api/v1/cases", params={"limit": 2, **({"cursor": cursor} if cursor else {})})).json()
        seen += [case["receipt"] for case in page["cases"]]
        cursor = page["next"]
    assert seen == codes
    assert await audited(service) == [("case.list", "cases")] * 3


async def test_what_has_changed_since(service: Service, chat: Chat, clock: TestClock, union: httpx.AsyncClient) -> None:
    codes = await file_many(service, chat, clock, 3)
    clock.move(hours=1)
    since = clock().isoformat()
    person = await first_person(service)
    async with service.store.write() as unit:
        await move(unit, await access_own_case(unit, person.id, code=codes[0]), Status.ACCEPTED, "staff:7")
    changed = (await union.get("/api/v1/cases", params={"changed_since": since})).json()["cases"]
    assert [(case["receipt"], case["status"]) for case in changed] == [(codes[0], "accepted")]
    assert (await union.get("/api/v1/cases?status=accepted")).json()["cases"] == changed
    fines = (await union.get("/api/v1/cases?category=fines&company=meituan")).json()["cases"]
    assert {case["receipt"] for case in fines} == {codes[0], codes[2]}
    assert (await union.get("/api/v1/cases?region=11")).json() == {"cases": [], "next": None}


async def with_file(service: Service, code: str, content: bytes, kind: str = "photo", mime: str = "image/jpeg") -> str:
    """Put a file to a case; its id as the interface has it."""
    from handlers.complaints.record import link

    person = await first_person(service)
    kept = media.keep(service.blobs, service.store.vault, content, kind=kind, name="a", mime=mime)
    async with service.store.write() as unit:
        case = await access_own_case(unit, person.id, code=code)
        media_id = media.want(unit, person, kept)
        link(unit, case.id, [media_id])
    return f"{code}/attachments/{media_id}"


async def test_files_are_given_only_with_their_case(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient
) -> None:
    code = await filed(chat)
    path = await with_file(service, code, SELFIE)
    [file] = (await union.get(f"/api/v1/cases/{code}")).json()["files"]
    assert file["state"] == "kept" and file["copy_available"]
    assert file["sha256"] == hashlib.sha256(SELFIE).hexdigest()
    answer = await union.get(f"/api/v1/cases/{path}")
    assert answer.headers["content-type"] == "image/jpeg"
    other = await filed(Chat(service.dispatcher, chat.clock, "rider-2"))
    for wrong in (f"{other}/attachments/{file['id']}", f"{code}/attachments/1", f"{code}/attachments/x"):
        assert (await union.get(f"/api/v1/cases/{wrong}")).status_code == 404


async def test_the_original_only_by_name_and_with_its_own_scope(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient
) -> None:
    path = f"/api/v1/cases/{await with_file(service, await filed(chat), SELFIE)}"
    assert Image.open(io.BytesIO(SELFIE)).getexif().get_ifd(GPS)
    for plain in (path, f"{path}?original=false"):
        copy = await union.get(plain)
        assert copy.status_code == 200
        assert not Image.open(io.BytesIO(copy.content)).getexif()
        assert b"PhoneMaker" not in copy.content
    assert (await union.get(f"{path}?original=1")).status_code == 400
    refused = await union.get(f"{path}?original=true")
    assert (refused.status_code, refused.headers["content-type"]) == (403, "application/problem+json")
    assert "`originals`" in refused.json()["detail"]
    async with service.store.write() as unit:
        alone = await tokens.make(unit, "alone", {"originals"})
        union.headers["authorization"] = f"Bearer {await tokens.make(unit, 'oa', {'cases', 'originals'})}"
    assert (await union.get(f"{path}?original=true")).content == SELFIE
    answer = await union.get(f"{path}?original=true", headers={"authorization": f"Bearer {alone}"})
    assert answer.status_code == 401
    assert await audited(service) == [("case.photo", "case"), ("case.photo", "case"), ("case.original", "case")]


@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        (b"\0\0\0\x18ftypheic" + b"x" * 99, "photo", "image/heic"),
        (b"%PDF-1.4 x", "document", "application/pdf"),
        (b"OggS" + b"x" * 99, "voice", "audio/ogg"),
    ],
)
async def test_what_has_no_copy_says_so(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient, content: bytes, kind: str, mime: str
) -> None:
    code = await filed(chat)
    path = f"/api/v1/cases/{await with_file(service, code, content, kind, mime)}"
    assert not (await union.get(f"/api/v1/cases/{code}")).json()["files"][0]["copy_available"]
    answer = await union.get(path)
    assert answer.status_code == 404
    assert "only the original" in answer.json()["detail"]
    async with service.store.write() as unit:
        union.headers["authorization"] = f"Bearer {await tokens.make(unit, 'oa', {'cases', 'originals'})}"
    assert (await union.get(f"{path}?original=true")).content == content


@pytest.mark.parametrize("path", ["cases", "cases/YZ-AAAA-AAAA", "cases/YZ-AAAA-AAAA/attachments/1"])
async def test_nothing_without_a_good_key(service: Service, outside: httpx.AsyncClient, path: str) -> None:
    async with service.store.write() as unit:
        other_scope = await tokens.make(unit, "city", {"open311"})
        ended = await tokens.make(unit, "old", {"cases"})
        [_city, old] = await tokens.everything(unit)
        await tokens.end(unit, old.id)
    for header in ("", "Bearer", "Bearer yz_wrong", f"Bearer {other_scope}", f"Bearer {ended}", f"Basic {ended}"):
        answer = await outside.get(f"/api/v1/{path}", headers={"authorization": header})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
    assert await audited(service) == []


async def test_keys_are_not_guessed(service: Service, outside: httpx.AsyncClient, union: httpx.AsyncClient) -> None:
    for _try in range(10):
        assert (await outside.get("/api/v1/cases", headers={"authorization": "Bearer yz_x"})).status_code == 401
    assert (await outside.get("/api/v1/cases", headers={"authorization": "Bearer yz_x"})).status_code == 429
    assert (await union.get("/api/v1/cases")).status_code == 200, "who has a key is kept out by nobody"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("status=lost", "status"),
        ("changed_since=yesterday", "changed_since"),
        ("changed_since=2026-03-05T08:00:00", "changed_since"),
        ("changed_since=0001-01-01T00:00:00%2B08:00", "changed_since"),
        ("cursor=zz", "cursor"),
        ("cursor=1", "cursor"),
        ("category=%00", "category"),
        ("company=" + "x" * 101, "company"),
        ("person=7", "person"),
    ],
)
async def test_a_parameter_that_cannot_be_read(union: httpx.AsyncClient, query: str, said: str) -> None:
    answer = await union.get(f"/api/v1/cases?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith(said)


async def test_a_case_that_is_not_there(union: httpx.AsyncClient) -> None:
    for code in ("YZ-AAAA-AAAA", "x", "%00", "9" * 300):
        assert (await union.get(f"/api/v1/cases/{code}")).status_code == 404


async def test_words_after_the_end_are_steps_of_the_worker(
    service: Service, chat: Chat, filed: Filed, union: httpx.AsyncClient
) -> None:
    code, person = await filed(chat), await first_person(service)
    async with service.store.write() as unit:
        case = await access_own_case(unit, person.id, code=code)
        await move(unit, case, Status.RESOLVED, "staff:7", said="钱退了", outcome="钱退了")
        await remark(unit, await access_own_case(unit, person.id, code=code), "谢谢")
    shown = (await union.get(f"/api/v1/cases/{code}")).json()
    assert shown["outcome"] == "钱退了"
    assert [step["by"] for step in shown["steps"]] == ["worker", "staff", "worker"]
