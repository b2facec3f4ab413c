"""Chores come round, and one that fails is counted and comes round again."""

from __future__ import annotations

import asyncio

from bot.app import Service
from bot.chores import Chore, Chores
from bot.store.unit import Unit
from tests.fakes.bell import PATIENCE


async def test_chores_come_round_and_survive_a_failure(service: Service) -> None:
    turns: list[float] = []
    done: list[str] = []
    stop = asyncio.Event()

    async def nap(seconds: float) -> None:
        turns.append(seconds)
        if len(turns) > 3:
            stop.set()
            await asyncio.Event().wait()

    async def run(unit: Unit) -> int:
        done.append("tried")
        if len(done) == 1:
            raise ValueError("once")
        return 1

    chores = Chores(service.store, [Chore("small", 60, run)], service.metrics, nap)
    chores.start()
    await asyncio.wait_for(stop.wait(), PATIENCE)
    await chores.stop()
    assert turns == [60, 60, 60, 60]
    assert len(done) == 3
    assert service.metrics.failures.labels("chore small")._value.get() == 1


async def test_the_service_has_the_volunteering_sweep(service: Service) -> None:
    [chore] = [one for one in service.chores.chores if one.name == "volunteering"]
    await service.chores.do(chore)
    assert service.metrics.failures.labels("chore volunteering")._value.get() == 0
