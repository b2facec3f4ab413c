"""Questions, staff and failed messages at the desk; the audit log checked from the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from bot.app import Service
from bot.cli import app
from bot.messages import Incoming
from bot.settings import Settings
from bot.store import parked
from bot.store.tables import audit
from handlers.policy import questions
from handlers.policy.tables import questions as table
from tests.desk.conftest import Colleague, Notices
from tests.support import Chat

Make = Callable[..., Awaitable[Colleague]]
ASKED = "平台的保险能不能退"


async def ask(chat: Chat) -> None:
    await chat.say("人工", ASKED)


async def number_of(service: Service) -> int:
    async with service.store.read() as unit:
        found: int = await unit.value(sa.select(table.c.id))
        return found


async def test_an_answer_goes_back_to_who_asked(
    chat: Chat, colleague: Make, service: Service, notices: Notices
) -> None:
    await ask(chat)
    helper = await colleague("community")
    assert "1</b> 有人在等答复" in helper.page
    assert ASKED in await helper.open("/desk/questions")
    path = f"/desk/questions/{await number_of(service)}/answer"
    assert "正发给提问的人" in await helper.press(path, answer="可以退，先在 App 里申请。")
    assert "可以退" in (await notices.to(chat))[-1].text
    assert ASKED not in helper.page
    data = {"csrf": (await colleague("union")).csrf, "answer": "x"}
    assert (await helper.client.post(path, data={**data, "csrf": _csrf(await helper.open("/desk"))})).status_code == 404


def _csrf(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"', maxsplit=1)[0]


async def test_an_answer_is_kept_as_a_draft(
    chat: Chat, colleague: Make, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(chat)
    helper = await colleague("union")
    await helper.open("/desk/questions")
    monkeypatch.setattr(service.settings, "content_dir", tmp_path)
    number = await number_of(service)
    await helper.press(f"/desk/questions/{number}/answer", answer="可以退。先申请。", draft="1")
    assert "存了草稿" in helper.page
    assert "可以退。先申请。" in (tmp_path / "drafts" / f"question-{number}.md").read_text("utf-8")


async def test_a_draft_that_cant_be_written_does_not_undo_the_answer(
    chat: Chat, colleague: Make, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(chat)
    helper = await colleague("union")
    await helper.open("/desk/questions")
    closed = tmp_path / "closed"
    closed.write_text("no folder")
    monkeypatch.setattr(service.settings, "content_dir", closed)
    number = await number_of(service)
    assert "写不进" in await helper.press(f"/desk/questions/{number}/answer", answer="可以退。", draft="1")
    async with service.store.read() as unit:
        assert await unit.value(sa.select(table.c.status)) == "answered"


async def test_a_question_is_dropped(chat: Chat, colleague: Make, service: Service, notices: Notices) -> None:
    await ask(chat)
    helper = await colleague("community")
    await helper.open("/desk/questions")
    assert "没有答复" in await helper.press(f"/desk/questions/{await number_of(service)}/drop")
    assert await notices.to(chat) == []
    async with service.store.read() as unit:
        assert await questions.waiting(unit) == []


async def test_failed_messages_are_listed_without_words_and_opened_one_by_one(
    colleague: Make, service: Service
) -> None:
    async with service.store.write() as unit:
        said = Incoming("k", "telegram", "1", service.clock(), text="我叫张伟国")
        parked.park(unit, b"m" * 16, said, "Traceback ...\nValueError: could not read 我叫张伟国\n")
    boss = await colleague("admin")
    page = await boss.open("/desk/parked")
    assert "ValueError" in page
    assert "张伟国" not in page
    path = "/desk/parked/" + page.split('"/desk/parked/')[1].split('"')[0]
    assert "我叫张伟国" in await boss.open(path)
    assert "已从列表移除" in await boss.press(f"{path}/resolve")
    assert "没有。" in boss.page
    async with service.store.read() as unit:
        noted = set((await unit.execute(sa.select(audit.c.action))).scalars())
    assert {"parked.read", "parked.resolve"} <= noted


async def test_the_log_is_verified_and_a_change_shows(
    colleague: Make, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await colleague("admin")
    await boss.open("/desk/staff")
    await boss.press("/desk/staff/invite", role="union", name="王琳")
    settings: Settings = service.settings
    monkeypatch.setenv("YIZHAN_DATA_DIR", str(settings.data_dir))

    def verify() -> tuple[int, str]:
        done = CliRunner().invoke(app, ["audit", "verify", "--database", settings.database])
        return done.exit_code, done.output

    code, said = await _in_thread(verify)
    assert (code, "whole" in said) == (0, True)
    async with service.store.write() as unit:
        first = sa.select(sa.func.min(audit.c.id)).scalar_subquery()
        await unit.execute(sa.update(audit).where(audit.c.id == first).values(actor="nobody"))
    code, said = await _in_thread(verify)
    assert (code, "was changed" in said) == (2, True)


async def _in_thread(work: Callable[[], tuple[int, str]]) -> tuple[int, str]:
    import asyncio

    return await asyncio.to_thread(work)
