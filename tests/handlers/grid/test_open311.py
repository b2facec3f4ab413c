"""Open311 GeoReport v2: both formats, filters, errors, keys; never who reported it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.store import tokens
from handlers.grid import service as grid
from handlers.grid.report import Draft, Status
from handlers.grid.service import GridKinds
from handlers.grid.tables import grid_reports
from tests.support import Chat, TestClock

BASE = "/open311/v2"
FIELDS = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description",
    "agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address",
    "address_id", "zipcode", "lat", "long", "media_url",
}  # fmt: skip
WORDS = "我是王小明 13812345678 井盖翘起来了"


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as made:
        yield made


@pytest.fixture
async def key(service: Service) -> str:
    async with service.store.write() as unit:
        return await tokens.make(unit, "区城管", {"open311"})


async def filed(service: Service, *, person_id: int | None = None, source: str = "chat", **more: Any) -> grid.Report:
    values = {"kind": "manhole", "place": "红梅路12号", "latitude": 31.77901, "longitude": 119.97402, "words": WORDS}
    async with service.store.write() as unit:
        kinds = service.registry.resources[GridKinds]
        draft = Draft(**{**values, **more})
        return (await grid.file(unit, kinds, draft, person_id=person_id, source=source, separate=True)).report


async def move(service: Service, report: grid.Report, to: Status) -> None:
    async with service.store.write() as unit:
        kinds = service.registry.resources[GridKinds]
        await grid.move(unit, kinds, await grid.find(unit, report.id), to, "staff:1", "给上报人的话")


async def test_discovery_and_services(client: httpx.AsyncClient) -> None:
    found = (await client.get(f"{BASE}/discovery.json")).json()
    [endpoint] = found["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == "http://testserver/open311/v2"
    assert endpoint["formats"] == ["application/json", "text/xml"]
    tree = ElementTree.fromstring((await client.get(f"{BASE}/discovery.xml")).content)
    assert [one.text for one in tree.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]
    services = (await client.get(f"{BASE}/services.json")).json()
    assert {one["service_code"] for one in services} == {
        "road", "fire_lane", "lighting", "ebike", "manhole", "rubbish", "other",
    }  # fmt: skip
    assert set(services[0]) == {
        "service_code", "service_name", "description", "metadata", "type", "keywords", "group",
    }  # fmt: skip
    answer = await client.get(f"{BASE}/services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    tree = ElementTree.fromstring(answer.content)
    assert [one.findtext("metadata") for one in tree.findall("service")] == ["false"] * 7
    definition = (await client.get(f"{BASE}/services/road.json")).json()
    assert definition == {"service_code": "road", "attributes": []}
    answer = await client.get(f"{BASE}/services/nothing.json")
    assert (answer.status_code, answer.json()[0]["code"]) == (404, 404)


async def test_reports_are_read_without_who_and_words_only_once_looked_at(
    client: httpx.AsyncClient, service: Service, chat: Chat
) -> None:
    report = await filed(service)
    [one] = (await client.get(f"{BASE}/requests.json")).json()
    assert set(one) == FIELDS
    assert one["service_request_id"] == report.code
    assert (one["status"], one["service_code"], one["description"], one["address"]) == ("open", "manhole", None, None)
    assert (one["lat"], one["long"]) == (None, None)
    assert one["requested_datetime"] == one["updated_datetime"] == "2026-11-16T00:00:00+08:00", "the day will do"
    await move(service, report, Status.PASSED_ON)
    answer = await client.get(f"{BASE}/requests/{report.code}.json")
    [one] = answer.json()
    assert one["description"] is None and "井盖翘起来了" not in answer.text, "the person was promised so"
    assert (one["address"], one["lat"], one["long"]) == ("红梅路12号", 31.779, 119.974)
    assert "给上报人的话" not in answer.text
    tree = ElementTree.fromstring((await client.get(f"{BASE}/requests/{report.code}.xml")).content)
    assert tree.tag == "service_requests"
    assert {child.tag for child in tree.find("request") or ()} == FIELDS
    await move(service, report, Status.DONE)
    [one] = (await client.get(f"{BASE}/requests/{report.code.lower()}.json")).json()
    assert (one["status"], one["status_notes"]) == ("closed", "已处理")
    english = await client.get(f"{BASE}/requests/{report.code}.json", headers={"accept-language": "en"})
    assert english.json()[0]["status_notes"] == "dealt with"
    for missing in ("WG-0000-0000", "x", "1", "%00"):
        answer = await client.get(f"{BASE}/requests/{missing}.json")
        assert (answer.status_code, answer.json()[0]["code"]) == (404, 404)


async def test_filters(client: httpx.AsyncClient, service: Service, clock: TestClock) -> None:
    old = await filed(service, kind="road")
    clock.move(days=100)
    closed = await filed(service, kind="lighting")
    await move(service, closed, Status.DONE)
    fresh = await filed(service)
    day = lambda **back: (clock.now - timedelta(**back)).isoformat()  # noqa: E731
    cases: list[tuple[dict[str, str], set[str]]] = [
        ({}, {closed.code, fresh.code}),
        ({"status": "open"}, {fresh.code}),
        ({"status": "closed"}, {closed.code}),
        ({"status": "open,closed"}, {closed.code, fresh.code}),
        ({"service_code": "lighting,road"}, {closed.code}),
        ({"service_code": "nothing"}, set()),
        ({"start_date": day(days=101), "end_date": day(days=99)}, {old.code}),
        ({"start_date": day(days=101)}, {old.code}),
        ({"end_date": day(days=99)}, {old.code}),
        ({"start_date": day(days=1)}, {closed.code, fresh.code}),
        (
            {"service_request_id": f"{old.code},{fresh.code.lower()},nothing", "status": "closed"},
            {old.code, fresh.code},
        ),
        ({"service_request_id": "nothing"}, set()),
        ({"jurisdiction_id": "city.gov", "status": ""}, {closed.code, fresh.code}),
    ]
    for query, codes in cases:
        found = (await client.get(f"{BASE}/requests.json", params=query)).json()
        assert {one["service_request_id"] for one in found} == codes, query
    spaced = day(days=1).replace("+", " ")
    assert (await client.get(f"{BASE}/requests.json?start_date={spaced}")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "status=gone", "start_date=yesterday", "end_date=2026-13-01",
        "start_date=2026-01-01T00:00:00Z&end_date=2026-11-01T00:00:00Z",
        "start_date=2026-11-02T00:00:00Z&end_date=2026-11-01T00:00:00Z", "start_date=0001-01-01T00:00:00%2B14:00",
    ],
)  # fmt: skip
async def test_a_query_that_makes_no_sense_is_a_400(client: httpx.AsyncClient, query: str) -> None:
    answer = await client.get(f"{BASE}/requests.json?{query}")
    assert answer.status_code == 400
    assert set(answer.json()[0]) == {"code", "description"}
    tree = ElementTree.fromstring((await client.get(f"{BASE}/requests.xml?{query}")).content)
    assert (tree.tag, tree.findtext("error/code")) == ("errors", "400")


async def test_a_new_one_with_a_key(client: httpx.AsyncClient, service: Service, key: str) -> None:
    form = {
        "api_key": key, "service_code": "lighting", "lat": "31.78", "long": "119.97", "description": "路灯不亮",
        "email": "a@b.cn", "first_name": "小明", "phone": "13812345678", "device_id": "x", "attribute[A]": "1",
        "media_url": "http://elsewhere.example/x.jpg",
    }  # fmt: skip
    answer = await client.post(f"{BASE}/requests.json", data=form)
    assert answer.status_code == 201, answer.text
    [made] = answer.json()
    assert set(made) == {"service_request_id", "service_notice", "account_id"}
    again = (await client.post(f"{BASE}/requests.xml", data=form)).content
    tree = ElementTree.fromstring(again)
    assert tree.findtext("request/service_request_id") == made["service_request_id"]
    assert "已有人报过" in (tree.findtext("request/service_notice") or "")
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(grid_reports))
    assert (row["supports"], row["person_id"], row["kind"]) == (1, None, "lighting")
    assert row["source"].startswith("token:")
    [one] = (await client.get(f"{BASE}/requests/{made['service_request_id']}.json")).json()
    assert one["description"] is None
    by_words = {"api_key": key, "service_code": "other", "address_string": "红梅路 12 号"}
    assert (await client.post(f"{BASE}/requests.json", data=by_words)).status_code == 201


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": ""}, 403), ({"api_key": "yz_wrong"}, 403), ({"service_code": ""}, 400),
        ({"service_code": "nothing"}, 404), ({"lat": ""}, 400), ({"lat": "", "long": ""}, 400), ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400), ({"lat": "91"}, 400), ({"long": "1e9"}, 400), ({"description": "x" * 4001}, 400),
        ({"lat": "", "long": "", "address_string": "x" * 201}, 400),
    ],
)  # fmt: skip
async def test_a_new_one_that_can_not_be_is_refused(
    client: httpx.AsyncClient, service: Service, key: str, changed: dict[str, str], status: int
) -> None:
    form = {"api_key": key, "service_code": "road", "lat": "31.78", "long": "119.97"} | changed
    answer = await client.post(f"{BASE}/requests.json", data=form)
    assert (answer.status_code, answer.json()[0]["code"]) == (status, status)
    async with service.store.read() as unit:
        assert await unit.value(sa.select(sa.func.count()).select_from(grid_reports)) == 0


async def test_other_bodies_formats_and_scopes(client: httpx.AsyncClient, service: Service) -> None:
    assert (await client.post(f"{BASE}/requests.json", json={"api_key": "x"})).status_code == 415
    assert (await client.post(f"{BASE}/requests.json", data={"description": "x" * 70_000})).status_code == 413
    assert (await client.get(f"{BASE}/services.html")).status_code == 404
    assert (await client.get(f"{BASE}/requests.exe")).status_code == 404
    assert (await client.delete(f"{BASE}/requests.json")).status_code == 405
    async with service.store.write() as unit:
        cases = await tokens.make(unit, "工会系统", {"cases"})
    form = {"api_key": cases, "service_code": "road", "lat": "31.78", "long": "119.97"}
    assert (await client.post(f"{BASE}/requests.json", data=form)).status_code == 403


async def test_words_that_are_no_xml_come_out_as_xml(client: httpx.AsyncClient, service: Service) -> None:
    report = await filed(
        service, words="a\x0bb <坑> & \ud83d".encode("utf-8", "ignore").decode(), place="", source="token:1"
    )
    await move(service, report, Status.DONE)
    tree = ElementTree.fromstring((await client.get(f"{BASE}/requests.xml")).content)
    assert tree.findtext("request/description") == "ab <坑> & "


async def test_who_reported_is_in_no_answer(
    client: httpx.AsyncClient, service: Service, chat: Chat, someone: Callable[[str], Chat]
) -> None:
    await chat.say("井盖没了")
    await chat.tap("同意")
    for words in ("红梅路12号", "跳过", "跳过"):
        await chat.say(words)
    await chat.tap("上报")
    async with service.store.read() as unit:
        [row] = await unit.rows(sa.select(grid_reports))
    for form in ("json", "xml"):
        for path in ("requests", f"requests/{row['code']}"):
            text = (await client.get(f"{BASE}/{path}.{form}")).text
            assert row["code"] in text
            assert str(row["person_id"]) not in text and chat.address not in text and str(row["id"]) not in text
