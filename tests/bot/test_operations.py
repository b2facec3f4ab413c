"""What an operator relies on: health, readiness, figures, logs without words, and an orderly end."""

from __future__ import annotations

import asyncio
import contextlib
import io
import logging
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from bot.app import Service
from bot.dialogue import Talk
from bot.log import Wordless
from bot.messages import Media, Reply
from bot.notices import notify
from bot.settings import Settings
from bot.store import migrate
from bot.store.tables import outbox, people
from tests.fakes.bell import PATIENCE

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HERE = Path(__file__).resolve().parents[2]
NAME, PHONE, STORY = "王小强", "13812345678", "站长扣了我两百块"


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP side of a service that runs."""
    transport = httpx.ASGITransport(service.web(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://yizhan") as client:
        yield client


async def status(http: httpx.AsyncClient, path: str) -> tuple[int, str]:
    answer = await http.get(path)
    return answer.status_code, answer.text


# -- health and readiness


async def test_a_service_that_runs_is_alive_and_ready(http) -> None:
    assert await status(http, "/healthz") == (200, "ok\n")
    assert await status(http, "/readyz") == (200, "ready\n")


async def test_a_database_that_is_behind_is_not_ready_but_alive(service, http) -> None:
    async with service.store.write() as unit:
        await unit.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    assert await status(http, "/readyz") == (503, "the database is not migrated\n")
    assert (await status(http, "/healthz"))[0] == 200
    async with service.store.write() as unit:
        await unit.execute(sa.text("UPDATE alembic_version SET version_num = :head").bindparams(head=migrate.head()))
    assert (await status(http, "/readyz"))[0] == 200


@ON_SQLITE
async def test_a_database_that_is_gone_is_not_ready_but_alive(service, http) -> None:
    file = Path(service.store.writer.url.database)
    file.rename(file.with_name("elsewhere"))
    assert await status(http, "/readyz") == (503, "the database does not answer\n")
    assert (await status(http, "/healthz"))[0] == 200
    file.with_name("elsewhere").rename(file)
    assert (await status(http, "/readyz"))[0] == 200


async def test_a_database_that_hangs_is_not_ready(service, http, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_engine: object) -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(migrate, "current", hang)
    monkeypatch.setattr("bot.web.PATIENCE", 0.01)
    assert await status(http, "/readyz") == (503, "the database does not answer\n")


async def test_a_service_that_takes_no_messages_is_not_ready(service, http) -> None:
    await service.dispatcher.stop()
    assert await status(http, "/readyz") == (503, "no messages are taken\n")


# -- figures


def figures(text: str, name: str) -> dict[str, float]:
    """Labels -> value of one metric."""
    found = re.findall(rf"^{name}(?:\{{(.*?)\}})? ([0-9.e+]+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


async def test_metrics_count_messages_repeats_and_what_waits(service, http, chat) -> None:
    await chat.deliver(key="terminal:1", text="菜单")
    await chat.deliver(key="terminal:1", text="菜单")
    async with service.store.write() as unit:
        who = await unit.value(sa.select(people.c.id))
        await notify(unit, who, Reply(STORY))
    answer = await http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert figures(answer.text, "yizhan_messages_total") == {'channel="terminal"': 1}
    assert figures(answer.text, "yizhan_messages_repeated_total") == {'channel="terminal"': 1}
    assert figures(answer.text, "yizhan_outbox") == {'state="waiting"': 1}
    assert figures(answer.text, "yizhan_batch_messages_count")[""] >= 1
    assert STORY not in answer.text


async def test_what_waits_no_more_is_counted_no_more(service, http, chat) -> None:
    await chat.say("菜单")
    async with service.store.write() as unit:
        await notify(unit, await unit.value(sa.select(people.c.id)), Reply("x"))
    assert figures((await http.get("/metrics")).text, "yizhan_outbox") == {'state="waiting"': 1}
    async with service.store.write() as unit:
        await unit.execute(sa.update(outbox).values(state="sent", done_at=unit.now))
    assert figures((await http.get("/metrics")).text, "yizhan_outbox") == {}  # what is done is counted elsewhere


@ON_SQLITE
async def test_metrics_are_told_while_the_database_is_gone(service, http, chat, monkeypatch) -> None:
    await chat.say("菜单")
    monkeypatch.setattr(service.store, "read", lambda: (_ for _ in ()).throw(OSError("gone")))
    answer = await http.get("/metrics")
    assert answer.status_code == 200
    assert figures(answer.text, "yizhan_messages_total") == {'channel="terminal"': 1}


# -- logs


@contextlib.contextmanager
def all_logs() -> Iterator[Callable[[], str]]:
    """Everything that is logged, ours and the libraries', as `bot.log.set_up` has it written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Wordless())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        with capture_logs() as events:
            yield lambda: written.getvalue() + "\n".join(map(str, events))
    finally:
        root.removeHandler(handler)


async def test_a_whole_complaint_leaves_no_word_in_the_log(service, chat) -> None:
    with all_logs() as logged:
        await chat.say("投诉", "1", "美团", "同意", "昨天", STORY, f"我叫{NAME}，电话{PHONE}", "跳过", "留下", PHONE)
        await chat.deliver(text=STORY, media=(Media("photo", f"ref-{PHONE}", name=f"{NAME}.jpg"),))
        await chat.say(NAME, PHONE, "1", "1", "提交", "我的数据", "人工", f"{NAME}被扣钱怎么办", "注销", "1")
    for word in (NAME, PHONE, STORY, "rider-1"):
        assert word not in logged()


async def test_failures_are_logged_by_kind_and_place_without_words(service, chat, monkeypatch) -> None:
    async def broken(talk: Talk, text: str, _inside: bool) -> bool:
        if "数据库" in text:
            await talk.store.execute(sa.text("INSERT INTO nowhere VALUES (:words)").bindparams(words=text))
        raise ValueError(f"can't read {text}")

    monkeypatch.setattr(service.registry, "aside", broken)
    with all_logs() as logged:
        await chat.say(f"{NAME}的电话是{PHONE}")
        await chat.say(f"数据库{NAME}{PHONE}")
    assert "ValueError" in logged()
    assert "test_operations.py" in logged()
    for word in (NAME, PHONE):
        assert word not in logged()


async def test_an_error_of_the_database_quotes_no_data(service) -> None:
    with pytest.raises(sa.exc.DBAPIError) as caught:
        async with service.store.write() as unit:
            await unit.execute(sa.text("INSERT INTO nowhere VALUES (:words)").bindparams(words=NAME))
    assert "nowhere" in str(caught.value)
    assert NAME not in str(caught.value)


def test_what_libraries_log_is_cut_before_it_quotes() -> None:
    logger, written = logging.Logger("uvicorn.error"), io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Wordless())
    logger.addHandler(handler)
    try:
        raise ValueError(NAME)
    except ValueError:
        logger.exception("Exception in ASGI application\n")
    logger.warning("GET %s", f"https://api/bot{PHONE}/getMe")
    logger.error("Task exception was never retrieved\nfuture: <Task exception=ValueError('%s')>", NAME)
    said = written.getvalue()
    assert "Exception in ASGI application" in said
    assert "test_operations.py" in said
    assert "ValueError" in said
    assert "Task exception was never retrieved" in said
    assert NAME not in said
    assert PHONE not in said


async def test_secrets_of_the_settings_are_not_shown(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(telegram_token="123:secret-token", wechat_app_secret="secret-too", secret_keys="c2VjcmV0")
    for way in (repr(settings), str(settings), settings.model_dump_json()):
        assert "secret-t" not in way
        assert "c2VjcmV0" not in way


# -- the end


class Process:
    """`yizhan run` as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "yizhan.sqlite3"
        self.log = folder / "log"
        environment = {"PATH": os.environ["PATH"], "YIZHAN_DATA_DIR": str(folder), "PYTHONPATH": str(HERE)}
        command = [sys.executable, "-m", "bot", "run", "--port", "0"]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log)

    @contextlib.asynccontextmanager
    async def answers(self) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody to talk to it, as soon as it is ready."""
        async with asyncio.timeout(60):
            while not (said := re.search(r"http://127\.0\.0\.1:\d+(?=/)", self.log.read_text())):
                assert self.process.poll() is None, self.log.read_text()
                await asyncio.sleep(0.05)
        async with httpx.AsyncClient(base_url=said[0], timeout=PATIENCE) as http:
            while (await http.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.05)
            yield http

    async def ended(self) -> int:
        """Its exit code."""
        return await asyncio.to_thread(self.process.wait, PATIENCE)


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Process]:
    """A process that is gone when the test ends."""
    one = Process(tmp_path)
    yield one
    one.process.kill()
    one.process.wait()


async def test_sigterm_finishes_the_message_in_hand_and_exits_0(process: Process) -> None:
    async with process.answers() as http:
        first = await http.post("/chat/messages", json={"key": "k1", "text": "菜单"})
        assert first.status_code == 200
        held = sqlite3.connect(process.database, isolation_level=None)
        held.execute("BEGIN IMMEDIATE")  # nothing can be committed until we let go
        in_hand = asyncio.create_task(http.post("/chat/messages", json={"key": "k2", "text": f"我叫{NAME}"}))
        await asyncio.wait({in_hand}, timeout=2)  # by then it is there, on a busy machine too
        process.process.send_signal(signal.SIGTERM)
        await asyncio.wait({in_hand}, timeout=0.5)
        assert not in_hand.done()
        assert process.process.poll() is None
        held.execute("ROLLBACK")
        answer = await in_hand
        assert answer.status_code == 200
        assert answer.json()["replies"]
        assert await process.ended() == 0, process.log.read_text()
        assert held.execute("SELECT count(*) FROM receipts").fetchone() == (2,)
        held.close()
    assert NAME not in process.log.read_text()


async def test_an_idle_process_ends_at_once(process: Process) -> None:
    async with process.answers():
        pass
    process.process.send_signal(signal.SIGTERM)
    assert await process.ended() == 0
    assert "graceful shutdown exceeded" not in process.log.read_text()  # what the server says of who held it up


async def test_what_waits_is_aged_and_who_leads_is_told(service, http, chat, clock) -> None:
    await chat.say("菜单")
    assert figures((await http.get("/metrics")).text, "yizhan_outbox_oldest_seconds") == {"": 0}
    async with service.store.write() as unit:
        await notify(unit, await unit.value(sa.select(people.c.id)), Reply("x"))
    clock.move(seconds=90)
    assert await service.leadership.leads("chores")
    text = (await http.get("/metrics")).text
    assert figures(text, "yizhan_outbox_oldest_seconds") == {"": 90}
    assert figures(text, "yizhan_leads") == {'work="chores"': 1}
    await service.leadership.give_up("chores")
    assert figures((await http.get("/metrics")).text, "yizhan_leads") == {'work="chores"': 0}
