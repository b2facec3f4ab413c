"""Requests with one message that are late together, or once more after a crash, get one answer between them.

Found by the crash test: a process hung, WeChat tried again, and neither request could wait any longer. Both wrote the
same unfinished file, so one was told "not stored"; and each sent the answer that was planned for the response.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import Service
from bot.store import people
from tests.fakes.bell import PATIENCE
from tests.fakes.wechat import Exchange, WechatSim
from tests.wechat_talk import Account, Gate, seen, settle, wechat

ONE = {"ToUserName": "gh_1", "MsgType": "text", "Content": "慢", "MsgId": 24_000_000_000_000_001}


@contextlib.asynccontextmanager
async def committing(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Service, WechatSim, Gate]]:
    """The answer is planned for the response, and its commit does not come before the gate opens."""
    gate, real = Gate(), people.note_contact

    async def note_contact(*args: Any) -> None:
        await gate.wait()
        await real(*args)

    monkeypatch.setattr(people, "note_contact", note_contact)
    async with account.chat() as (service, sim):
        try:
            yield service, sim, gate
        finally:
            gate.opened.set()


def written(account: Account, sim: WechatSim) -> tuple[str, Exchange]:
    """A message on its way, by somebody who may be answered."""
    openid, now = sim.new_person().openid, int(account.wx.world.clock())
    account.wx.world.follower(openid).quota.grant("message", now)
    return openid, sim.envelope(openid, {"FromUserName": openid, "CreateTime": now, **ONE})


def kept(account: Account) -> list[Path]:
    return sorted((account.settings().data_dir / "late").glob("*"))


async def sent(account: Account, service: Service) -> None:
    """What was late is stored, and its answer has gone."""
    async with asyncio.timeout(PATIENCE):
        while kept(account):
            await asyncio.sleep(0.005)
    await settle(service)


async def test_retries_that_are_late_together_get_one_answer(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    async with committing(account, monkeypatch) as (service, sim, gate):
        openid, one = written(account, sim)
        requests = [asyncio.create_task(sim.post(one.query, one.body)) for _ in range(5)]
        await gate.reached.wait()
        wechat(service).answer_by = 0.0
        requests += [asyncio.create_task(sim.post(one.query, one.body)) for _ in range(5)]
        heard = await asyncio.gather(*requests[5:])
        assert {(response.status_code, response.text) for response in heard} == {(200, "success")}
        gate.opened.set()
        await asyncio.gather(*requests)
        await sent(account, service)
        assert [text for via, text in seen(sim.person(openid)) if via == "custom"] == ["慢慢来，第1次"]
        assert (await sim.post(one.query, one.body)).text == "success"


async def test_an_answer_that_left_before_the_crash_does_not_leave_again(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file outlived its message, and another file was cut off while it was written."""
    async with committing(account, monkeypatch) as (service, sim, gate):
        wechat(service).answer_by = 0.05
        openid, one = written(account, sim)
        assert (await sim.post(one.query, one.body)).text == "success"
        [file] = kept(account)
        content = file.read_bytes()
        gate.opened.set()
        await sent(account, service)
    file.write_bytes(content)
    file.with_suffix(".part").write_bytes(b"cut off")
    async with account.chat() as (service, sim):
        await sent(account, service)
        assert seen(sim.person(openid)) == [("custom", "慢慢来，第1次")]
