"""A statement for many rows, compiled once: the same rows as SQLAlchemy writes, and the same errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bot.settings import Settings
from bot.store.ids import new_id
from bot.store.prepared import Prepared
from bot.store.store import Store
from bot.store.tables import identities, people

NOON = datetime(2026, 3, 5, 12, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
async def store(make_settings: Callable[..., Settings]) -> AsyncIterator[Store]:
    opened = await Store(make_settings()).open()
    yield opened
    await opened.close()


def person(**more: Any) -> dict[str, Any]:
    return {"id": new_id(), "language": "zh_CN", "timezone": "Asia/Shanghai", "created_at": NOON, **more}


async def test_rows_are_what_they_would_be(store: Store) -> None:
    one, other = person(consented_at=None), person(consented_at=NOON)
    later = sa.update(people).where(people.c.id == sa.bindparam("of")).values(erased_at=sa.bindparam("at"), region="x")
    async with store.write() as unit:
        await unit.many(sa.insert(people), [one, other])
        await unit.many(later, [{"of": other["id"], "at": NOON}])
        await unit.many(later, [])
    async with store.read() as unit:
        first, second = await unit.rows(sa.select(people).order_by(people.c.id))
    assert (first["created_at"], first["consented_at"], first["erased_at"], first["region"]) == (NOON, None, None, "")
    assert (second["consented_at"], second["erased_at"], second["region"]) == (NOON, NOON, "x")
    assert second["created_at"].tzinfo is UTC or second["created_at"].utcoffset() == timedelta(0)


async def test_what_was_gathered_before_it_is_written_first(store: Store) -> None:
    one = person()
    async with store.write() as unit:
        unit.insert(people, **one)
        gone = sa.update(people).where(people.c.id == sa.bindparam("of")).values(occupation="rider")
        await unit.many(gone, [{"of": one["id"]}])
        assert await unit.value(sa.select(people.c.occupation)) == "rider"


async def test_a_broken_rule_is_the_same_error_and_tells_nothing(store: Store) -> None:
    one = person(region="320402")
    with pytest.raises(sa.exc.IntegrityError) as caught:
        async with store.write() as unit:
            await unit.many(sa.insert(people), [one, one])
    assert "320402" not in str(caught.value)
    async with store.read() as unit:
        assert await unit.rows(sa.select(people)) == []


def test_what_it_can_not_write_is_refused() -> None:
    dialect = sqlite.dialect()
    with pytest.raises(ValueError, match="gives rows"):
        Prepared(sa.insert(people).returning(people.c.id), list(person()), dialect)
    made = sa.Table("made", sa.MetaData(), sa.Column("id", sa.Integer), sa.Column("at", sa.Integer, default=lambda: 1))
    with pytest.raises(ValueError, match="not all"):
        Prepared(sa.insert(made), ["id"], dialect)
    assert Prepared(sa.update(identities).values(reachable=True), [], dialect).values([{}, {}]) == [(1,), (1,)]
