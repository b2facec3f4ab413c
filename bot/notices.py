"""Notices: what the bot says unasked to one person, through the channel they used last.

Where a channel wakes people, a notice waits while its person's night or their occupation's busy hours last
(bot/quiet.py), by their own time zone. It goes at once when it is `urgent`, or when they wrote within the last five
minutes: they have the phone in their hand. Urgent is what is worth nothing later and what they asked for this minute: a
sign-in link, a code, an offer that lapses before the quiet time ends. Reminders, case updates and answers of staff are
not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.messages import Reply
from bot.people import Person
from bot.store import outbox
from bot.store.people import identity_aad
from bot.store.tables import identities, opt_outs, people
from bot.store.tables import outbox as table
from bot.store.unit import Unit
from bot.store.windows import writable


async def notify(
    unit: Unit,
    person_id: int,
    reply: Reply,
    *,
    topic: str = "",
    due_at: datetime | None = None,
    dedupe_key: str | None = None,
    awaits: str = "",
    says: Mapping[str, Sequence[str]] | None = None,
    until: datetime | None = None,
    urgent: bool = False,
) -> bool:
    """Promise a notice, in this transaction; False when the person can't be reached or does not want the topic.
    `awaits`: where plain words go that answer it, `name?key=value` of a dialogue (see bot/dialogue/noticed.py); `says`:
    the value of one of its options -> what people say for it (好的, 不去了). `until`: from then on its words are
    wrong or of no use, and who could not be reached before is not told them.

    The payload is the same for every channel; the courier has the channel render it. Without a topic it belongs to a
    matter of the person's own and can't be unsubscribed; with one, who unsubscribes before it goes out gets nothing.
    The same `dedupe_key` is promised once. `urgent`: no quiet hour holds it up.
    """
    person = await _reachable(unit, person_id)
    if person is None or (topic and await _unwanted(unit, person_id, topic)):
        return False
    payload: dict[str, Any] = {"reply": reply.as_json(), **({"awaits": awaits} if awaits else {})}
    if says:
        payload["says"] = {value: list(words) for value, words in says.items()}
    if until is not None:
        payload["until"] = until.isoformat()
    if urgent:
        payload["urgent"] = True
    if dedupe_key is None:
        outbox.put(unit, person, kind="notice", payload=payload, topic=topic, due_at=due_at)
    else:
        await outbox.put_once(unit, person, dedupe_key, kind="notice", payload=payload, topic=topic, due_at=due_at)
    return True


async def can_be_told(unit: Unit, person_id: int, at: datetime) -> bool:
    """Whether a notice of theirs could go out at this instant: not while they block us, nor while their window in
    WeChat is shut. True for who has no identity: `notify` says that itself."""
    row = await unit.first(_last_used(identities.c.channel, identities.c.id, identities.c.reachable, of=person_id))
    if row is None or row["channel"] != "wechat":
        return row is None or bool(row["reachable"])
    may = sa.select(identities.c.id).where(identities.c.id == row["id"], identities.c.reachable, writable(at))
    return await unit.value(may) is not None


async def forget(unit: Unit, dedupe_key: str) -> None:
    """Take a notice back that has not gone out."""
    await unit.execute(
        sa.delete(table).where(table.c.dedupe_key == dedupe_key, table.c.state.in_(("waiting", "contact")))
    )


async def language_of(unit: Unit, person_id: int) -> str:
    """The language a notice to this person is written in."""
    found: str | None = await unit.value(sa.select(people.c.language).where(people.c.id == person_id))
    return found or "zh_CN"


async def _reachable(unit: Unit, person_id: int) -> Person | None:
    """The person through the identity they used last; one that blocked us only when there is no other."""
    columns = (identities.c.id, identities.c.channel, identities.c.address, people.c.language, people.c.timezone)
    statement = _last_used(*columns, of=person_id)
    if not unit.sqlite:  # an erasure of theirs waits for our commit, and finds what we promise
        statement = statement.with_for_update(read=True, key_share=True, of=identities)
    row = await unit.first(statement)
    if row is None:
        return None
    address = unit.vault.open(row["address"], identity_aad(row["id"])).decode()
    return Person(person_id, row["id"], row["channel"], address, row["language"], row["timezone"])


def _last_used(*columns: sa.Column[Any], of: int) -> sa.Select[Any]:
    """The identity a person is reached through."""
    return (
        sa.select(*columns)
        .join_from(identities, people, people.c.id == identities.c.person_id)
        .where(identities.c.person_id == of, people.c.erased_at.is_(None))
        .order_by(identities.c.reachable.desc(), identities.c.last_seen_at.desc())
        .limit(1)
    )


async def _unwanted(unit: Unit, person_id: int, topic: str) -> bool:
    statement = sa.select(opt_outs.c.topic).where(opt_outs.c.person_id == person_id, opt_outs.c.topic == topic)
    return await unit.value(statement) is not None
