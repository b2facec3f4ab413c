"""`yizhan export case`: one case to print, noted in the audit log; a slip is one line and writes nothing."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.settings import load
from bot.store.tables import audit
from tests.cli.conftest import Run
from tests.pdf_reading import pdf_text
from tests.support import Chat, TestClock

STORY = "美团上周五扣了我200说超时 那天下暴雨"


@pytest.fixture
def code(migrated_here: Path) -> str:
    """A case in the store of the working folder."""

    async def file() -> str:
        async with Service(load(), TestClock(), only={"terminal"}).running(courier=False) as service:
            chat = Chat(service.dispatcher, TestClock())
            await chat.say(STORY)
            for _step in range(12):
                if "提交" in chat.labels:
                    break
                await chat.tap("同意" if "同意" in chat.labels else "不留姓名" if "不留姓名" in chat.labels else "跳过")
            await chat.tap("提交")
            return chat.text.split("编号 ")[1][:12]

    return asyncio.run(file())


def test_one_case_to_print(yizhan: Run, code: str, tmp_path: Path) -> None:
    assert (
        yizhan("export", "case", code.lower(), "--out", tmp_path / "a.pdf").out == f"one case in {tmp_path / 'a.pdf'}\n"
    )
    text = pdf_text((tmp_path / "a.pdf").read_bytes())
    assert code in text and "暴雨" in text
    yizhan("export", "case", code, "--out", tmp_path / "b.zip", "--profile", "forwardable")
    with zipfile.ZipFile(tmp_path / "b.zip") as package:
        assert {"case.pdf", "manifest.json"} <= set(package.namelist())
        assert code not in package.read("manifest.json").decode()

    async def noted() -> list[str]:
        async with Service(load(), only={"terminal"}).running(courier=False) as service, service.store.read() as unit:
            wanted = sa.select(audit.c.detail).where(audit.c.action == "case.export").order_by(audit.c.id)
            return list((await unit.execute(wanted)).scalars())

    assert asyncio.run(noted()) == ["working; pdf", "forwardable; zip"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("YZ-AAAA-AAAA", "--out", "a.pdf"), "no receipt"),
        (("x", "--out", "a.pdf"), "no receipt"),
        (("YZ-AAAA-AAAA", "--out", "a.doc"), "must end in .pdf or .zip"),
        (("YZ-AAAA-AAAA", "--out", "a.pdf", "--profile", "all"), "--profile"),
    ],
)
def test_a_slip_is_one_line(yizhan: Run, migrated_here: Path, words: tuple[str, ...], says: str) -> None:
    assert says in yizhan("export", "case", *words).refuses()
    assert not (migrated_here / "a.pdf").exists()
