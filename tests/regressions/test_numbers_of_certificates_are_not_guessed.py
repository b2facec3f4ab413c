"""The page that confirms a certificate answered any number of guesses at its 35 bits, as fast as they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict

import httpx
import pytest
import sqlalchemy as sa

from bot.app import Service
from bot.desk.pace import MOST, WITHIN
from bot.store.codes import new_code
from bot.store.ids import new_id
from bot.store.tables import people
from handlers.volunteering import guessing
from handlers.volunteering.certificates import Certificate
from handlers.volunteering.guessing import EVERY, LONGEST_WAIT, Turns, page_of
from handlers.volunteering.tables import certificate_aad, certificates
from tests.support import Chat


@pytest.fixture
async def browser(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a number."""
    transport = httpx.ASGITransport(app=service.web())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


class Timer:
    """Seconds that pass when somebody naps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)


async def issued(service: Service, chat: Chat) -> str:
    """A certificate of somebody; its number."""
    await chat.say("你好")
    code = f"ZM{new_code()[2:]}"
    one = Certificate(code, "王小明", 90, 1, "2026-11-18", "2026-11-18", (), "2026-11-19")
    async with service.store.write() as unit:
        row_id, person = new_id(), await unit.value(sa.select(people.c.id))
        sealed = unit.vault.seal_json(asdict(one), certificate_aad(row_id))
        unit.insert(certificates, id=row_id, code=code, person_id=person, content=sealed, issued_at=unit.now)
    return code


async def guess(browser: httpx.AsyncClient) -> int:
    return (await browser.get(f"/certificates/ZM{new_code()[2:]}")).status_code


async def test_guesses_are_slowed_and_readers_served(
    service: Service, chat: Chat, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await issued(service, chat)
    for slip in ("ZM-0000-0001", "x", "ZM-12"):  # no number at all: not a guess
        for _time in range(MOST):
            assert (await browser.get(f"/certificates/{slip}")).status_code == 404
    assert [await guess(browser) for _time in range(MOST)] == [404] * MOST
    assert await guess(browser) == 404  # in its turn
    monkeypatch.setattr(guessing, "LONGEST_WAIT", -1.0)  # who would have to wait is sent away
    assert await guess(browser) == 429
    typed = await browser.get(f"/certificates/{code}")
    assert typed.status_code == 429  # the same whether the number is right
    assert "扫证明上的二维码" in typed.text
    scanned = await browser.get(page_of(service.store.vault, code))
    assert scanned.status_code == 200
    assert "王**" in scanned.text
    for forged in ("x" * 16, "", "王", "0" * 500):
        assert (await browser.get(f"/certificates/{code}", params={"mark": forged})).status_code == 429


async def test_turns_come_every_other_second_and_right_numbers_wait_like_wrong_ones() -> None:
    timer = Timer()
    turns = Turns(timer, timer.nap)
    for _time in range(MOST - 1):
        turns.wrong("shared")
    assert await turns.taken("shared") and not timer.naps
    turns.wrong("shared")
    most = int(LONGEST_WAIT / EVERY) + 1
    assert await asyncio.gather(*(turns.taken("shared") for _time in range(most + 3))) == [True] * most + [False] * 3
    assert timer.naps == [EVERY * place for place in range(1, most)]
    assert await turns.taken("another") and len(timer.naps) == most - 1
    timer.now += LONGEST_WAIT
    assert await turns.taken("shared")  # who comes later finds a turn
    timer.now += WITHIN
    timer.naps.clear()
    assert await turns.taken("shared") and not timer.naps
