"""Retention: nothing is kept for ever. A daily sweep, with a dry run: `yizhan retention [--dry-run]`.

A rule finds what is due through the reader, and ends it a page at a time: messages wait for one page at most.
Every rule can run again after a crash; what was ended is not found again. Capabilities hand in rules of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.store import batches as batching
from bot.store import outbox as outboxes
from bot.store import results
from bot.store.store import Store
from bot.store.tables import batches, conversations, leases, outbox, parked, receipts
from bot.store.unit import Unit

PAGE = 200
KEYS = timedelta(days=400)  # a platform repeats a message within days; reminders have keys for a year
DEALT_WITH = timedelta(days=30)
LAPSED = timedelta(days=1)
NEVER = timedelta(days=90)  # what could not be sent for so long is not sent any more

Due = Callable[[datetime], sa.ColumnElement[bool]]
End = Callable[[Unit, Sequence[Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of thing that ends: `due` says which rows of `table` at a moment, `end` ends those with these keys.

    `end` must leave them so that `due` does not find them again.
    """

    name: str
    table: sa.Table
    due: Due
    end: End


def delete(name: str, table: sa.Table, due: Due) -> Rule:
    """A rule whose rows go."""

    async def end(unit: Unit, keys: Sequence[Any]) -> None:
        await unit.execute(sa.delete(table).where(_key(table).in_(keys)))

    return Rule(name, table, due, end)


def change(name: str, table: sa.Table, due: Due, **values: Any) -> Rule:
    """A rule whose rows stay, with these values."""

    async def end(unit: Unit, keys: Sequence[Any]) -> None:
        await unit.execute(sa.update(table).where(_key(table).in_(keys)).values(**values))

    return Rule(name, table, due, end)


def older(at: sa.ColumnElement[Any], age: timedelta, *also: sa.ColumnElement[bool]) -> Due:
    """Due when `at` is longer ago than `age`, and all else holds too."""
    return lambda now: sa.and_(at < now - age, *also)


def base_rules(chat_days: int, matter_days: int, held_days: int = 180, parked_days: int = 180) -> list[Rule]:
    """The engine's own rules. `chat_days`: how long words of a chat are kept, their keys and marks stay longer;
    `matter_days`: how long a conversation waits for its person to go on; `held_days`: how long something waits to be
    told to who does not write; `parked_days`: how long a message that failed waits for staff."""
    words, left = timedelta(days=chat_days), timedelta(days=matter_days)
    held, unread = timedelta(days=held_days), timedelta(days=parked_days)
    return [
        change("words of chats", receipts, older(receipts.c.received_at, words, _SPOKEN), said=None, replies=None),
        delete("keys of messages", receipts, older(receipts.c.received_at, KEYS)),
        Rule("sends given up", outbox, older(outbox.c.due_at, NEVER, _STUCK), _give_up(results.TOO_OLD)),
        Rule("held for who never came back", outbox, older(outbox.c.due_at, held, _HELD), _give_up(results.NEVER_CAME)),
        Rule("words of sends", outbox, older(outbox.c.done_at, words, outboxes.HAS_WORDS), outboxes.wipe),
        Rule("words of batches", batches, _over(words), batching.wipe),
        delete("marks of sends", outbox, older(outbox.c.done_at, KEYS)),
        change("conversations left", conversations, older(conversations.c.updated_at, left, _BEGUN), state=None),
        delete("failed messages", parked, older(parked.c.resolved_at, DEALT_WITH)),
        delete(
            "failed messages nobody read", parked, older(parked.c.parked_at, unread, parked.c.resolved_at.is_(None))
        ),
        delete("leases", leases, older(leases.c.until, LAPSED)),
    ]


_SPOKEN = sa.or_(receipts.c.said.is_not(None), receipts.c.replies.is_not(None))
_BEGUN = conversations.c.state.is_not(None)
_STUCK = sa.and_(outbox.c.state.in_(("waiting", "queued", "later")), outbox.c.claimed_by.is_(None))
_HELD = outbox.c.state == "contact"


def _over(age: timedelta) -> Due:
    """Batches that ended so long ago; or so long ago were given up, never having ended."""
    ended, begun = batches.c.done_at, batches.c.created_at
    return lambda now: sa.and_(
        batching.HAS_WORDS, sa.or_(ended < now - age, sa.and_(ended.is_(None), begun < now - age - NEVER))
    )


def _give_up(why: str) -> End:
    async def end(unit: Unit, keys: Sequence[Any]) -> None:
        values = {"state": "failed", "result": why, "done_at": unit.now}
        await unit.execute(sa.update(outbox).where(outbox.c.id.in_(keys)).values(**values))

    return end


def _key(table: sa.Table) -> sa.Column[Any]:
    [key] = table.primary_key.columns
    return key


async def sweep(store: Store, rules: Sequence[Rule], *, dry_run: bool = False) -> dict[str, int]:
    """End what is due; gives how many by rule. With `dry_run` they are only counted."""
    return {rule.name: await (_count if dry_run else _apply)(store, rule) for rule in rules}


async def _count(store: Store, rule: Rule) -> int:
    async with store.read() as unit:
        return int(await unit.value(sa.select(sa.func.count()).select_from(rule.table).where(rule.due(unit.now))))


async def _apply(store: Store, rule: Rule) -> int:
    """Page by page: found by a reader, looked at again and ended by the writer."""
    key, count, last = _key(rule.table), 0, None
    while keys := await _found(store, rule, last):
        last = keys[-1]
        async with store.write() as unit:
            still = sa.select(key).where(key.in_(keys), rule.due(unit.now)).order_by(key)
            due = list((await unit.execute(unit.locking(still))).scalars())
            if due:
                await rule.end(unit, due)
        count += len(due)
    return count


async def _found(store: Store, rule: Rule, last: Any) -> list[Any]:
    """One page of keys, after the last."""
    key = _key(rule.table)
    async with store.read() as unit:
        page = sa.select(key).where(rule.due(unit.now)).order_by(key).limit(PAGE)
        return list((await unit.execute(page if last is None else page.where(key > last))).scalars())
