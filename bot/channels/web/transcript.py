"""A chat as the page shows it: turns of the store as single messages, each with an id that never changes.

A message is {"id","from":"me"|"bot","kind","text","url","options":[{"label","value"}],"at"}, all values strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.channels.web.limits import PAGE_TURNS
from bot.i18n import _, speaking
from bot.line import Entry
from bot.messages import Incoming, Reply
from bot.store import history
from bot.store.history import Mark, Turn
from bot.store.media import LOCAL
from bot.store.people import address_mac
from bot.store.receipts import key_mac
from bot.store.store import Store
from bot.store.tables import identities, people
from bot.store.unit import Unit

Message = dict[str, Any]
EPOCH = datetime(2024, 1, 1, tzinfo=UTC)  # cursors count from here
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Known:
    """A visitor who has written before."""

    identity_id: int
    person_id: int
    language: str


async def known(unit: Unit, address: str) -> Known | None:
    """Who stands behind an address; None for who has not written yet, or was erased."""
    statement = (
        sa.select(identities.c.id, identities.c.person_id, people.c.language)
        .join_from(identities, people, people.c.id == identities.c.person_id)
        .where(identities.c.channel == "web", identities.c.address_mac == address_mac(unit, "web", address))
        .where(people.c.erased_at.is_(None))
    )
    row = await unit.first(statement)
    return Known(*row.values()) if row is not None else None


async def page(unit: Unit, who: Known, before: Mark | None = None) -> tuple[list[Message], str | None]:
    """(messages of one page, oldest first; the cursor of the page before it, None when there is none)."""
    found = await history.turns(unit, who.identity_id, before=before, most=PAGE_TURNS + 1)
    shown = found[-PAGE_TURNS:]
    return await messages(unit, who, shown), cursor(shown[0].mark) if len(found) > len(shown) else None


async def messages(unit: Unit, who: Known, turns: Sequence[Turn]) -> list[Message]:
    """All messages of these turns."""
    kept = await history.kept_media(unit, who.person_id, {one for turn in turns for one in _pictures(turn)})
    return _shown(turns, kept, who.language)


async def of_message(store: Store, incoming: Incoming, entry: Entry | None, replies: Sequence[Reply]) -> list[Message]:
    """The messages one message made: read from the store only when it was handled before, or brought pictures."""
    mac = key_mac(store, incoming.key)
    if entry is not None and not incoming.media:
        turn = Turn(0, mac.hex(), entry.at, entry.said, tuple(replies))
        return _shown([turn], {}, entry.language)
    async with store.read() as unit:
        who = await known(unit, incoming.address)
        found = await history.turn_of(unit, mac)
        return await messages(unit, who, [found]) if who is not None and found is not None else []


def _shown(turns: Sequence[Turn], kept: Mapping[int, str], language: str) -> list[Message]:
    with speaking(language):
        return [message for turn in turns for message in _numbered(turn, kept)]


def _numbered(turn: Turn, kept: Mapping[int, str]) -> Iterable[Message]:
    said = [{"from": "me", **one} for one in _own(turn, kept)]
    answered = [{"from": "bot", **reply.as_json()} for reply in turn.replies]
    for number, message in enumerate([*said, *answered]):
        yield {"id": f"{turn.name}.{number}", "at": turn.at.isoformat(), **message}


def _own(turn: Turn, kept: Mapping[int, str]) -> Iterable[Message]:
    """What the person said: words or the label of what was tapped, then a message a picture."""
    if turn.said is None:
        return
    text = turn.said["text"]
    if turn.said["choice"]:
        text = turn.said.get("label") or _("(an earlier button)")
    if text:
        yield _plain("text", text)
    for picture in _pictures(turn):
        if kept.get(picture) == "photo":
            yield _plain("image", "", f"/chat/photos/{picture}")
        elif picture in kept:
            yield _plain("file", _("(a file)"), f"/chat/photos/{picture}")
        else:
            yield _plain("text", _("(a photo, not kept)"))


def _plain(kind: str, text: str, url: str = "") -> Message:
    return {"kind": kind, "text": text, "url": url, "options": []}


def _pictures(turn: Turn) -> list[int]:
    """Media ids of what was uploaded in a turn."""
    refs = turn.said["media"] if turn.said else []
    return [int(ref.split(":")[1]) for ref in refs if ref.startswith(LOCAL)]


def cursor(mark: Mark) -> str:
    """A mark as an opaque word."""
    at, row_id = mark
    return f"{(at - EPOCH) // timedelta(microseconds=1):x}-{row_id:x}"


def mark_of(word: str) -> Mark | None:
    """The opposite of `cursor`; None for what is none."""
    head, _sep, tail = word.partition("-")
    try:
        mark = EPOCH + timedelta(microseconds=int(head, 16)), int(tail, 16)
    except (ValueError, OverflowError):
        return None
    return mark if 0 <= mark[1] <= LARGEST_ID else None
