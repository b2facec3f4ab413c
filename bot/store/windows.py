"""Send windows: where a platform lets us write only for a while after the person did, and only so often (WeChat).

Two may be open at once: the one a message opened and the shorter one of a tap. What is sent is counted, so that no
call is made that would be refused; a little early at the end, because the platform's clock started before ours.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.channels.base import Outcome
from bot.store.tables import identities
from bot.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` messages within `length`."""

    most: int
    length: timedelta


@dataclass(frozen=True, slots=True)
class Windows:
    """The windows of one channel. `nudge(identity_id, address)`: tells the person another way that something waits for
    them; its outcome is that of the row, most often "contact" with how they were told (results.py)."""

    message: Quota
    tap: Quota
    nudge: Callable[[int, str], Awaitable[Outcome]]

    async def left(self, unit: Unit, identity_id: int) -> int:
        """How many messages this person may be sent now."""
        row = await unit.first(sa.select(*_STATE).where(identities.c.id == identity_id))
        if row is None:
            return 0
        opened = (row["window_at"], row["window_used"], self.message), (row["tap_at"], row["tap_used"], self.tap)
        return sum(max(0, of.most - used) for at, used, of in opened if at is not None and at > unit.now - of.length)

    def is_open(self, at: datetime) -> sa.ColumnElement[bool]:
        """True for the `identities` that may be sent something at this instant."""
        return is_open(at, self.message, self.tap)

    def spent(self, identity_id: int, many: int, at: datetime) -> dict[str, Any]:
        """The values of `SPEND` for so many messages sent."""
        return {"of": identity_id, "many": many, "since": at - self.tap.length, "most": self.tap.most}


_STATE = (identities.c.window_at, identities.c.window_used, identities.c.tap_at, identities.c.tap_used)


def is_open(at: datetime, message: Quota, tap: Quota) -> sa.ColumnElement[bool]:
    """True for the `identities` one of whose windows is open and not used up at this instant."""
    own = identities.c
    by_message = sa.and_(own.window_at > at - message.length, own.window_used < message.most)
    return sa.or_(by_message, sa.and_(own.tap_at > at - tap.length, own.tap_used < tap.most))


def writable(at: datetime) -> sa.ColumnElement[bool]:
    """True for the `identities` whose platform lets us write at this instant: everywhere but in WeChat; there, while a
    window is open and not used up."""
    from bot.channels.wechat.limits import MESSAGE_QUOTA, TAP_QUOTA  # with it comes all of the channel: only when asked

    return sa.or_(identities.c.channel != "wechat", is_open(at, MESSAGE_QUOTA, TAP_QUOTA))


_IN_TAP = sa.and_(identities.c.tap_at > sa.bindparam("since"), identities.c.tap_used < sa.bindparam("most"))
# Count messages as the platform does: first against the window that shuts first.
SPEND = (
    sa.update(identities)
    .where(identities.c.id == sa.bindparam("of"))
    .values(
        tap_used=sa.case((_IN_TAP, identities.c.tap_used + sa.bindparam("many")), else_=identities.c.tap_used),
        window_used=sa.case((_IN_TAP, identities.c.window_used), else_=identities.c.window_used + sa.bindparam("many")),
    )
)
