"""What is handed on tells nobody who the worker is; what it is made of stands in a manifest."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import orjson
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import Service
from bot.people import Person
from bot.site import load_site
from bot.store.tables import audit, people
from handlers.complaints import service as complaints
from handlers.complaints.cli import export_complaints
from handlers.complaints.exporting.masking import masked

File = Callable[..., Awaitable[str]]
Export = Callable[..., Awaitable[str]]
STORY = (
    "我叫张三，电话138 0013 8000，微信号zhangsan_88，车牌苏D·12345，2026-11-13被扣200元，住3栋2单元501室。王建国作证"
)


@pytest.fixture
def file_report(service: Service) -> File:
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
    @asynccontextmanager
    async def opened(_settings: object):
        yield service.store

    async def run(name: str, **options: Any) -> str:
        form = {"form": name.rpartition(".")[2]} if not name.endswith(".zip") else {}
        return await export_complaints(service.settings, opened, tmp_path / name, **(form | options))

    return run


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("打我电话13800138000", "打我电话〔号码〕"),
        ("138-0013-8000 或 138 0013 8000", "〔号码〕 或 〔号码〕"),
        ("+86 138 0013 8000", "〔号码〕"),
        ("１３８００１３８０００", "〔号码〕"),
        ("幺三八零零幺三八零零零", "〔号码〕"),
        ("0519-88123456 站长", "〔号码〕 站长"),
        ("卡号6222 0212 3456 7890 123", "卡号〔号码〕"),
        ("身份证32010219820304567X", "身份证〔证件号〕"),
        ("护照E12345678", "护照〔证件号〕"),
        ("微信号：zhangsan_88，加我", "微信号：〔账号〕，加我"),
        ("加我VX abc_123456", "加我VX 〔账号〕"),
        ("wxid_8s7df6g5", "〔账号〕"),
        ("QQ 12345678", "QQ 〔账号〕"),
        ("骑手ID：A88213", "骑手ID：〔账号〕"),
        ("订单号 20261113A77", "订单号 〔账号〕"),
        ("苏D12345 和 苏D·F12345", "〔车牌〕 和 〔车牌〕"),
        ("车牌号：常州A12345", "车牌号：〔车牌〕"),
        ("a.b@qq.com", "〔邮箱〕"),
        ("看 https://t.cn/abc?u=1，那里", "看 〔链接〕，那里"),
        ("我叫张三，", "我叫〔姓名〕，"),
        ("本人李小龙，", "本人〔姓名〕，"),
        ("姓名：欧阳明", "姓名：〔姓名〕"),
        ("我是王芳。", "我是〔姓名〕。"),
        ("住3栋2单元501室", "住〔门牌〕"),
        ("在 31.77212, 119.94601", "在 〔定位〕"),
    ],
)
def test_what_identifies_is_masked(said: str, kept: str) -> None:
    assert masked(said) == kept


@pytest.mark.parametrize(
    "said",
    [
        "美团11月13日14:30扣了我200.50元",
        "2026-11-13 到 2026/11/20，2026年11月",
        "我是常州的骑手，一天跑40单",
        "微信群里说扣钱，账号被封了",
        "平台说我差评太多，扣了1500元",
        "下暴雨 1 小时，超时 3 单",
        "GB 17761-2024 的车",
    ],
)
def test_what_tells_the_matter_stays(said: str) -> None:
    assert masked(said) == said


def test_the_workers_own_name_goes_wherever_it_stands() -> None:
    assert masked("王建国说的，wangjg 也是", "王建国", "WangJG") == "〔姓名〕说的，〔姓名〕 也是"
    assert masked("他 扣钱", "", "他") == "他 扣钱"  # one character is no name to look for


@settings(max_examples=150)
@given(st.text("0123456789一二三 -.微信我叫张三苏DX:，@a\ue000年", max_size=60))
def test_no_phone_survives_and_nothing_fails(around: str) -> None:
    assert "13912345678" not in masked(f"{around}，13912345678，{around}")
    masked(around, around[:3])


async def test_a_forwardable_table_has_nothing_of_the_worker(export, file_report, service, tmp_path: Path) -> None:
    code = await file_report(
        story=STORY, company="meituan", region="320402", place="红梅新村3栋 (31.772, 119.946)", occupation="rider",
        happened_on=date(2026, 11, 13), amount=Decimal(200), name="王建国", contact="13912345678",
    )  # fmt: skip
    await export("out.jsonl", profile="forwardable")
    [row] = [orjson.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert row == {
        "序号": 1,
        "提交时间": "2026-11-16",
        "状态": "已收到",
        "事情": "扣款罚款",
        "平台": "美团",
        "区县": "天宁区",
        "职业": "骑手",
        "日期": "2026-11-13",
        "金额（元）": 200,
        "当事人的话（已遮盖）": (
            "我叫〔姓名〕，电话〔号码〕，微信号〔账号〕，车牌〔车牌〕，2026-11-13被扣200元，住〔门牌〕。〔姓名〕作证"
        ),
        "图片和文件": 0,
        "办结日期": None,
        "结果": "",
    }
    raw = (tmp_path / "out.jsonl").read_text("utf-8")
    for word in (code, "王建国", "13912345678", "红梅", "wechat", "staff:", "119.9"):
        assert word not in raw


async def test_identities_never_go_into_what_is_handed_on(export, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--full names the workers"):
        await export("out.csv", profile="forwardable", full=True)
    with pytest.raises(ValueError, match="none of working, forwardable"):
        await export("out.csv", profile="public")
    assert list(tmp_path.glob("out*")) == []


async def test_a_workbook_says_what_it_is_on_its_other_sheet(export, file_report, tmp_path: Path) -> None:
    await file_report(story="=HYPERLINK(1)")
    await file_report(story="第二件")
    await export("out.xlsx", status="received")
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["complaints", "说明"]
    lines = dict(row for row in book["说明"].iter_rows(min_row=2, values_only=True))
    assert lines["导出人"] == "operator"
    assert lines["导出时间"] == "2026-11-16 14:30"
    assert lines["筛选条件"] == "status=received"
    assert lines["已收到"] == "2"
    assert book["complaints"].freeze_panes == "A2"


async def test_an_archive_has_its_manifest_with_the_sums(export, file_report, service, tmp_path: Path) -> None:
    await file_report()
    await export("out.zip", profile="forwardable", manifest=True)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.namelist() == ["manifest.json", "cases.xlsx"]
        facts = orjson.loads(archive.read("manifest.json"))
        table = archive.read("cases.xlsx")
    assert openpyxl.load_workbook(io.BytesIO(table)).sheetnames == ["complaints", "说明"]
    [named] = facts.pop("files")
    assert named == {
        "name": "cases.xlsx",
        "bytes": len(table),
        "sha256": hashlib.sha256(table).hexdigest(),
        "rows": 1,
        "texts_cut": 0,
    }
    assert facts == {
        "made_at": "2026-11-16T14:30:00+08:00",
        "made_by": "operator",
        "profile": "forwardable",
        "identities": False,
        "filter": "all",
        "cases": 1,
        "by_status": {"received": 1},
    }
    async with service.store.read() as unit:
        [entry] = await unit.rows(sa.select(audit))
    assert (entry["action"], entry["detail"]) == ("export.cases", "forwardable; xlsx; 1 rows; all")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("out", "export"))] == ["out.zip"]


async def test_a_manifest_beside_a_table(export, file_report, tmp_path: Path) -> None:
    await file_report()
    await export("out.csv", manifest=True)
    facts = orjson.loads((tmp_path / "out.csv.manifest.json").read_bytes())
    assert facts["files"][0]["sha256"] == hashlib.sha256((tmp_path / "out.csv").read_bytes()).hexdigest()


async def test_the_lists_url_chooses_the_same_cases(export, file_report, tmp_path: Path) -> None:
    await file_report(company="meituan", story="one")
    await file_report(company="eleme", category="unpaid", story="two")
    url = "https://yizhan.example.cn/desk/cases?status=all&company=meituan&sort=oldest"
    assert (await export("out.jsonl", view=url)).startswith("1 complaints")
    assert (await export("out.jsonl", view="category=unpaid", company="饿了么")).startswith("1 complaints")
    assert (await export("out.jsonl", view="status=resolved")).startswith("0 complaints")
    with pytest.raises(ValueError, match="owner=me means nobody here"):
        await export("out.jsonl", view="owner=me")
