"""An export with words among its filters held cases whose stories only have the same pairs of characters, here and
there: the keyed index finds them, and nobody looked at what it had found."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Awaitable, Callable

import openpyxl
import orjson
import pytest

from bot.app import Service
from handlers.complaints import listing
from handlers.complaints.exporting import reading
from handlers.complaints.exporting.worker import Exporter
from tests.desk.conftest import Colleague
from tests.desk.test_case_words import TODAY, put

Make = Callable[..., Awaitable[Colleague]]
STORIES = ("甲乙丙，丁戊", "甲乙，乙丙，丁戊", "什么都没有", "丁戊，甲乙丙")


@pytest.mark.parametrize("page", [1, 1000])
async def test_an_export_holds_what_the_list_showed(
    colleague: Make, service: Service, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(reading, "PAGE", page)
    async with service.store.write() as unit:
        receipts = [await put(unit, text) for text in STORIES]
    async with service.store.read() as unit:
        filters = listing.Filters(words="甲乙丙 丁戊", sort="oldest")
        listed, _after = await listing.page(unit, filters, "", TODAY, "", await listing.sought(unit, filters))
    assert [one["code"] for one in listed] == [receipts[0].code, receipts[3].code]
    rep = await colleague("union")
    await rep.open("/desk/cases")
    await rep.press("/desk/cases/export", query=filters.url(), profile="working", format="xlsx")
    exporter: Exporter = service.registry.resources[Exporter]
    assert await exporter.turn(service.store) == 1
    path = (await rep.open("/desk/cases/exports")).partition("/take")[0].rpartition('"')[2] + "/take"
    answer = await rep.client.post(path, data={"csrf": rep.csrf})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        facts = orjson.loads(archive.read("manifest.json"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read("cases.xlsx")))
    assert [row[0].value for row in book["complaints"].iter_rows(min_row=2)] == [one["code"] for one in listed]
    assert (facts["cases"], facts["by_status"], facts["files"][0]["rows"]) == (2, {"received": 2}, 2)
