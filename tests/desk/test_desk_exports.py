"""Exports at the desk: made in the background, taken once by their owner, gone after a day; two processes are safe."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from datetime import timedelta

import openpyxl
import orjson
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from bot.roof import retention_rules
from bot.site import load_site
from bot.store import retention
from bot.store.tables import audit
from handlers.complaints.exporting import jobs, worker
from handlers.complaints.exporting.tables import case_exports
from handlers.complaints.exporting.worker import Exporter
from tests.desk.conftest import Colleague, file_case
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
GIVEN = {"query": "/desk/cases?status=all", "profile": "working", "format": "xlsx"}


def exporter(service: Service) -> Exporter:
    found: Exporter = service.registry.resources[Exporter]
    return found


async def rows(service: Service) -> list[sa.RowMapping]:
    async with service.store.read() as unit:
        return list(await unit.rows(sa.select(case_exports).order_by(case_exports.c.id)))


def number(page: str) -> str:
    found = re.search(r"/desk/cases/exports/(\d+)/", page)
    assert found, page
    return found[1]


async def test_asked_for_made_and_taken_once(colleague: Make, chat: Chat, service: Service) -> None:
    code = await file_case(chat)
    member = await colleague("union", "李经办")
    assert "导出这些诉求" in await member.open("/desk/cases")
    page = await member.press("/desk/cases/export", **GIVEN)
    assert "正在生成" in page
    assert "排队中" in page
    assert await exporter(service).turn(service.store) == 1
    assert await exporter(service).turn(service.store) == 0
    page = await member.open("/desk/cases/exports")
    assert "可以下载" in page
    sealed = exporter(service).files.path(int(number(page))).read_bytes()
    assert code.encode() not in sealed
    assert not sealed.startswith(b"PK")
    answer = await member.client.post(f"/desk/cases/exports/{number(page)}/take", data={"csrf": member.csrf})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    [row] = await rows(service)
    assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        facts = orjson.loads(archive.read("manifest.json"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read("cases.xlsx")))
    assert (facts["made_by"], facts["profile"], facts["cases"]) == ("李经办", "working", 1)
    assert book.sheetnames == ["说明", "complaints"]
    assert book["complaints"]["A2"].value == code
    assert facts["files"][0]["name"] == "cases.xlsx"
    assert not exporter(service).files.there()
    again = await member.client.post(f"/desk/cases/exports/{row['id']}/take", data={"csrf": member.csrf})
    assert again.status_code == 410
    assert "已经下载过" in again.text
    async with service.store.read() as unit:
        entries = await unit.rows(sa.select(audit.c.action, audit.c.detail).where(audit.c.action.like("export.%")))
    assert [(one["action"], one["detail"]) for one in entries] == [
        ("export.asked", "working; xlsx; 状态 全部"),
        ("export.cases", "working; xlsx; 1 rows; 状态 全部"),
        ("export.taken", row["sha256"]),
    ]


async def test_nobody_else_gets_it_and_it_is_gone_after_a_day(
    colleague: Make, chat: Chat, service: Service, clock: TestClock
) -> None:
    await file_case(chat)
    member, other = await colleague("union"), await colleague("admin")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    url = f"/desk/cases/exports/{number(member.page)}/take"
    early = await member.client.post(url, data={"csrf": member.csrf})
    assert early.status_code == 404
    await exporter(service).turn(service.store)
    for path in (url, url.replace("/take", "/drop")):
        assert (await other.client.post(path, data={"csrf": other.csrf})).status_code == 404
    assert "还没有" in await other.open("/desk/cases/exports")
    clock.now += timedelta(hours=24)
    async with service.store.write() as unit:
        with pytest.raises(jobs.GoneError):
            await jobs.take(unit, (await rows(service))[0]["person_id"], (await rows(service))[0]["id"])
    assert exporter(service).files.there()
    assert await exporter(service).tidy(service.store) == 1
    assert not exporter(service).files.there()
    assert [row["state"] for row in await rows(service)] == ["gone"]


async def test_what_is_handed_on_names_a_role_and_no_receipt(colleague: Make, chat: Chat, service: Service) -> None:
    code = await file_case(chat)
    member = await colleague("union", "李经办")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", query="", profile="forwardable", format="csv")
    await exporter(service).turn(service.store)
    await member.open("/desk/cases/exports")
    answer = await member.client.post(f"/desk/cases/exports/{number(member.page)}/take", data={"csrf": member.csrf})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8-sig")
    assert "工会经办人" in everything
    for word in (code, "李经办", "staff:", "terminal"):
        assert word not in everything


async def test_a_dead_process_is_followed_by_another_and_changes_nothing(
    colleague: Make, chat: Chat, service: Service, clock: TestClock
) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    store = service.store
    async with store.write() as unit:
        lost = await jobs.claim(unit, "killed")
    assert lost is not None
    assert await exporter(service).turn(store) == 0  # somebody is at work on it
    clock.now += jobs.CLAIM + timedelta(seconds=1)
    assert await exporter(service).turn(store) == 1
    [row] = await rows(service)
    assert (row["state"], row["attempts"]) == ("ready", 2)
    async with store.write() as unit:  # the first wakes up late
        assert not await jobs.finish(unit, lost, "killed", size=1, sha256="x")
        assert not await jobs.note(unit, lost, "killed", done=5)
    assert (await rows(service))[0]["sha256"] == row["sha256"]


async def test_two_processes_make_each_export_once(colleague: Make, chat: Chat, service: Service) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    for _time in range(3):
        await member.press("/desk/cases/export", **GIVEN)
    page = await member.press("/desk/cases/export", **GIVEN)
    assert member.answer.status_code == 409
    assert "三个导出" in page
    first, second = Exporter(service.settings), Exporter(service.settings)

    async def all_of(one: Exporter) -> None:
        while await one.turn(service.store):
            pass

    await asyncio.gather(all_of(first), all_of(second))
    assert [(row["state"], row["attempts"]) for row in await rows(service)] == [("ready", 1)] * 3


async def test_given_back_when_told_to_stop_and_given_up_after_three_failures(
    colleague: Make, chat: Chat, service: Service, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)

    async def stopped(*_given: object) -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(Exporter, "_write", stopped)
    with pytest.raises(asyncio.CancelledError):
        await exporter(service).turn(service.store)
    [row] = await rows(service)
    assert (row["state"], row["attempts"]) == ("waiting", 0)

    async def broken(*_given: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Exporter, "_write", broken)
    for _time in range(jobs.MOST_ATTEMPTS):
        with pytest.raises(OSError, match="disk full"):
            await exporter(service).turn(service.store)
        clock.now += jobs.CLAIM + timedelta(seconds=1)
    assert await exporter(service).turn(service.store) == 1
    assert [row["state"] for row in await rows(service)] == ["failed"]
    assert [path.name for path in exporter(service).files.folder.iterdir()] == []
    assert "没有成功" in await member.open("/desk/cases/exports")


async def test_progress_is_noted_and_shown(
    colleague: Make, chat: Chat, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    monkeypatch.setattr(worker, "NOTED_EVERY", 0.0)
    seen: list[str] = []
    noting = jobs.note

    async def looked_at(*given: object, **values: object) -> bool:
        held = await noting(*given, **values)  # type: ignore[arg-type]
        if "done" in values:
            seen.append(f"{values['done']} / {values['total']}")
        return held

    monkeypatch.setattr(jobs, "note", looked_at)
    await exporter(service).turn(service.store)
    assert seen == ["1 / 1"]


async def test_taken_back_it_is_not_offered(colleague: Make, chat: Chat, service: Service) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    export = number(member.page)
    async with service.store.write() as unit:
        job = await jobs.claim(unit, exporter(service).name)
    assert job is not None
    assert "已删除" in await member.press(f"/desk/cases/exports/{export}/drop")
    async with service.store.write() as unit:
        assert not await jobs.finish(unit, job, exporter(service).name, size=1, sha256="x")
    again = await member.client.post(f"/desk/cases/exports/{export}/drop", data={"csrf": member.csrf})
    assert again.status_code == 404


@pytest.mark.parametrize("field", ["profile", "format"])
async def test_what_is_no_choice_is_refused(colleague: Make, field: str) -> None:
    member = await colleague("union")
    await member.open("/desk/cases")
    for word in ("", "full", "../x", "pdf"):
        await member.press("/desk/cases/export", **(GIVEN | {field: word}))
        assert member.answer.status_code == 400
        await member.open("/desk/cases")


async def test_they_go_with_whoever_asked_and_rows_after_thirty_days(
    colleague: Make, chat: Chat, service: Service, clock: TestClock
) -> None:
    await file_case(chat)
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    await exporter(service).turn(service.store)
    [row] = await rows(service)
    async with service.store.write() as unit:
        [shown] = (await service.registry.resources[Holders].show(unit, row["person_id"]))["exports"]
    assert (shown["profile"], shown["state"]) == ("working", "ready")
    async with service.store.write() as unit:
        await service.registry.resources[Holders].erase(unit, row["person_id"])
    assert await rows(service) == []
    assert not exporter(service).files.there()
    other = await colleague("union", "王")
    await other.open("/desk/cases")
    await other.press("/desk/cases/export", **GIVEN)
    await exporter(service).turn(service.store)
    clock.now += timedelta(days=31)
    counts = await retention.sweep(
        service.store, retention_rules(load_site(service.settings.content_dir), service.blobs)
    )
    assert counts["exports"] == 1
    assert await rows(service) == []
    assert not exporter(service).files.there()
