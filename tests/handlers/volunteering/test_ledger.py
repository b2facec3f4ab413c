"""Points: whatever is posted, reversed, repeated or refused, the sums balance."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import Service
from bot.settings import Settings
from bot.store.ids import new_id
from bot.store.store import Store
from bot.store.tables import people
from handlers.volunteering import ledger
from handlers.volunteering.ledger import COMMUNITY, WORKER, Line, Unbalanced
from tests.support import START

STEP = st.one_of(
    st.tuples(st.just("earn"), st.integers(0, 3), st.integers(-2, 50), st.integers(0, 5)),
    st.tuples(st.just("reverse"), st.integers(0, 5)),
    st.tuples(
        st.just("post"),
        st.lists(st.tuples(st.integers(0, 3), st.integers(-20, 20)), min_size=0, max_size=4),
        st.integers(0, 5),
    ),
)


async def play(store: Store, steps: list[Any]) -> None:
    """Do the steps in one transaction, and hold the ledger against a plain sum kept beside it."""
    who = [new_id() for _ in range(4)]
    model = dict.fromkeys(who, 0)
    posted: dict[str, dict[int, int]] = {}
    reversed_: set[str] = set()
    async with store.write() as unit:
        run = new_id()
        for one in who:
            unit.insert(people, id=one, language="zh_CN", timezone="Asia/Shanghai", created_at=START)
        for step in steps:
            if step[0] == "earn":
                key = f"attended:{run + step[3]}"
                if await ledger.earn(unit, who[step[1]], step[2], run + step[3]):
                    assert key not in posted and step[2] > 0
                    posted[key] = {who[step[1]]: step[2]}
                    model[who[step[1]]] += step[2]
            elif step[0] == "reverse":
                key = f"attended:{run + step[1]}"
                if await ledger.reverse(unit, key, "system"):
                    assert key in posted and key not in reversed_
                    reversed_.add(key)
                    for one, amount in posted[key].items():
                        model[one] -= amount
            else:
                lines = [Line(WORKER, amount, who[number]) for number, amount in step[1]]
                fine = len(lines) > 1 and not sum(one.amount for one in lines) and all(one.amount for one in lines)
                key = f"post:{run}:{step[2]}"
                try:
                    done = await ledger.post(unit, key, lines, kind="earned", subject="test")
                except Unbalanced:
                    assert not fine
                else:
                    assert fine
                    if done:
                        for line in lines:
                            assert line.person_id is not None
                            model[line.person_id] += line.amount
            assert await ledger.imbalance(unit) == 0
        assert {one: await ledger.balance(unit, one) for one in who} == model
        for one in who:
            assert sum(move.amount for move in await ledger.statement(unit, one, 1000)) == model[one]


@pytest.mark.usefixtures("sqlite_template")
@settings(max_examples=30)
@given(steps=st.lists(STEP, max_size=15))
def test_the_sums_always_balance(tmp_path: Path, sqlite_url: str, steps: list[Any]) -> None:
    async def work() -> None:
        made = Settings(_env_file=None, data_dir=tmp_path / "data", database_url=sqlite_url)
        made.data_dir.mkdir(exist_ok=True)
        store = await Store(made).open()
        try:
            await play(store, steps)
        finally:
            await store.close()

    asyncio.run(work())


async def test_the_same_points_asked_for_by_many_at_once_come_once(service: Service) -> None:
    person, signup = new_id(), new_id()
    async with service.store.write() as unit:
        unit.insert(people, id=person, language="zh_CN", timezone="Asia/Shanghai", created_at=START)

    async def earn() -> bool:
        async with service.store.write() as unit:
            return await ledger.earn(unit, person, 3, signup)

    assert sum(await asyncio.gather(*(earn() for _ in range(20)))) == 1
    async with service.store.read() as unit:
        assert await ledger.balance(unit, person) == 3
        assert await ledger.imbalance(unit) == 0


async def test_a_transfer_out_of_balance_is_refused(service: Service) -> None:
    async with service.store.write() as unit:
        for lines in ([], [Line(COMMUNITY, 1)], [Line(COMMUNITY, 2), Line(COMMUNITY, -1)], [Line(COMMUNITY, 0)] * 2):
            with pytest.raises(Unbalanced):
                await ledger.post(unit, "x", lines, kind="earned", subject="x")
        assert await ledger.imbalance(unit) == 0


async def test_a_transfer_is_taken_back_by_its_opposite_once(service: Service) -> None:
    person = new_id()
    async with service.store.write() as unit:
        unit.insert(people, id=person, language="zh_CN", timezone="Asia/Shanghai", created_at=START)
        assert await ledger.earn(unit, person, 3, 7)
        assert not await ledger.reverse(unit, "attended:8", "system")
        assert await ledger.reverse(unit, "attended:7", "staff:1")
        assert not await ledger.reverse(unit, "attended:7", "staff:1")
        assert await ledger.balance(unit, person) == 0
        assert [move.amount for move in await ledger.statement(unit, person)] == [-3, 3]
