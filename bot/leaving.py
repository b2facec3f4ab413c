"""How replies leave: into the response, with what waited for the person, or through the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from bot.channels.base import Channel, Held, Payload, Plan
from bot.i18n import speaking
from bot.line import Waiting
from bot.messages import Reply
from bot.people import Person
from bot.store import outbox
from bot.store.tables import outbox as table
from bot.store.unit import Unit


class Leaving:
    """The ways out of one process. `hand_over` is set by its courier: told the rows that are this process's own."""

    def __init__(self, channels: Mapping[str, Channel], name: str) -> None:
        self.channels = channels
        self.name = name
        self.hand_over: Callable[[list[outbox.Row]], None] | None = None

    async def plan(
        self, unit: Unit, waiting: Waiting, person: Person, replies: Sequence[Reply], held: Sequence[Held]
    ) -> Plan:
        """Decide, and write what goes through the outbox; so does what can't go into the response any more."""
        with speaking(person.language):
            plan = self.channels[person.channel].plan(waiting.incoming, replies, held)
            if waiting.late:
                queued = (*self.afterwards(person, plan.inline), *plan.queued)
                plan = replace(plan, inline=(), queued=queued, delay=0.0)
        if plan.queued:
            await self._queue(unit, person, plan)
        return plan

    def afterwards(self, person: Person, inline: Sequence[Reply]) -> Sequence[Payload]:
        """What a response came too late for, as messages of their own."""
        return self.channels[person.channel].afterwards(inline)

    async def held(self, unit: Unit, persons: Sequence[Person]) -> dict[int, list[Held]]:
        """What waits for these people's next message, by identity, oldest first."""
        through = [person.identity_id for person in persons if not person.new]
        return await outbox.held(unit, through) if through else {}

    async def release(self, unit: Unit, plan: Plan, held: Sequence[Held]) -> None:
        """Held rows the response carries are done; the window is open now, so the courier may try the rest."""
        if plan.delivered:
            values = {"state": "sent", "done_at": unit.now, "result": "with the next contact"}
            await unit.execute(sa.update(table).where(table.c.id.in_(plan.delivered)).values(**values))
        if rest := [one.id for one in held if one.id not in plan.delivered]:
            values = {"state": "waiting", "due_at": unit.now + timedelta(seconds=1)}
            await unit.execute(sa.update(table).where(table.c.id.in_(rest)).values(**values))
            unit.news = True

    async def _queue(self, unit: Unit, person: Person, plan: Plan) -> None:
        """Rows for what leaves later. Without a delay they are this process's own, and go once the commit held."""
        due = unit.now + timedelta(seconds=plan.delay)
        if plan.collect:
            await outbox.collect(unit, person, plan.collect, plan.queued, due)
            return
        if plan.delay:
            for payload in plan.queued:
                outbox.put(unit, person, kind="reply", payload=payload, due_at=due)
            return
        own = self.name if self.hand_over else None
        rows = [outbox.put(unit, person, kind="reply", payload=payload, claimed_by=own) for payload in plan.queued]
        unit.after_commit(lambda: self.hand_over(rows) if self.hand_over else None)
