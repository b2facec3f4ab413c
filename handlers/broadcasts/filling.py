"""From a broadcast whose time has come to rows of the outbox: a page of people a transaction, with a cursor in it."""

from __future__ import annotations

from random import SystemRandom

import sqlalchemy as sa

from bot import notices
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.store import audit, batches
from bot.store.store import Store
from bot.store.tables import Instant
from bot.store.tables import batches as batch_table
from bot.store.unit import Unit
from handlers.broadcasts.pictures import is_kept
from handlers.broadcasts.record import GOING, Broadcast, opened
from handlers.broadcasts.rules import Rules
from handlers.broadcasts.tables import broadcasts
from handlers.broadcasts.words import picture_path
from handlers.broadcasts.work import audience

PAGE = 1000  # people put down in one transaction: about 30 ms of the writer


async def keep(store: Store, rules: Rules, base: str = "") -> int:
    """One round of `fill`, when a reader finds that there is something to do."""
    async with store.read() as unit:
        if await unit.value(_something().params(now=unit.now)) is None:
            return 0
    async with store.write() as unit:
        return await fill(unit, rules, base)


def _something() -> sa.Select[tuple[int]]:
    """A broadcast that is due, is being filled, or whose batch has ended."""
    due = sa.and_(broadcasts.c.state == "scheduled", _is_due())
    turned = batch_table.c.state.in_(("filling", "done", "stopped"))
    return (
        sa.select(broadcasts.c.id)
        .join(batch_table, batch_table.c.id == broadcasts.c.batch_id, isouter=True)
        .where(broadcasts.c.state.in_(("scheduled", *GOING)), sa.or_(due, turned))
        .limit(1)
    )


def _is_due() -> sa.ColumnElement[bool]:
    at = broadcasts.c.scheduled_at
    return sa.or_(at.is_(None), at <= sa.bindparam("now", type_=Instant))


async def fill(unit: Unit, rules: Rules, base: str = "") -> int:
    """One round: notes what has ended, begins what is due, puts down the next page of people; gives how many it put
    down. base: the service's public address, "" when there is none. Several processes may do this at a time: each
    takes another broadcast."""
    await _follow(unit)
    await _begin(unit, rules, base)
    return await _next_page(unit, rules)


async def _begin(unit: Unit, rules: Rules, base: str) -> None:
    """One that is due becomes a batch. What was for few when it was handed in, and is for many now, waits for a second
    person after all."""
    due = sa.select(broadcasts).where(broadcasts.c.state == "scheduled", _is_due()).params(now=unit.now)
    wanted = due.order_by(broadcasts.c.id).limit(1)
    row = await unit.first(wanted if unit.sqlite else wanted.with_for_update(skip_locked=True))
    if row is None:
        return
    one = opened(unit.vault, row)
    values: dict[str, object] = {"state": "waiting"}
    if one.approved_by or await audience(one, rules, unit.now).size(unit, rules.approval_above + 1) <= (
        rules.approval_above
    ):
        batch_id = batches.create(unit, one.words.in_all_languages(one.id, await _picture(unit, one, base)), one.topic)
        values = {"state": "sending", "batch_id": batch_id, "started_at": unit.now}
    await unit.execute(sa.update(broadcasts).where(broadcasts.c.id == one.id).values(updated_at=unit.now, **values))
    await audit.write(unit, "system", f"broadcast.{values['state']}", f"broadcast:{one.id}")


async def _picture(unit: Unit, one: Broadcast, base: str) -> str:
    return base + picture_path(unit.vault, one.id) if await is_kept(unit, one.picture) else ""


async def _next_page(unit: Unit, rules: Rules) -> int:
    """The next people of the first broadcast that is being filled and in nobody's hand."""
    under_way = (
        sa.select(broadcasts)
        .join(batch_table, batch_table.c.id == broadcasts.c.batch_id)
        .where(broadcasts.c.state == "sending", batch_table.c.state == "filling")
        .order_by(broadcasts.c.id)
    )
    for row in await unit.rows(under_way):
        cursor = await batches.filling(unit, row["batch_id"])
        if cursor is not None:
            one = opened(unit.vault, row)
            page = await audience(one, rules, one.started_at or unit.now).page(unit, cursor, PAGE)
            if page:
                # in the order of their ids, the same line of two reports would be the same person
                mixed = SystemRandom().sample(page, len(page))
                await batches.add(unit, row["batch_id"], mixed, page[-1].person_id)
            if len(page) < PAGE:
                await batches.filled(unit, row["batch_id"])
            return len(page)
    return 0


async def _follow(unit: Unit) -> None:
    """A broadcast ends with its batch; its author is told."""
    ended = (
        sa.select(broadcasts, batch_table.c.state.label("to"), batch_table.c.done_at)
        .join(batch_table, batch_table.c.id == broadcasts.c.batch_id)
        .where(broadcasts.c.state.in_(GOING), batch_table.c.state.in_(("done", "stopped")))
    )
    for row in await unit.rows(ended):
        changed = sa.update(broadcasts).where(broadcasts.c.id == row["id"], broadcasts.c.state.in_(GOING))
        values = {"state": row["to"], "ended_at": row["done_at"] or unit.now, "updated_at": unit.now}
        if (await unit.execute(changed.values(**values))).rowcount:
            await audit.write(unit, "system", f"broadcast.{row['to']}", f"broadcast:{row['id']}")
            await _tell(unit, row)


async def _tell(unit: Unit, row: sa.RowMapping) -> None:
    author = int(row["author"].removeprefix("staff:"))
    with speaking(await notices.language_of(unit, author)):
        text = _("“{title}” has gone out.").format(title=row["title"])
        reply = Reply(text, (Option(_("How it went"), f"go:broadcasts?b={row['id']}"),))
    await notices.notify(unit, author, reply, dedupe_key=f"broadcast:done:{row['id']}")
