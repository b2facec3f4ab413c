"""Complaints as a table: fixed fields, filters, formulas made harmless, identities only on demand and on record."""

from __future__ import annotations

import csv
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.people import Person
from bot.site import load_site
from bot.store.tables import audit, people
from handlers.complaints import export as exporting
from handlers.complaints import service as complaints
from handlers.complaints.cli import export_complaints
from handlers.complaints.exporting import reading
from handlers.complaints.exporting.files import open_setting
from handlers.complaints.status import Status
from handlers.complaints.tables import cases
from tests.support import TestClock

FIELDS = [
    "receipt",
    "submitted_at",
    "status",
    "category",
    "company",
    "place",
    "occupation",
    "happened_on",
    "amount",
    "story",
    "attachments",
    "anonymous",
    "owner",
    "due_on",
    "closed_at",
    "outcome",
]
File = Callable[..., Awaitable[str]]
Export = Callable[..., Awaitable[str]]


@pytest.fixture
def file_report(service: Service) -> File:
    """Files a report as somebody; the receipt code. Fields of the report by name."""
    site = load_site(service.settings.content_dir)

    async def file(**fields: Any) -> str:
        async with service.store.write() as unit:
            person = Person(100, 1, "wechat", "openid", "zh_CN", "Asia/Shanghai")
            row = {"id": 100, "language": "zh_CN", "timezone": "Asia/Shanghai", "created_at": unit.now}
            await unit.insert_new(people, [row], people.c.id)
            report = complaints.Report(**({"category": "fines", "story": "扣了钱"} | fields))
            return (await complaints.submit(unit, person, report, site)).code

    return file


@pytest.fixture
def export(service: Service, tmp_path: Path) -> Export:
    """Exports by the command's own function; the line it says. The file is `out.<form>`."""

    @asynccontextmanager
    async def opened(_settings: object):
        yield service.store

    async def run(form: str = "jsonl", **options: Any) -> str:
        return await export_complaints(service.settings, opened, tmp_path / f"out.{form}", form=form, **options)

    return run


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]


async def test_the_fields_stand_in_their_fixed_order(export: Export, file_report: File, tmp_path: Path) -> None:
    code = await file_report(
        company="meituan", region="320402", place="天宁区", occupation="rider", happened_on=date(2026, 11, 13),
        amount=Decimal("200.50"), story="超时扣款",
    )  # fmt: skip
    assert (await export()).startswith("1 complaints in ")
    [row] = lines(tmp_path)
    assert list(row) == FIELDS
    assert row == {
        "receipt": code,
        "submitted_at": "2026-11-16T14:30:00+08:00",
        "status": "received",
        "category": "fines",
        "company": "美团",
        "place": "天宁区",
        "occupation": "rider",
        "happened_on": "2026-11-13",
        "amount": 200.5,
        "story": "超时扣款",
        "attachments": 0,
        "anonymous": True,
        "owner": "",
        "due_on": "2026-11-19",
        "closed_at": None,
        "outcome": "",
    }


async def test_all_three_formats_say_the_same(export: Export, file_report: File, tmp_path: Path) -> None:
    code = await file_report(company_words="大拇指配送站", amount=Decimal(35), story="=SUM(A1)\n第二行")
    for form in ("xlsx", "csv", "jsonl"):
        await export(form)
    raw = (tmp_path / "out.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    [row] = csv.DictReader((tmp_path / "out.csv").read_text("utf-8-sig").splitlines(keepends=True))
    assert list(row) == FIELDS
    assert (row["receipt"], row["company"], row["story"]) == (code, "大拇指配送站", "'=SUM(A1)\n第二行")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    heading, cells = sheet.iter_rows(values_only=True)
    assert list(heading) == FIELDS
    assert (cells[0], cells[8], cells[9]) == (code, 35, "=SUM(A1)\n第二行")
    assert sheet.cell(2, 10).data_type == "s"  # a text, no formula
    assert lines(tmp_path)[0]["story"] == "=SUM(A1)\n第二行"


async def test_an_empty_export_has_its_heading(export: Export, tmp_path: Path) -> None:
    assert (await export("csv")).startswith("0 complaints in ")
    assert (tmp_path / "out.csv").read_text("utf-8-sig").split() == [",".join(FIELDS)]


async def test_filters(export: Export, file_report: File, service: Service, clock: TestClock, tmp_path: Path) -> None:
    first = await file_report(company="meituan")
    clock.move(days=1, hours=9, minutes=29)  # 23:59 on the 17th in China
    second = await file_report(company="eleme")
    clock.move(minutes=1)
    third = await file_report(company_words="大拇指配送站")
    async with service.store.write() as unit:
        await unit.execute(sa.update(cases).where(cases.c.code == second).values(status="withdrawn"))
    expected = {
        (): [first, second, third],
        (("since", "2026-11-17"),): [second, third],
        (("until", "2026-11-17"),): [first, second],
        (("since", "2026-11-18"), ("until", "2026-11-18")): [third],
        (("company", "meituan"),): [first],
        (("company", "美团外卖"),): [first],
        (("company", "饿了么"),): [second],
        (("company", "大拇指"),): [third],
        (("company", "100%_"),): [],
        (("status", "withdrawn"),): [second],
        (("status", "received"), ("company", "eleme")): [],
    }
    for options, codes in expected.items():
        await export(**dict(options))
        assert [row["receipt"] for row in lines(tmp_path)] == codes, options


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"form": "pdf"}, "--format: 'pdf' is none of xlsx, csv, jsonl"),
        ({"since": "2026-13-01"}, "--since: '2026-13-01' is no date"),
        ({"until": "昨天"}, "--until: '昨天' is no date"),
        ({"since": "2026-11-17", "until": "2026-11-16"}, "--since 2026-11-17 is after --until 2026-11-16"),
        ({"status": "lost"}, "--status: 'lost' is none of received, accepted"),
    ],
)
async def test_bad_input_is_one_clear_line(options: dict[str, str], says: str, export: Export, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        await export(**options)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.glob("out.*"))


async def test_a_file_that_can_not_be_written_is_one_clear_line(service: Service, tmp_path: Path) -> None:
    @asynccontextmanager
    async def opened(_settings: object):
        yield service.store

    with pytest.raises(ValueError, match=r"--out: .* can't be written"):
        await export_complaints(service.settings, opened, tmp_path / "nowhere" / "out.csv", form="csv")


async def test_identities_come_only_in_full_and_are_on_record(export, file_report, service, tmp_path: Path) -> None:
    await file_report(name="王建国", contact="13812345678")
    await file_report()
    await export()
    assert "王建国" not in (tmp_path / "out.jsonl").read_text("utf-8")
    await export(full=True, company="美团")
    await export(full=True)
    named, nameless = lines(tmp_path)
    assert list(named) == [*FIELDS, "name", "contact", "channel"]
    assert (named["name"], named["contact"], named["channel"]) == ("王建国", "13812345678", "wechat")
    assert (nameless["name"], nameless["contact"]) == ("", "")
    async with service.store.read() as unit:
        entries = await unit.rows(sa.select(audit).order_by(audit.c.id))
    assert [(row["actor"], row["action"]) for row in entries] == [
        ("operator", "export.cases"),
        ("operator", "export.identities"),
        ("operator", "export.identities"),
    ]
    assert [row["detail"] for row in entries] == [
        "working; jsonl; 2 rows; all",
        "working; jsonl; 0 rows; company=美团",
        "working; jsonl; 2 rows; all",
    ]


async def test_pages_join_without_a_gap_or_a_double_while_others_file(
    export: Export,
    file_report: File,
    service: Service,
    clock: TestClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "PAGE", 3)
    codes = []
    for number in range(10):
        codes.append(await file_report(story=str(number)))
        clock.move(seconds=number % 2)  # some share their instant
    seen: list[tuple[int, int]] = []
    rows = exporting.read_rows  # filed after the start: not in it

    async def meanwhile(*given: Any) -> Any:
        clock.now += timedelta(seconds=1)
        late.append(await file_report(story="late"))
        async for row in rows(*given):
            yield row

    late: list[str] = []
    monkeypatch.setattr(exporting, "read_rows", meanwhile)

    async def advance(done: int, total: int) -> None:
        seen.append((done, total))

    wanted = exporting.Export(chosen=reading.Chosen(), said="all", made_by="operator", form="jsonl")
    await exporting.export(
        service.store, open_setting(service.settings), wanted, tmp_path / "out.jsonl", advance=advance
    )
    assert [row["receipt"] for row in lines(tmp_path)] == codes
    assert late
    assert seen == [(3, 10), (6, 10), (9, 10), (10, 10)]


def test_every_status_can_be_asked_for() -> None:
    assert {exporting.read_selection(None, None, None, status.value).status for status in Status} == set(Status)
