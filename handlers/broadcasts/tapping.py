"""A tap on a broadcast's button: noted once a person, then on to where it leads."""

from __future__ import annotations

import sqlalchemy as sa

from bot.dialogue import Talk, dialogue
from bot.i18n import N_, _
from bot.messages import Option
from bot.store.ids import new_id
from bot.store.tables import outbox
from bot.store.unit import Unit
from handlers.broadcasts.record import opened
from handlers.broadcasts.tables import broadcasts, clicks
from handlers.broadcasts.words import Button

LARGEST_ID = 2**63 - 1


def number_in(talk: Talk, name: str) -> int | None:
    """The number a button carries; None when it carries none."""
    given = talk.args.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 20 and int(given) <= LARGEST_ID else None


@dialogue("broadcast", title=N_("A message to many"), after="offer")
async def tapped(talk: Talk) -> None:
    """Where the button leads. A form under way is kept and gone on with, as with any other button."""
    broadcast_id, number = number_in(talk, "b"), number_in(talk, "n")
    button = await tap(talk.store, talk.person.id, broadcast_id or 0, number or 0)
    name, args = button.leads() if button is not None else ("", {})
    talk.called = button.label if button is not None else ""
    if name not in talk.registry.by_name:
        await talk.say(_("That is over by now."), [Option(_("Menu"), "go:menu")])
        return
    await talk.start(name, **args)


async def tap(unit: Unit, person_id: int, broadcast_id: int, number: int) -> Button | None:
    """The button that was tapped, None when there is none (any more). The first tap of each recipient is noted; staff
    who tried it out are none."""
    row = await unit.first(sa.select(broadcasts).where(broadcasts.c.id == broadcast_id))
    buttons = opened(unit.vault, row).words.buttons if row is not None else ()
    if row is None or number >= len(buttons):
        return None
    if row["batch_id"] is not None and await _got_it(unit, person_id, row["batch_id"]):
        first = {"id": new_id(), "broadcast_id": broadcast_id, "person_id": person_id, "button": number}
        await unit.insert_new(clicks, [{**first, "at": unit.now}], clicks.c.id)
    return buttons[number]


async def _got_it(unit: Unit, person_id: int, batch_id: int) -> bool:
    own = sa.select(outbox.c.id).where(outbox.c.person_id == person_id, outbox.c.batch_id == batch_id)
    return await unit.value(own) is not None
