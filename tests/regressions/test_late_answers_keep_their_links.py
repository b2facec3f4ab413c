"""An answer that came too late for the response was rendered a second time, which spoilt its links."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.app import Service
from bot.settings import Settings
from tests.fakes.wechat import FakeWechat
from tests.support import TestClock
from tests.wechat_talk import Account, Gate, seen, settle, small_registry, wechat


@pytest.fixture
async def account(make_settings: Callable[..., Settings], clock: TestClock) -> AsyncIterator[Account]:
    async with FakeWechat(clock=lambda: clock().timestamp()) as fake:
        yield Account(fake, make_settings, clock)


def hold_commits(service: Service, gate: Gate) -> None:
    """What was handled is not known to be stored till the gate opens."""
    transact = service.dispatcher._transact

    async def slowly(*given: Any) -> Any:
        answers = await transact(*given)
        await gate.wait()
        return answers

    service.dispatcher._transact = slowly  # type: ignore[method-assign]


@pytest.mark.parametrize("handled", [False, True])
async def test_the_links_of_a_late_answer_can_be_tapped(account: Account, handled: bool) -> None:
    gate = Gate()
    async with account.chat(registry=small_registry(gate, labels=["美团", "饿了么"])) as (service, sim):
        slow, li = sim.new_person(), sim.new_person()
        in_time = (await li.say("挑")).text
        assert in_time.count("<a href=") == 2
        wechat(service).answer_by = 0.05
        if handled:
            hold_commits(service, gate)
        else:
            await slow.say("慢")  # li's stand behind it
        assert (await li.say("取消")).raw == b"success"
        assert (await li.say("挑")).raw == b"success"
        wechat(service).answer_by = 30.0
        gate.opened.set()
        async with asyncio.timeout(10):
            while len(seen(li)) < 3:
                await settle(service)
        assert ("custom", in_time) in seen(li)
