"""Who gets a broadcast: one select, for counting and for paging by person. One identity each: the one used last."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from bot.store.batches import Recipient
from bot.store.tables import conversations, identities, opt_outs, outbox, people
from bot.store.unit import Unit
from handlers.broadcasts.rules import Rules
from handlers.volunteering.service import volunteered

REASONS = ("unsubscribed", "unreachable", "contacted", "in_dialogue")  # why somebody of a segment is left out


@dataclass(frozen=True, slots=True)
class Segment:
    """Whom it is for. `occupations` empty for all; `region` a GB/T 2260 code, all below it are meant, "" for
    everywhere; `language` "" for all; `volunteered`: only who was at an activity. Left out are who got a broadcast
    within `contacted_days` (0: nobody for that), and with `skip_dialogue` who is answering a question just now."""

    occupations: tuple[str, ...] = ()
    region: str = ""
    language: str = ""
    volunteered: bool = False
    contacted_days: int = 0
    skip_dialogue: bool = True

    def as_json(self) -> str:
        """For the row of the broadcast."""
        return orjson.dumps(asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str) -> Segment:
        """The opposite of `as_json`."""
        data: dict[str, Any] = orjson.loads(text)
        return cls(**{**data, "occupations": tuple(data["occupations"])})


@dataclass(frozen=True, slots=True)
class Audience:
    """A segment for one topic at one moment."""

    segment: Segment
    topic: str
    rules: Rules
    now: datetime

    def selected(self) -> sa.FromClause:
        """People with the identity they are reached through."""
        return sa.join(people, identities, sa.and_(identities.c.person_id == people.c.id, ~_better_one()))

    def wanted(self) -> list[sa.ColumnElement[bool]]:
        """Who belongs to the segment."""
        one = self.segment
        conditions: list[sa.ColumnElement[bool]] = [people.c.erased_at.is_(None)]
        if one.occupations:
            conditions.append(people.c.occupation.in_(one.occupations))
        if one.region:
            conditions.append(people.c.region.startswith(prefix(one.region), autoescape=True))
        if one.language:
            conditions.append(people.c.language == one.language)
        if one.volunteered:
            conditions.append(volunteered(people.c.id))
        return conditions

    def left_out(self) -> dict[str, sa.ColumnElement[bool]]:
        """Reason -> whom it leaves out, in the order of REASONS."""
        reasons: dict[str, sa.ColumnElement[bool]] = {
            "unsubscribed": sa.exists().where(opt_outs.c.person_id == people.c.id, opt_outs.c.topic == self.topic),
            "unreachable": ~identities.c.reachable,
        }
        if self.segment.contacted_days:
            reasons["contacted"] = _contacted(self.now - timedelta(days=self.segment.contacted_days))
        if self.segment.skip_dialogue:
            reasons["in_dialogue"] = _asked(self.now - timedelta(minutes=self.rules.in_dialogue_minutes))
        return reasons

    def recipients(self) -> sa.Select[Any]:
        """person_id, identity_id, channel of all who get it."""
        columns = (people.c.id.label("person_id"), identities.c.id.label("identity_id"), identities.c.channel)
        return (
            sa.select(*columns)
            .select_from(self.selected())
            .where(*self.wanted(), *(~reason for reason in self.left_out().values()))
        )

    async def page(self, unit: Unit, after: int, most: int) -> list[Recipient]:
        """The next recipients by the person's id."""
        wanted = self.recipients().where(people.c.id > after).order_by(people.c.id).limit(most)
        return [Recipient(**row) for row in await unit.rows(wanted)]

    async def size(self, unit: Unit, most: int | None = None) -> int:
        """How many get it; with `most` no more are counted."""
        wanted = self.recipients().with_only_columns(people.c.id).limit(most).subquery()
        return int(await unit.value(sa.select(sa.func.count()).select_from(wanted)))


def prefix(region: str) -> str:
    """What the codes of all places in a region begin with: 32, 3204, 320402."""
    return region.removesuffix("0000") if region.endswith("0000") else region.removesuffix("00")


def _better_one() -> sa.ColumnElement[bool]:
    """The person has an identity that is to be preferred: one that can be reached, then the one used last."""
    other = identities.alias("other")
    seen_later = sa.or_(
        other.c.last_seen_at > identities.c.last_seen_at,
        sa.and_(other.c.last_seen_at == identities.c.last_seen_at, other.c.id > identities.c.id),
    )
    better = sa.or_(
        other.c.reachable > identities.c.reachable,
        sa.and_(other.c.reachable == identities.c.reachable, seen_later),
    )
    return sa.exists().where(other.c.person_id == identities.c.person_id, better).correlate(identities)


def _contacted(since: datetime) -> sa.ColumnElement[bool]:
    """A broadcast reached them since then, or may have."""
    reached = outbox.c.state.in_(("sent", "unknown"))
    return sa.exists().where(
        outbox.c.person_id == people.c.id, outbox.c.batch_id.is_not(None), reached, outbox.c.done_at > since
    )


def _asked(since: datetime) -> sa.ColumnElement[bool]:
    """A question is open that they were asked since then."""
    own = conversations.c.person_id == people.c.id
    return sa.exists().where(own, conversations.c.asking, conversations.c.updated_at > since)
