"""A process killed over an export left it in the clear for a day; a case's package was put together in /tmp in the
clear; and an export that waited to be downloaded still held the words of who had erased them."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.personal import Holders
from handlers.complaints.exporting import jobs
from handlers.complaints.exporting.tables import case_exports
from handlers.complaints.exporting.worker import WORK, Exporter
from tests.desk.conftest import Colleague, case_id, file_case
from tests.handlers.rewards.conftest import person_of
from tests.support import Chat, TestClock

Make = Callable[..., Awaitable[Colleague]]
GIVEN = {"query": "/desk/cases?status=all", "profile": "working", "format": "csv"}


async def asked(service: Service, colleague: Make) -> tuple[Colleague, Exporter]:
    member = await colleague("union")
    await member.open("/desk/cases")
    await member.press("/desk/cases/export", **GIVEN)
    found: Exporter = service.registry.resources[Exporter]
    found.files.make()
    return member, found


def left(exporter: Exporter, name: str) -> Path:
    """What a process leaves that is killed."""
    folder = exporter.files.folder / name
    folder.mkdir()
    (folder / "cases.csv").write_text("扣了我200")
    return folder


async def test_what_a_killed_process_left_goes_at_the_next_look(
    colleague: Make, chat: Chat, service: Service, clock: TestClock
) -> None:
    await file_case(chat)
    _member, exporter = await asked(service, colleague)
    async with service.store.write() as unit:
        lost = await jobs.claim(unit, "killed")
    assert lost is not None
    mine, ended = left(exporter, f"{WORK}{lost.id}-abc"), left(exporter, f"{WORK}7-abc")
    await exporter.tidy(service.store)
    assert (mine.exists(), ended.exists()) == (True, False), "somebody is at work on the one"
    clock.move(seconds=jobs.CLAIM.total_seconds() + 1)
    assert await exporter.turn(service.store) == 1
    assert not mine.exists(), "whoever takes it over clears it away"
    assert len(list(exporter.files.folder.iterdir())) == 1


async def test_who_erased_their_words_is_in_no_export_that_waits(
    colleague: Make, chat: Chat, someone: Callable[[str], Chat], service: Service
) -> None:
    await file_case(chat, "美团上周五扣了我200说超时 那天打雷")
    other = someone("rider-2")
    await file_case(other, "美团上周五扣了我300说超时 那天下雪")
    member, exporter = await asked(service, colleague)
    await exporter.turn(service.store)
    holders: Holders = service.registry.resources[Holders]
    gone = await person_of(service, chat)
    async with service.store.write() as unit:
        await holders.erase(unit, gone)
    assert exporter.files.there() == []
    assert await exporter.turn(service.store) == 1
    async with service.store.read() as unit:
        number = await unit.value(sa.select(case_exports.c.id))
    await member.open("/desk/cases/exports")
    answer = await member.client.post(f"/desk/cases/exports/{number}/take", data={"csrf": member.csrf})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        text = archive.read("cases.csv").decode("utf-8-sig")
    assert "下雪" in text and "打雷" not in text


async def test_a_package_is_on_no_disk_in_the_clear(
    colleague: Make, chat: Chat, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await case_id(service, await file_case(chat))
    member = await colleague("union")

    def refused(*_given: object, **_more: object) -> None:
        raise AssertionError("a file in the clear")

    for name in ("TemporaryDirectory", "mkstemp", "mkdtemp", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refused)
    data = {"csrf": member.csrf, "profile": "working", "format": "zip"}
    answer = await member.client.post(f"/desk/cases/{number}/file", data=data)
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"manifest.json", "case.pdf"} <= set(archive.namelist())
