"""The catalogue: what points are exchanged for, and how many of it there are. Staff change it at the desk."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from bot.store import audit
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.rewards.content import StartSet
from handlers.rewards.tables import rewards

MOST_POINTS = 100_000
MOST_STOCK = 100_000


class NoSuchRewardError(LookupError):
    """There is no such thing in the catalogue, or it is closed."""


@dataclass(frozen=True, slots=True)
class Reward:
    """One thing; `stock` is what can still be redeemed, `collect` where and when it is handed out."""

    id: int
    name: str
    points: int
    stock: int
    collect: str
    status: str


async def stock_up(unit: Unit, start: StartSet) -> None:
    """Put what of the start set was never there into the catalogue; what staff made of it stays."""
    rows = [
        {
            "id": new_id(),
            "start_id": one.id,
            "name": one.name,
            "collect": one.collect,
            "points": one.points,
            "stock": one.stock,
            "status": "open",
            "created_at": unit.now,
        }
        for one in start.rewards
    ]
    known = set((await unit.execute(sa.select(rewards.c.start_id))).scalars())
    await unit.insert_new(rewards, [row for row in rows if row["start_id"] not in known], rewards.c.id)


async def offered(unit: Unit) -> list[Reward]:
    """What can be had now, the cheapest first."""
    there = sa.select(rewards).where(rewards.c.status == "open", rewards.c.stock > 0)
    return [_open(row) for row in await unit.rows(there.order_by(rewards.c.points, rewards.c.id))]


async def everything(unit: Unit) -> list[Reward]:
    """The whole catalogue, what is open first."""
    rows = await unit.rows(sa.select(rewards).order_by(rewards.c.status.desc(), rewards.c.points, rewards.c.id))
    return [_open(row) for row in rows]


async def find(unit: Unit, reward_id: int) -> Reward:
    """One thing, open or closed. Raises `NoSuchRewardError`."""
    row = await unit.first(sa.select(rewards).where(rewards.c.id == reward_id))
    if row is None:
        raise NoSuchRewardError
    return _open(row)


async def add(unit: Unit, actor: str, *, name: str, points: int, stock: int, collect: str) -> int:
    """A new thing; gives its id."""
    reward_id = new_id()
    values = {"name": name, "points": points, "stock": stock, "collect": collect, "status": "open"}
    unit.insert(rewards, id=reward_id, created_at=unit.now, **values)
    await audit.write(unit, actor, "reward.add", f"reward:{reward_id}", f"points={points} stock={stock}")
    return reward_id


async def change(
    unit: Unit, actor: str, reward_id: int, *, name: str, points: int, collect: str, more: int = 0
) -> None:
    """Other words or another price; `more` is added to the stock (taken from it when negative).

    Raises `NoSuchRewardError`, also when less would be left than nothing.
    """
    changed = sa.update(rewards).where(rewards.c.id == reward_id, rewards.c.stock + more >= 0)
    changed = changed.where(rewards.c.stock + more <= MOST_STOCK)
    values = {"name": name, "points": points, "collect": collect, "stock": rewards.c.stock + more}
    if (await unit.execute(changed.values(**values))).rowcount != 1:
        raise NoSuchRewardError
    await audit.write(unit, actor, "reward.change", f"reward:{reward_id}", f"points={points} more={more}")


async def set_status(unit: Unit, actor: str, reward_id: int, status: str) -> None:
    """Take it out of the catalogue (closed) or back in (open). Raises `NoSuchRewardError`."""
    changed = sa.update(rewards).where(rewards.c.id == reward_id).values(status=status)
    if (await unit.execute(changed)).rowcount != 1:
        raise NoSuchRewardError
    await audit.write(unit, actor, f"reward.{status}", f"reward:{reward_id}")


async def take_one(unit: Unit, reward_id: int, points: int) -> bool:
    """Take one out of the stock, at this price; False when there is none left to be had so."""
    there = sa.update(rewards).where(rewards.c.id == reward_id, rewards.c.status == "open")
    there = there.where(rewards.c.stock > 0, rewards.c.points == points)
    return (await unit.execute(there.values(stock=rewards.c.stock - 1))).rowcount == 1


async def put_one_back(unit: Unit, reward_id: int) -> None:
    """One more in the stock."""
    await unit.execute(sa.update(rewards).where(rewards.c.id == reward_id).values(stock=rewards.c.stock + 1))


def _open(row: sa.RowMapping) -> Reward:
    return Reward(row["id"], row["name"], row["points"], row["stock"], row["collect"], row["status"])
