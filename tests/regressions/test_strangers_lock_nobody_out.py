"""Behind a proxy everybody has one address: ten wrong links of a stranger kept all staff from signing in, and ten wrong
keys the union's own system from reading, for ten minutes, again and again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx

from bot.app import Service
from bot.store import tokens
from tests.desk.conftest import Colleague

Make = Callable[..., Awaitable[Colleague]]


async def test_a_good_link_serves_whatever_strangers_try(
    colleague: Make, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    officer = await colleague("union", signed_in=False)
    stranger = visitor()
    for _try in range(12):
        answer = await stranger.post("/desk/sign-in", data={"token": "x" * 43})
    assert answer.status_code == 429
    await officer.sign_in()


async def test_a_good_key_serves_whatever_strangers_try(
    service: Service, visitor: Callable[[], httpx.AsyncClient]
) -> None:
    async with service.store.write() as unit:
        key = await tokens.make(unit, "市总工会", {"cases"})
    client = visitor()
    for _try in range(12):
        answer = await client.get("/api/v1/cases", headers={"authorization": "Bearer yz_x"})
    assert answer.status_code == 429
    assert (await client.get("/api/v1/cases", headers={"authorization": f"Bearer {key}"})).status_code == 200
