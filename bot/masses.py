"""Mass sending of a batch: who may not be written to one by one gets it in a job of the platform's, where it has these
and the operator switched them on. bot/store/jobs.py says how a job outlives the process that began it.

A job that the platform does not take now keeps its claims till they run out, and is made again then.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol, cast

import sqlalchemy as sa

from bot.channels.base import Channel, Outcome
from bot.i18n import speaking
from bot.messages import Reply
from bot.store import jobs, recipients, results
from bot.store.recipients import Candidate, Sorted
from bot.store.tables import identities
from bot.store.windows import Windows

if TYPE_CHECKING:
    from bot.crew import Crew, Parcel

LEAST = 2  # people in a job


class MassSender(Protocol):
    """What a channel that sends masses has beside the rest."""

    windows: Windows

    async def mass_send(self, addresses: Sequence[str], reply: Reply, client_id: str) -> Outcome:
        """One job; its outcome is that of all of them. The same name is the same job."""
        ...


def mass_sender(channel: Channel) -> MassSender | None:
    """The channel as one that sends masses, when it does."""
    return cast(MassSender, channel) if getattr(channel, "sends_masses", False) else None


class Masses:
    """The jobs of one crew."""

    def __init__(self, crew: Crew, sender: MassSender) -> None:
        self.crew = crew
        self.bulk = crew.bulk
        self.store = crew.bulk.store
        self.sender = sender

    async def apart(self, batch_id: int, found: Sequence[Parcel]) -> list[Parcel]:
        """Send those whose window is closed in jobs, one a language; gives the others."""
        closed = await self._closed(found)
        alike: dict[str, list[Parcel]] = defaultdict(list)
        for one in found:
            if one.identity_id in closed:
                alike[one.language].append(one)
        mass = [group for group in alike.values() if len(group) >= LEAST]
        for group in mass:
            await self._hand_over(batch_id, group)
        gone = {one.id for group in mass for one in group}
        return [one for one in found if one.id not in gone]

    async def again(self) -> bool:
        """Make one job again whose process died, or which was not taken; False when there is none."""
        for batch_id in list(self.bulk.running):
            async with self.store.write() as unit:
                job = await jobs.waiting(unit, batch_id, self.crew.channel)
                if job is None:
                    continue
                topic = self.bulk.running.get(batch_id, "")
                there = await recipients.candidates(unit, batch_id, topic, self.crew.channel, None, job=job)
                now = [] if jobs.forgotten(job, unit.now) else self.bulk.sort(unit, there, pushes=True).now
                now = now if len(now) >= LEAST else []
                await recipients.end(unit, _beside(there, now), "unknown", results.CUT_OFF)
                await recipients.settle(unit, self.bulk.name, Sorted(now))
            await self._make(batch_id, job, await self.crew.open(batch_id, now))
            return True
        return False

    async def _closed(self, found: Sequence[Parcel]) -> set[int]:
        """Those of these identities that may not be written to now."""
        through = [one.identity_id for one in found]
        async with self.store.read() as unit:
            can = self.sender.windows.is_open(unit.now)
            wanted = sa.select(identities.c.id).where(identities.c.id.in_(through), can)
            can_be = set((await unit.execute(wanted)).scalars())
        return {one for one in through if one is not None} - can_be

    async def _hand_over(self, batch_id: int, group: Sequence[Parcel]) -> None:
        """A new job."""
        async with self.store.write() as unit:
            job = jobs.name_of(group[0].id, unit.now)
            own = await jobs.begin(unit, self.bulk.name, [one.id for one in group], job)
        await self._make(batch_id, job, [one for one in group if one.id in own])

    async def _make(self, batch_id: int, job: str, group: Sequence[Parcel]) -> None:
        """Make the call, and write down what became of it."""
        if not group:
            return
        outcome = Outcome("contact", results.WINDOW)
        if len(group) >= LEAST:
            outcome = await self._call(group, jobs.client_id(batch_id, job))
        if outcome.result == "sent":
            async with self.store.write() as unit:
                await jobs.taken(unit, self.bulk.name, [one.id for one in group])
            self.bulk.metrics.sends.labels(self.crew.channel, "sent").inc(len(group))
        elif outcome.result != "retry":
            await asyncio.gather(*(self.crew.hold(one, outcome.reason) for one in group))

    async def _call(self, group: Sequence[Parcel], client_id: str) -> Outcome:
        reply = self.crew.reply_to(group[0])
        try:
            async with asyncio.timeout(self.bulk.delivery.patience):
                with speaking(group[0].language):
                    return await self.sender.mass_send([one.address for one in group], reply, client_id)
        except Exception as error:  # it may have been taken: the name tells, next time
            self.bulk.note("send", error)
            return Outcome("retry", type(error).__name__)


def _beside(there: Iterable[Candidate], now: Iterable[Candidate]) -> list[int]:
    kept = {one.id for one in now}
    return [one.id for one in there if one.id not in kept]
