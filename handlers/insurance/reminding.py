"""Reminders a person asked for: notices the courier brings, taken back with 停止提醒."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from bot.dialogue import Talk
from bot.i18n import _
from bot.messages import Option, Reply
from bot.notices import forget, notify
from bot.store.ids import new_id

MEMORY = "reminders"  # keys of the notices promised, so that they can be taken back
AT = time(10, 0)  # in the person's own zone: after breakfast, before the lunch peak


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to ask after on a day."""

    day: date
    text: str
    options: tuple[Option, ...] = ()


async def promise(talk: Talk, asks: Iterable[Ask]) -> None:
    """Promise them, each once; the earlier ones of this person are taken back first."""
    await stop(talk)
    kept: list[str] = []
    for one in asks:
        key = f"reminder:{new_id()}"
        due = datetime.combine(one.day, AT, talk.person.zone)
        reply = Reply(one.text, (*one.options, Option(_("Stop reminders"), "go:stop_reminders")))
        if await notify(talk.store, talk.person.id, reply, due_at=due, dedupe_key=key):
            kept.append(key)
    talk.memory[MEMORY] = kept


async def stop(talk: Talk) -> int:
    """Take back what has not gone out; gives how many were promised."""
    keys: list[str] = talk.memory.pop(MEMORY, [])
    for key in keys:
        await forget(talk.store, key)
    return len(keys)
