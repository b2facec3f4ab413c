"""The access token: one refresher, sealed, renewed in time, forced seldom; and what the platform's errors mean."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.app import Service
from bot.channels.base import Outcome
from bot.channels.wechat import tokens as module
from bot.channels.wechat.api import Api, outcome
from bot.channels.wechat.tokens import NoTokenError
from bot.messages import Reply
from bot.notices import notify
from bot.settings import Settings
from bot.store import leases, secrets
from bot.store.store import Store
from bot.store.tables import identities, media, outbox
from bot.store.tables import secrets as secrets_table
from tests.fakes.bell import PATIENCE
from tests.fakes.wechat import FakeWechat
from tests.support import TestClock
from tests.wechat_talk import REAL, Account, rows, seen, settle, states, wechat

once = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def process(
    make_settings: Callable[..., Settings], clock: TestClock, wx: FakeWechat
) -> AsyncIterator[Callable[[], Awaitable[Api]]]:
    """Start processes on one database: each has its own store and its own connections."""
    async with contextlib.AsyncExitStack() as stack:

        async def start() -> Api:
            store = await Store(make_settings(), clock).open()
            stack.push_async_callback(store.close)
            api = Api(store, wx.url, wx.app_id, wx.app_secret)
            stack.push_async_callback(api.close)
            return api

        yield start


def asked(wx: FakeWechat) -> list[bool]:
    """The calls of stable_token: whether each was forced."""
    return [json.loads(call.body)["force_refresh"] for call in wx.calls_of("stable_token")]


Start = Callable[[], Awaitable[Api]]


# -- one refresher


async def test_many_callers_one_refresh(process: Start, wx: FakeWechat) -> None:
    api = await process()
    tokens = await asyncio.gather(*(api.tokens.get() for _ in range(50)))
    assert set(tokens) == {wx.tokens.current}
    assert asked(wx) == [False]


async def test_two_processes_one_refresh(process: Start, wx: FakeWechat) -> None:
    one, two = await process(), await process()
    first, second = await asyncio.gather(one.tokens.get(), two.tokens.get())
    assert first == second == wx.tokens.current
    assert await (await process()).tokens.get() == first
    assert asked(wx) == [False]


async def test_two_processes_one_recovery(process: Start, wx: FakeWechat) -> None:
    one, two = await process(), await process()
    old = await one.tokens.get()
    assert await two.tokens.get() == old
    wx.tokens.revoke()
    first, second = await asyncio.gather(one.tokens.refused(old), two.tokens.refused(old))
    assert first == second == wx.tokens.current != old
    assert asked(wx) == [False, False]


async def test_a_process_that_died_while_refreshing_holds_nobody_up(
    process: Start, wx: FakeWechat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_EVERY", 0.0)
    api = await process()
    async with api.tokens._store.write() as unit:
        assert await leases.take(unit, f"wechat-token:{wx.app_id}", "dead", module.REFRESH_WITHIN)
    assert await api.tokens.get() == wx.tokens.current


async def test_it_is_sealed_in_the_store(process: Start, wx: FakeWechat, sqlite_url: str, database_url: str) -> None:
    api = await process()
    token = await api.tokens.get()
    assert len(token) == 512
    async with api.tokens._store.read() as unit:
        found = await secrets.get(unit, f"wechat-token:{wx.app_id}")
        raw = [bytes(row["value"]) for row in await unit.rows(secrets_table.select())]
    assert found is not None
    assert found[0] == token
    assert all(token.encode() not in value for value in raw)
    if database_url == sqlite_url:
        path = Path(database_url.removeprefix("sqlite:///"))
        for file in path.parent.glob(f"{path.name}*"):
            content = file.read_bytes()
            assert token.encode() not in content
            assert wx.app_secret.encode() not in content


# -- in time


@once
async def test_it_is_renewed_at_four_fifths_of_its_life(process: Start, wx: FakeWechat, clock: TestClock) -> None:
    api = await process()
    first = await api.tokens.get()
    clock.move(seconds=7200 * 0.8 - 1)
    assert await api.tokens.get() == first
    assert asked(wx) == [False]
    clock.move(seconds=2)
    assert await api.tokens.get() == first  # the platform gives a new one only five minutes before the end
    assert asked(wx) == [False, False]
    clock.move(seconds=1439 * 0.8 + 1)
    assert await api.tokens.get() != first
    assert asked(wx) == [False] * 3


@once
async def test_never_an_expired_one(process: Start, wx: FakeWechat, clock: TestClock) -> None:
    api = await process()
    for _hour in range(30):
        clock.move(minutes=17)
        token = await api.tokens.get()
        wx.tokens.check(token)
    assert True not in asked(wx)


# -- refused tokens


@once
@pytest.mark.parametrize("how", ["revoke", "expire"])
async def test_a_refused_token_is_replaced_and_the_message_sent(process: Start, wx: FakeWechat, how: str) -> None:
    api = await process()
    person = wx.world.new_follower()
    person.quota.grant("message", wx.world.clock())
    await api.tokens.get()
    getattr(wx.tokens, how)()
    assert await api.send(_text(person.openid)) == Outcome("sent")
    assert [call.errcode for call in wx.calls_of("message/custom/send")] == [40001 if how == "revoke" else 42001, 0]
    assert asked(wx) == [False, False]
    assert [one.text for one in person.screen] == ["您好"]


@once
async def test_force_is_the_last_resort_and_rationed(process: Start, wx: FakeWechat, clock: TestClock) -> None:
    """The platform refuses the very token it gives."""
    api = await process()
    person = wx.world.new_follower()
    person.quota.grant("message", wx.world.clock())
    wx.fault("message/custom/send", errcode=40001)
    assert (await api.send(_text(person.openid))).result == "sent"
    assert asked(wx) == [False, False, True]
    wx.fault("message/custom/send", errcode=40001, times=1000)
    for _try in range(5):
        assert (await api.send(_text(person.openid))).result == "retry"
    assert asked(wx).count(True) == 1
    other = await process()
    assert (await other.send(_text(person.openid))).result == "retry"
    assert asked(wx).count(True) == 1
    for _time in range(24 * 3):
        clock.move(minutes=20)
        await api.send(_text(person.openid))
    assert 15 <= asked(wx).count(True) <= 20


@once
async def test_a_picture_is_asked_for_again_with_the_new_token(account: Account, wx: FakeWechat) -> None:
    async with account.chat(registry=REAL) as (service, sim):
        li = sim.new_person()
        await li.say("投诉")
        await li.photo()
        await wechat(service).api.tokens.get()
        wx.tokens.revoke()
        await settle(service)
        assert [one["status"] for one in await rows(service, media)] == ["kept"]
        assert [call.errcode for call in wx.calls_of("media/get")] == [40001, 0]


def _text(openid: str) -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}


# -- no token


@pytest.mark.parametrize(
    ("spoil", "reason", "page"),
    [
        ({"allowed_ips": set()}, "errcode 40164", "IP白名单: add the address of this server, 127.0.0.1"),
        ({"app_secret": "another"}, "errcode 40125", "开发密钥: compare YIZHAN_WECHAT_APP_SECRET"),
        ({"app_id": "wx-another"}, "errcode 40013", "compare YIZHAN_WECHAT_APP_ID"),
    ],
)
@once
async def test_a_wrong_setting_shows_in_the_log_with_the_page_to_repair_it(
    account: Account, wx: FakeWechat, spoil: dict[str, Any], reason: str, page: str
) -> None:
    settings = account.settings()
    for name, value in spoil.items():
        setattr(wx if name == "allowed_ips" else wx.tokens, name, value)
    with capture_logs() as logs:
        async with account.chat(courier=True, data_dir=settings.data_dir) as (service, sim):
            li = sim.new_person()
            assert (await li.say("您好")).text == "您说：您好"  # what goes into the response needs no token
            await wx.world.bell.until(lambda: bool(wx.calls_of("stable_token")))
            async with asyncio.timeout(PATIENCE):
                while not logs:
                    await asyncio.sleep(0.005)
            [(state, result)] = await _told(service)
            assert state == "waiting"
            assert result.endswith(f"no token: {reason}")
    [line] = [entry for entry in logs if entry["event"] == "wechat gives no token"]
    assert (line["log_level"], line["reason"]) == ("error", reason)
    assert page in line["fix"]
    assert wx.app_secret not in repr(logs)


async def _told(service: Service) -> list[tuple[str, str]]:
    """Promise a notice, and see what becomes of it."""
    [person] = await rows(service, identities)
    async with service.store.write() as unit:
        await notify(unit, person["person_id"], Reply("有回复了"))
    async with asyncio.timeout(PATIENCE):
        while True:
            found = [(row["state"], row["result"]) for row in await rows(service, outbox)]
            if all(result for _state, result in found):
                return found
            await asyncio.sleep(0.005)


async def test_what_waited_for_a_token_goes_when_there_is_one(account: Account, wx: FakeWechat) -> None:
    wx.allowed_ips = set()
    async with account.chat() as (service, sim):
        li = sim.new_person()
        await li.say("您好")
        [person] = await rows(service, identities)
        async with service.store.write() as unit:
            await notify(unit, person["person_id"], Reply("有回复了"))
        for _minute in range(30):  # longer than any number of failed attempts
            await settle(service)
            account.clock.move(seconds=61)
        assert await states(service) == ["waiting"]
        assert (await rows(service, outbox))[0]["attempts"] == 0
        wx.allowed_ips = None
        account.clock.move(seconds=61)
        await settle(service)
        assert seen(li)[-1] == ("custom", "有回复了")


@once
async def test_the_platform_is_not_pestered_for_a_token(process: Start, wx: FakeWechat, clock: TestClock) -> None:
    wx.allowed_ips = set()
    api = await process()
    for _try in range(10):
        with pytest.raises(NoTokenError, match="40164"):
            await api.tokens.get()
    assert len(asked(wx)) == 1
    clock.move(seconds=31)
    wx.allowed_ips = None
    assert await api.tokens.get() == wx.tokens.current


@once
@pytest.mark.parametrize("kind", ["drop", "half"])
async def test_a_connection_lost_while_asking_for_a_token(process: Start, wx: FakeWechat, kind: Any) -> None:
    """Nothing was sent, so it is no unknown outcome."""
    wx.fault("stable_token", kind=kind)
    said = await (await process()).send(_text("o"))
    assert (said.result, said.after) == ("retry", 60.0)
    assert wx.calls_of("message/custom/send") == []


# -- what errors mean


@once
@pytest.mark.parametrize(
    ("errcode", "result"),
    [
        (-1, "retry"),
        (45011, "retry"),
        (45009, "retry"),
        (40164, "retry"),
        (45015, "contact"),
        (45047, "contact"),
        (48001, "contact"),
        (48002, "contact"),
        (43004, "blocked"),
        (43019, "blocked"),
        (40003, "refused"),
        (45002, "refused"),
    ],
)
async def test_what_errcodes_mean(process: Start, wx: FakeWechat, errcode: int, result: str) -> None:
    wx.fault("message/custom/send", errcode=errcode)
    said = await (await process()).send(_text("o"))
    assert (said.result, said.reason) == (result, f"errcode {errcode}")
    assert (said.after is not None) == (errcode in {45009, 40164})


@pytest.mark.parametrize(("status", "result"), [(500, "unknown"), (502, "unknown"), (503, "retry"), (429, "retry")])
def test_what_speaks_in_between(status: int, result: str) -> None:
    said = outcome(httpx.Response(status, text="<html>bad gateway</html>"))
    assert (said.result, said.reason) == (result, f"HTTP {status}")
    assert outcome(httpx.Response(200, text="<html>sign in to this wifi</html>")).result == "unknown"


@once
@pytest.mark.parametrize("kind", ["drop", "half"])
async def test_an_answer_that_got_lost_is_not_repeated(process: Start, wx: FakeWechat, kind: Any) -> None:
    api = await process()
    person = wx.world.new_follower()
    person.quota.grant("message", wx.world.clock())
    wx.fault("message/custom/send", kind=kind, done=True)
    assert (await api.send(_text(person.openid))).result == "unknown"
    assert len(person.screen) == 1


@once
async def test_nobody_listens(make_settings: Callable[..., Settings], clock: TestClock, wx: FakeWechat) -> None:
    store = await Store(make_settings(), clock).open()
    api = Api(store, "http://127.0.0.1:9", wx.app_id, wx.app_secret)
    assert (await api.send(_text("o"))).result == "retry"
    assert (await api.fetch("m")).again
    await api.close()
    await store.close()


@once
@pytest.mark.parametrize(("errcode", "again"), [(40007, False), (-1, True), (40164, True)])
async def test_a_file_that_is_not_there(process: Start, wx: FakeWechat, errcode: int, again: bool) -> None:
    wx.fault("media/get", errcode=errcode)
    fetched = await (await process()).fetch("m")
    assert (fetched.reason, fetched.again, fetched.content) == (f"errcode {errcode}", again, b"")


@once
async def test_words_are_sent_as_they_are(process: Start, wx: FakeWechat) -> None:
    api = await process()
    person = wx.world.new_follower()
    person.quota.grant("message", wx.world.clock())
    await api.send({"touser": person.openid, "msgtype": "text", "text": {"content": '您好"\\\n👍'}})
    assert [one.text for one in person.screen] == ['您好"\\\n👍']
