"""What staff do with a broadcast: write, hand in, approve, send, pause, stop. The table of states stands here.

draft -> waiting -> scheduled -> sending <-> paused -> done
draft -> scheduled                            any of the last three -> stopped
waiting, scheduled -> draft (taken back, or not approved)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot import notices
from bot.desk.members import Member, may_open
from bot.i18n import _, speaking
from bot.messages import Option, Reply
from bot.store import audit, batches
from bot.store.ids import new_id
from bot.store.unit import Unit
from handlers.broadcasts.record import (
    AREA,
    GOING,
    Broadcast,
    NobodyError,
    NotNowError,
    Plan,
    SamePersonError,
    access,
    require,
    values_of,
)
from handlers.broadcasts.rules import Rules
from handlers.broadcasts.segments import Audience
from handlers.broadcasts.tables import broadcasts
from handlers.staff import service as staff


async def create(unit: Unit, member: Member | None, plan: Plan) -> int:
    """A new draft; gives its id. Raises `NotYourAreaError`."""
    author, broadcast_id = require(member).actor, new_id()
    times = {"created_at": unit.now, "updated_at": unit.now}
    values = values_of(unit.vault, broadcast_id, plan)
    unit.insert(broadcasts, id=broadcast_id, author=author, state="draft", **values, **times)
    await audit.write(unit, author, "broadcast.create", f"broadcast:{broadcast_id}")
    return broadcast_id


async def change(unit: Unit, member: Member | None, broadcast_id: int, plan: Plan) -> None:
    """Write it anew; whoever does is its author from now on, and approves it no more. Raises `NotNowError` once it was
    handed in: it has to be taken back first."""
    one = await access(unit, member, broadcast_id, "change")
    _in(one, "draft")
    await _set(unit, one, author=require(member).actor, **values_of(unit.vault, broadcast_id, plan))


async def drop(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """Throw a draft away."""
    one = await access(unit, member, broadcast_id, "drop")
    _in(one, "draft")
    await unit.execute(sa.delete(broadcasts).where(broadcasts.c.id == broadcast_id))


def audience(one: Plan, rules: Rules, now: datetime) -> Audience:
    """Who would get it at this moment."""
    return Audience(one.segment, one.topic, rules, now)


async def hand_in(
    unit: Unit, member: Member | None, broadcast_id: int, rules: Rules, at: datetime | None, counted: int
) -> str:
    """Have it sent at a time, or as soon as it may; gives its new state: "scheduled", or "waiting" for a second person
    when it goes to more than the rules allow one alone. counted: how many it goes to now. Raises `NobodyError`."""
    one = await access(unit, member, broadcast_id, "hand_in")
    _in(one, "draft")
    if not counted:
        raise NobodyError
    state = "waiting" if counted > rules.approval_above else "scheduled"
    await _set(unit, one, state=state, scheduled_at=at, counted=counted, reason="", approved_by="")
    if state == "waiting":
        await _ask_colleagues(unit, one)
    return state


async def _ask_colleagues(unit: Unit, one: Broadcast) -> None:
    """Who may approve it is told in the chat."""
    for colleague in await staff.members(unit):
        if may_open(colleague.role, AREA) and colleague.actor != one.author:
            with speaking(await notices.language_of(unit, colleague.person_id)):
                text = _("“{title}” is to go to many people and waits for your approval.").format(title=one.title)
                said = Reply(text, (Option(_("Look at it"), f"go:broadcasts?b={one.id}"),))
            await notices.notify(unit, colleague.person_id, said)


async def take_back(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """Make a draft of it again, before it goes out. Whoever approved it has to look again."""
    one = await access(unit, member, broadcast_id, "take_back")
    _in(one, "waiting", "scheduled")
    await _set(unit, one, state="draft", scheduled_at=None, approved_by="")


async def approve(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """Let it go out at its time. Raises `SamePersonError` for its author."""
    one = await access(unit, member, broadcast_id, "approve")
    _in(one, "waiting")
    actor = require(member).actor
    if actor == one.author:
        raise SamePersonError
    await _set(unit, one, state="scheduled", approved_by=actor)


async def refuse(unit: Unit, member: Member | None, broadcast_id: int, reason: str) -> None:
    """Send it back to its author, with the reason. Raises `SamePersonError` for its author, who takes it back."""
    one = await access(unit, member, broadcast_id, "refuse")
    _in(one, "waiting")
    if require(member).actor == one.author:
        raise SamePersonError
    await _set(unit, one, state="draft", scheduled_at=None, reason=reason)


async def pause(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """Send no more till it is gone on with. Raises `NotNowError` also while recipients are still being put down."""
    one = await access(unit, member, broadcast_id, "pause")
    _in(one, "sending")
    if not await batches.pause(unit, one.batch_id or 0):
        raise NotNowError
    await _set(unit, one, state="paused")


async def resume(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """Go on."""
    one = await access(unit, member, broadcast_id, "resume")
    _in(one, "paused")
    if not await batches.resume(unit, one.batch_id or 0):
        raise NotNowError
    await _set(unit, one, state="sending")


async def stop(unit: Unit, member: Member | None, broadcast_id: int) -> None:
    """End it; who has not got it gets nothing."""
    one = await access(unit, member, broadcast_id, "stop")
    _in(one, *GOING)
    if not await batches.stop(unit, one.batch_id or 0):
        raise NotNowError
    await _set(unit, one, state="stopped", ended_at=unit.now)


async def try_out(unit: Unit, member: Member | None, broadcast_id: int, said: Reply) -> bool:
    """Send it to oneself; False where the member has no chat."""
    await access(unit, member, broadcast_id, "try")
    return await notices.notify(unit, require(member).person_id, said)


def _in(one: Broadcast, *states: str) -> None:
    if one.state not in states:
        raise NotNowError


async def _set(unit: Unit, one: Broadcast, **values: Any) -> None:
    await unit.execute(sa.update(broadcasts).where(broadcasts.c.id == one.id).values(updated_at=unit.now, **values))


async def waiting_for(unit: Unit, states: Sequence[str]) -> int:
    """How many broadcasts are in one of these states."""
    counted = sa.select(sa.func.count()).select_from(broadcasts).where(broadcasts.c.state.in_(states))
    return int(await unit.value(counted))
