"""Points and stock under load and in any order: sums balance, nothing goes below nought."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import Service
from bot.personal import Holders
from bot.store.ids import new_id
from bot.store.tables import people
from bot.store.unit import Unit
from handlers.rewards import service as rewards
from handlers.rewards.tables import redemptions
from handlers.rewards.tables import rewards as catalogue
from handlers.volunteering import service as volunteering
from tests.support import START

Stock = Callable[..., Awaitable[int]]


async def newcomer(unit: Unit) -> int:
    """Somebody new."""
    person_id = new_id()
    unit.insert(people, id=person_id, language="zh_CN", timezone="Asia/Shanghai", created_at=START)
    return person_id


async def earn(unit: Unit, person_id: int, points: int) -> None:
    await rewards.give(unit, person_id, points, kind="report", subject=f"report:{new_id()}", actor="system")


async def redeem(service: Service, person_id: int, reward_id: int, points: int) -> str:
    try:
        async with service.store.write() as unit:
            await rewards.redeem(unit, person_id, reward_id, points)
    except (rewards.NotEnoughError, rewards.SoldOutError) as error:
        return type(error).__name__
    return "held"


async def test_one_person_s_points_are_spent_once_however_many_at_once(service: Service, stock: Stock) -> None:
    reward = await stock(points=5, count=100)
    async with service.store.write() as unit:
        person = await newcomer(unit)
        await earn(unit, person, 14)
    said = Counter(await asyncio.gather(*(redeem(service, person, reward, 5) for _ in range(30))))
    assert said == {"held": 2, "NotEnoughError": 28}
    async with service.store.read() as unit:
        assert await volunteering.balance(unit, person) == 4
        assert await unit.value(sa.select(catalogue.c.stock)) == 98


async def test_the_last_things_go_to_as_many_people_as_there_are(service: Service, stock: Stock) -> None:
    reward = await stock(points=5, count=7)
    async with service.store.write() as unit:
        crowd = [await newcomer(unit) for _ in range(60)]
        for person in crowd:
            await earn(unit, person, 5)
    said = Counter(await asyncio.gather(*(redeem(service, person, reward, 5) for person in crowd)))
    assert said == {"held": 7, "SoldOutError": 53}
    async with service.store.read() as unit:
        assert await unit.value(sa.select(catalogue.c.stock)) == 0
        assert await volunteering.imbalance(unit) == 0


async def test_given_back_and_handed_out_at_once_is_one_of_both(service: Service, stock: Stock) -> None:
    reward = await stock(points=5, count=1)
    async with service.store.write() as unit:
        person = await newcomer(unit)
        await earn(unit, person, 5)
    async with service.store.write() as unit:
        made = await rewards.redeem(unit, person, reward, 5)

    async def do(what: str) -> bool:
        with contextlib.suppress(rewards.NotInThatStateError):
            async with service.store.write() as unit:
                if what == "cancel":
                    await rewards.cancel(unit, made, "person")
                else:
                    await rewards.hand_out(unit, made, "staff:1")
            return True
        return False

    done = await asyncio.gather(*(do(what) for what in ("cancel", "hand", "cancel", "hand")))
    assert sum(done) == 1
    async with service.store.read() as unit:
        stock_left = await unit.value(sa.select(catalogue.c.stock))
        assert (await volunteering.balance(unit, person), stock_left) in {(5, 1), (0, 0)}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "redeem", "cancel", "hand", "reverse", "restock", "erase"]),
        st.integers(0, 2),
        st.integers(1, 9),
    ),
    min_size=5,
    max_size=40,
)


@pytest.mark.parametrize("_one", [0])
async def test_sums_balance_in_any_order(service: Service, stock: Stock, _one: int) -> None:
    loop = asyncio.get_running_loop()
    reward = await stock(points=4, count=3)

    @settings(max_examples=25)
    @given(STEPS)
    def check(steps: list[tuple[str, int, int]]) -> None:
        asyncio.run_coroutine_threadsafe(walk(service, reward, steps), loop).result(60)

    await asyncio.to_thread(check)


async def walk(service: Service, reward: int, steps: list[tuple[str, int, int]]) -> None:
    async with service.store.write() as unit:
        crowd = [await newcomer(unit) for _ in range(3)]
    for what, who, number in steps:
        await step(service, reward, what, crowd[who], number)
        async with service.store.read() as unit:
            await holds(unit, reward, crowd)


async def step(service: Service, reward: int, what: str, person: int, number: int) -> None:
    refusals = (rewards.NotEnoughError, rewards.SoldOutError, rewards.NotInThatStateError, rewards.NoSuchRewardError)
    with contextlib.suppress(*refusals):
        async with service.store.write() as unit:
            if what == "earn":
                await earn(unit, person, number)
            elif what == "redeem":
                await rewards.redeem(unit, person, reward, 4)
            elif what == "restock":
                values = {"name": "雨衣", "points": 4, "collect": ""}
                await rewards.change(unit, "staff:1", reward, more=number - 5, **values)
            elif what == "erase":
                await service.registry.resources[Holders].erase(unit, person)
            else:
                await _undo(unit, what, person, number)


async def _undo(unit: Unit, what: str, person: int, number: int) -> None:
    own = await rewards.own(unit, person)
    if not own:
        return
    one = own[number % len(own)]
    if what == "cancel":
        await rewards.cancel(unit, one, "person")
    elif what == "hand":
        await rewards.hand_out(unit, one, "staff:1")
    else:
        await rewards.reverse(unit, one, "staff:1", "坏了", restock=number % 2 == 0)


async def holds(unit: Unit, reward: int, crowd: list[int]) -> None:
    """What must be so after every step."""
    assert await volunteering.imbalance(unit) == 0
    assert await unit.value(sa.select(catalogue.c.stock).where(catalogue.c.id == reward)) >= 0
    for person in crowd:
        balance = await volunteering.balance(unit, person)
        moves = await volunteering.statement(unit, person, most=1000)
        assert balance == sum(move.amount for move in moves)
        assert balance >= 0
    held = sa.select(sa.func.count()).where(redemptions.c.status == "held", redemptions.c.person_id.is_(None))
    assert await unit.value(held) == 0  # nobody's things are given back when they go
