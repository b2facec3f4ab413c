"""What was said to a person unasked since they last wrote: its options can be picked like any that were shown, and
where it awaits an answer, the next plain message is one."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from bot.i18n import DEFAULT
from bot.messages import stands_for
from bot.store.batches import batch_aad
from bot.store.outbox import payload_aad
from bot.store.tables import batches, identities, outbox
from bot.store.vault import CannotOpen
from bot.understand import NotUnderstood
from bot.understand import choice as choices
from bot.understand.words import bare, normalise

if TYPE_CHECKING:
    from bot.dialogue.talk import Talk
    from bot.store.unit import Unit

LASTS = timedelta(hours=72)  # so long an answer is awaited, and the options hold
MORE = timedelta(minutes=10)  # who has answered may have more to say
LOOKED_AT = 4  # notices, the newest
MEMORY = "noticed"
MOST_CLAUSES = 4  # who says more has something to tell
_BETWEEN = re.compile(r"[\s,，。.;；、!！?？…~～]+")
_PARTICLES = "啊呀呢吧哦嘛"


@dataclass(slots=True)
class Noticed:
    """What a conversation remembers of notices. `fresh`: nothing else was offered to pick from since; `awaits`: the
    target (`name?key=value`) plain words go to, till `until`."""

    seen: str = ""  # when the newest of those looked at had reached the person
    options: list[list[str]] = field(default_factory=list)  # [label, value], those of the newest notice first
    first: int = 0  # how many of them are the newest notice's, and can be picked by number
    fresh: bool = False
    says: dict[str, list[str]] = field(default_factory=dict)  # value -> what people say for it, of the newest notice
    awaits: str = ""
    until: str = ""

    def picked(self, text: str) -> str | None:
        """The value of the option with this very label."""
        word = normalise(text) if self.options else ""
        return next((value for label, value in self.options if normalise(label) == word), None) if word else None

    def numbered(self, text: str) -> str | None:
        """The value of the newest notice's option that is meant by its number, part of its label, or said otherwise."""
        newest = self.options[: self.first] if self.fresh else []
        for value, words in self.says.items() if self.fresh else ():
            if bare(text) in words or _all_of(text, words):
                return value
        try:
            return choices.parse(text, [(value, label, ()) for label, value in newest]) if newest else None
        except NotUnderstood:
            return None

    def stood_for(self, mark: str) -> str | None:
        """The value a shortened one stands for."""
        return next((value for _label, value in self.options if stands_for(mark, value)), None)


def _all_of(text: str, words: Sequence[str]) -> bool:
    """True when every clause is one of the words: 没有啊，钱没到账."""
    clauses = [part.rstrip(_PARTICLES) for part in _BETWEEN.split(bare(text))]
    return len(clauses) <= MOST_CLAUSES and all(part in words for part in clauses)


async def look(talk: Talk) -> Noticed:
    """What there is by now; keeps it in the conversation."""
    if talk.reached is None and MEMORY not in talk.memory:
        return Noticed()
    kept = Noticed(**talk.memory.get(MEMORY, {}))
    for row in await _since(talk, kept.seen):
        with contextlib.suppress(CannotOpen):
            _take(kept, _payload(talk, row), row["done_at"])
    if kept.until and datetime.fromisoformat(kept.until) <= talk.now:
        kept = Noticed(seen=kept.seen)
    if kept.seen:
        keep(talk, kept)
    return kept


def keep(talk: Talk, noticed: Noticed) -> None:
    """Remember it in the conversation."""
    talk.memory[MEMORY] = {name: getattr(noticed, name) for name in Noticed.__slots__}


def stale(talk: Talk) -> None:
    """Other options were shown: a number means these from now on."""
    if talk.memory.get(MEMORY, {}).get("fresh"):
        talk.memory[MEMORY]["fresh"] = False


def answered(talk: Talk) -> None:
    """What was awaited has come; what follows at once still belongs to it."""
    if talk.memory.get(MEMORY, {}).get("awaits"):
        talk.memory[MEMORY]["until"] = (talk.now + MORE).isoformat()


def settled(talk: Talk) -> None:
    """Nothing is awaited any more."""
    if MEMORY in talk.memory:
        talk.memory[MEMORY]["awaits"] = ""


_THROUGH = sa.select(identities.c.id, identities.c.person_id).where(
    identities.c.person_id.in_(sa.bindparam("persons", expanding=True))
)
_UNASKED = (
    # as values: with a subquery PostgreSQL goes through all that was ever sent
    outbox.c.identity_id.in_(sa.bindparam("through", expanding=True)),
    outbox.c.state.in_(("sent", "unknown")),
    outbox.c.kind.in_(("notice", "broadcast")),
    outbox.c.done_at > sa.bindparam("after", type_=outbox.c.done_at.type),
)
# Whom something reached unasked, and when last; for a whole batch of messages at once.
_LAST = (
    sa.select(outbox.c.identity_id, sa.func.max(outbox.c.done_at, type_=outbox.c.done_at.type).label("at"))
    .where(*_UNASKED)
    .group_by(outbox.c.identity_id)
)
# What it was, the newest first.
_REACHED = (
    sa.select(outbox.c.id, outbox.c.payload, outbox.c.done_at, outbox.c.batch_id, batches.c.payload.label("words"))
    .join(batches, batches.c.id == outbox.c.batch_id, isouter=True)
    .where(*_UNASKED)
    .order_by(outbox.c.done_at.desc(), outbox.c.id.desc())
    .limit(LOOKED_AT)
)


@dataclass(frozen=True, slots=True)
class Reached:
    """That something reached a person unasked: through which of their identities, and when last."""

    through: list[int]
    at: datetime


async def reached(unit: Unit, persons: Sequence[int]) -> dict[int, Reached]:
    """Those of the people something has reached unasked, by their ids. What still waits has been read by nobody."""
    if not persons:
        return {}
    of = {row["id"]: row["person_id"] for row in await unit.rows(_THROUGH, {"persons": list(persons)})}
    last: dict[int, Reached] = {}
    for row in await unit.rows(_LAST, {"through": list(of), "after": unit.now - LASTS}):
        known = last.get(of[row["identity_id"]], Reached([], row["at"]))
        through = [*known.through, row["identity_id"]]
        last[of[row["identity_id"]]] = Reached(through, max(known.at, row["at"]))
    return last


async def _since(talk: Talk, seen: str) -> list[sa.RowMapping]:
    """What has come since, oldest first."""
    after = max(datetime.fromisoformat(seen), talk.now - LASTS) if seen else talk.now - LASTS
    if talk.reached is None or talk.reached.at <= after:
        return []
    found = await talk.store.rows(_REACHED, {"through": talk.reached.through, "after": after})
    return list(reversed(found))


def _payload(talk: Talk, row: sa.RowMapping) -> dict[str, Any]:
    """What was said: of a broadcast the words stand in its batch, in each language."""
    if row["batch_id"] is None:
        payload: dict[str, Any] = talk.store.vault.open_json(row["payload"], payload_aad(row["id"]))
        return payload
    words = talk.store.vault.open_json(row["words"], batch_aad(row["batch_id"])) if row["words"] else {}
    return {"reply": words.get(talk.person.language) or words.get(DEFAULT) or {}}


def _take(kept: Noticed, payload: dict[str, Any], at: datetime) -> None:
    own = [[one["label"], one["value"]] for one in payload.get("reply", {}).get("options", ())]
    kept.seen = at.isoformat()
    if not own and not payload.get("awaits"):
        return
    labels = {label for label, _value in own}
    kept.options = [*own, *(one for one in kept.options if one[0] not in labels)][:12]
    kept.says = payload.get("says") or {}
    kept.first, kept.fresh, kept.until = len(own), True, (at + LASTS).isoformat()
    kept.awaits = payload.get("awaits") or kept.awaits
