"""Recognising people in bulk: from the addresses of a batch to `Person`s, with a new one made for each new address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.dialogue.state import State
from bot.i18n import DEFAULT
from bot.messages import Event, Incoming
from bot.people import Person
from bot.store.conversations import opened
from bot.store.ids import new_id
from bot.store.tables import conversations, identities, people
from bot.store.unit import Unit
from bot.store.vault import Vault


def address_mac(unit: Unit, channel: str, address: str) -> bytes:
    """The look-up value of an address: HMAC, so a stolen file can't be searched for a known account."""
    return mac_of(unit.vault, channel, address)


def mac_of(vault: Vault, channel: str, address: str) -> bytes:
    """The same, where there is no transaction."""
    return vault.mac(address, f"address:{channel}")


@dataclass(slots=True)
class Met:
    """Somebody who wrote: the person, the conversation as it stands, when it was touched last, and how the platform's
    send windows stood."""

    person: Person
    state: State
    touched: datetime
    reachable: bool = False
    window_at: datetime | None = None
    window_used: int = 0
    tap_at: datetime | None = None
    tap_used: int = 0


NOT_AGAIN_WITHIN = timedelta(minutes=1)
NO_TAP_WITHIN = timedelta(seconds=5)  # what a tap opens lasts a minute
Pair = tuple[str, str]  # channel, address


async def recognise(unit: Unit, batch: Sequence[Incoming], timezone: str) -> dict[Pair, Met]:
    """Everybody in the batch; their conversation rows are locked, in sorted order, so replicas can't deadlock."""
    macs = {address_mac(unit, one.channel, one.address): one for one in batch}
    known = await _known(unit, macs)
    missing = [one for one in macs.values() if (one.channel, one.address) not in known]
    if missing:
        made = await _make(unit, missing, timezone)
        known |= made
        if len(made) < len(missing):  # another replica met the same person at the same moment
            known |= {pair: met for pair, met in (await _known(unit, macs)).items() if pair not in made}
    return known


_COLUMNS = (
    identities.c.address_mac,
    conversations.c.state,
    # of `Met`
    conversations.c.updated_at,
    identities.c.reachable,
    identities.c.window_at,
    identities.c.window_used,
    identities.c.tap_at,
    identities.c.tap_used,
    # of `Person`, around the address
    people.c.id,
    identities.c.id.label("identity_id"),
    identities.c.channel,
    people.c.language,
    people.c.timezone,
    people.c.occupation,
    people.c.region,
    people.c.consented_at,
)
# statements are built once: building them anew for every batch costs more than running them
_KNOWN = (
    sa.select(*_COLUMNS)
    .select_from(
        sa.join(identities, people, people.c.id == identities.c.person_id).join(
            conversations, conversations.c.person_id == people.c.id
        )
    )
    .where(identities.c.address_mac.in_(sa.bindparam("macs", expanding=True)), people.c.erased_at.is_(None))
    .order_by(conversations.c.person_id)
)
_KNOWN_LOCKED = _KNOWN.with_for_update(of=conversations)


async def _known(unit: Unit, macs: dict[bytes, Incoming]) -> dict[Pair, Met]:
    # by position: a row as a mapping costs every message three times as much
    result = await unit.execute(_KNOWN if unit.sqlite else _KNOWN_LOCKED, {"macs": list(macs)})
    rows: Sequence[Any] = result.all()
    found: dict[Pair, Met] = {}
    for row in rows:
        one, (person_id, identity_id, channel, *told) = macs[bytes(row[0])], row[8:]
        if one.channel == channel:
            person = Person(person_id, identity_id, channel, one.address, *told)
            found[channel, one.address] = Met(person, opened(unit, person_id, row[1]), *row[2:8])
    return found


async def _make(unit: Unit, batch: Sequence[Incoming], timezone: str) -> dict[Pair, Met]:
    made = {one: _new_person(one, timezone) for one in sorted(batch, key=lambda one: (one.channel, one.address))}
    rows = [_identity_row(unit, person) for person in made.values()]
    kept = await unit.insert_new(identities, rows, identities.c.id)
    fresh = {one: person for one, person in made.items() if person.identity_id in kept}
    for person in fresh.values():
        unit.insert(people, id=person.id, language=person.language, timezone=person.timezone, created_at=unit.now)
        unit.insert(conversations, person_id=person.id, updated_at=unit.now)
    return {(one.channel, one.address): Met(person, State(), unit.now) for one, person in fresh.items()}


def _new_person(one: Incoming, timezone: str) -> Person:
    language = "en" if one.language.lower().startswith("en") else DEFAULT
    return Person(new_id(), new_id(), one.channel, one.address, language, timezone, new=True)


def _identity_row(unit: Unit, person: Person) -> dict[str, Any]:
    return {
        "id": person.identity_id,
        "person_id": person.id,
        "channel": person.channel,
        "address_mac": address_mac(unit, person.channel, person.address),
        "address": unit.vault.seal(person.address.encode(), identity_aad(person.identity_id)),
        "last_seen_at": unit.now,
    }


def identity_aad(identity_id: int) -> bytes:
    """The associated data an address is sealed with."""
    return f"identity:{identity_id}".encode()


async def note_contact(unit: Unit, met: Iterable[tuple[Met, Incoming]]) -> None:
    """Keep when each person wrote last and what the platform counts it as; who writes can be reached again.

    Somebody who writes on within a minute changes nothing: the window is then taken to end up to a minute early.
    """
    alike: dict[str, list[dict[str, Any]]] = {}
    for who, one in met:
        if _matters(unit, who, one):
            kind = "left" if one.event is Event.LEFT else one.opens_window
            alike.setdefault(kind, []).append({"of": who.person.identity_id, "seen": unit.now})
    for kind in sorted(alike):
        await unit.many(_SEEN[kind], alike[kind])


def _matters(unit: Unit, who: Met, one: Incoming) -> bool:
    if one.event is Event.LEFT or not who.reachable:
        return True
    by_tap = one.opens_window == "tap"
    at, used = (who.tap_at, who.tap_used) if by_tap else (who.window_at, who.window_used)
    return bool(used) or at is None or unit.now - at > (NO_TAP_WITHIN if by_tap else NOT_AGAIN_WITHIN)


_CONTACT = sa.update(identities).where(identities.c.id == sa.bindparam("of"))
_THERE = _CONTACT.values(last_seen_at=sa.bindparam("seen"), reachable=True)
_SEEN = {  # by what the platform counts it as; who left can't be written to whatever was open
    "message": _THERE.values(window_at=sa.bindparam("seen"), window_used=0),
    "tap": _THERE.values(tap_at=sa.bindparam("seen"), tap_used=0),
    "none": _THERE,
    "left": _CONTACT.values(last_seen_at=sa.bindparam("seen"), reachable=False, window_at=None, tap_at=None),
}


async def save_people(unit: Unit, persons: Iterable[Person]) -> None:
    """Write the fields that handlers changed."""
    for person in persons:
        if person.changed:
            values = {name: getattr(person, name) for name in sorted(person.changed)}
            await unit.execute(sa.update(people).where(people.c.id == person.id).values(**values))
            person.changed = None


async def move(unit: Unit, channel: str, address: str, new_address: str) -> None:
    """A chat got another address (a group became a supergroup): the same person from now on."""
    mac = address_mac(unit, channel, address)
    table = identities
    found = await unit.value(sa.select(table.c.id).where(table.c.channel == channel, table.c.address_mac == mac))
    taken = address_mac(unit, channel, new_address)
    there = await unit.value(sa.select(table.c.id).where(table.c.channel == channel, table.c.address_mac == taken))
    if found is None or there is not None:
        return
    sealed = unit.vault.seal(new_address.encode(), identity_aad(found))
    await unit.execute(sa.update(table).where(table.c.id == found).values(address_mac=taken, address=sealed))
