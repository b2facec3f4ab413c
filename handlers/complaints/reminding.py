"""What staff hear of by themselves: new cases, days that come near or have passed, an answer that can soon not be sent.

Told on working days, in the hours of site.yaml. Each thing is told once: the row of the case remembers that, and its
change is what decides between two processes. Who leads: the administrators; where none is, the union's officers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum

import sqlalchemy as sa

from bot.desk.members import Member, may_open
from bot.i18n import N_, _, speaking
from bot.messages import Reply
from bot.notices import language_of, notify
from bot.site import Site
from bot.store.tables import identities
from bot.store.unit import Unit
from bot.workdays import after, is_workday
from handlers.complaints.case import open_case
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.record import PERSON, owner_of, sign_in_option
from handlers.complaints.tables import case_events, cases
from handlers.complaints.wording import headline
from handlers.staff import service as staff

GATHERED = timedelta(hours=1)  # between two notices of new cases: the first goes at once, what follows is gathered
NAMED = 5  # cases named in one notice; the others are counted
WINDOW = timedelta(hours=48)  # WeChat lets us write so long after somebody's last message
HINT = timedelta(hours=8)  # before that ends


class Stage(IntEnum):
    """How far staff were reminded of the day a case is due; `cases.reminded`."""

    NONE = 0
    BEFORE = 1  # the working day before, to who follows it up
    DUE = 2  # on the day
    LATE = 3  # the first working day after, to who leads as well


LINES = {
    Stage.LATE: N_("Overdue: {count}. {codes}"),
    Stage.DUE: N_("Due today: {count}. {codes}"),
    Stage.BEFORE: N_("Due next: {count}. {codes}"),
}


@dataclass(frozen=True, slots=True)
class Duty:
    """Who works on cases: the officers everything that is nobody's goes to, and who leads."""

    officers: tuple[int, ...]
    leads: tuple[int, ...]


async def on_duty(unit: Unit) -> Duty:
    """Everybody on duty; where one of the two is missing, the other stands in."""
    members: list[Member] = [one for one in await staff.members(unit) if may_open(one.role, "cases")]
    officers = tuple(one.person_id for one in members if one.role == "union")
    leads = tuple(one.person_id for one in members if one.role == "admin")
    return Duty(officers or leads, leads or officers)


def at_the_desk(now: datetime, site: Site) -> bool:
    """True on working days, in the desk's hours. now: where the service stands."""
    return is_workday(now.date()) and site.desk_from <= now.hour < site.desk_until


async def remind(unit: Unit, site: Site, catalogue: Catalogue) -> int:
    """Tell staff what there is to tell; gives of how many cases. Safe to run often, and by several processes."""
    if not at_the_desk(unit.now.astimezone(site.zone), site):
        return 0
    duty = await on_duty(unit)
    if not duty.officers:
        return 0
    return await _new_ones(unit, duty, catalogue) + await _days(unit, duty, site)


async def hint(unit: Unit, site: Site) -> int:
    """Tell staff of workers in WeChat who wait for an answer that can soon not be sent any more; looks at everybody
    who was there in two days, so it is run every ten minutes or so. Gives of how many cases."""
    if not at_the_desk(unit.now.astimezone(site.zone), site):
        return 0
    return await _windows(unit, await on_duty(unit), site)


# -- new cases


async def _new_ones(unit: Unit, duty: Duty, catalogue: Catalogue) -> int:
    """Cases nobody follows up that staff have not been told of."""
    waits = sa.select(cases.c.id).where(cases.c.announced_at.is_(None)).limit(1)
    if await unit.value(waits) is None:
        return 0
    last: datetime | None = await unit.value(sa.select(sa.func.max(cases.c.announced_at)))
    if last is not None and unit.now - last < GATHERED:
        return 0
    taken = sa.update(cases).where(cases.c.announced_at.is_(None)).values(announced_at=unit.now)
    rows = await unit.rows(taken.returning(cases.c.id, cases.c.closed_at, cases.c.owner))
    found = sorted(row["id"] for row in rows if row["closed_at"] is None and not row["owner"])
    named = await unit.rows(sa.select(cases).where(cases.c.id.in_(found[:NAMED])).order_by(cases.c.id))
    for person_id in duty.officers if found else ():
        with speaking(await language_of(unit, person_id)):
            lines = [f"{headline(open_case(unit.vault, row), catalogue)} {row['code']}" for row in named]
            text = _("Cases that wait for somebody: {count}").format(count=len(found))
            await _say(unit, person_id, [text, *lines])
    return len(found)


# -- due days


async def _days(unit: Unit, duty: Duty, site: Site) -> int:
    """Cases whose day comes near or has passed, each once a stage."""
    today = unit.now.astimezone(site.zone).date()
    told: dict[int, dict[Stage, list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = await unit.rows(_due_by(today, after(today, 1)))
    for row in sorted(rows, key=lambda row: (row["due_on"], row["id"])):
        stage = Stage(row["reminded"])
        owner = await owner_of(unit, row["owner"])
        whom = {owner} if owner is not None else set(duty.officers)
        for person_id in whom | (set(duty.leads) if stage is Stage.LATE else set()):
            told[person_id][stage].append(row["code"])
    for person_id, stages in told.items():
        with speaking(await language_of(unit, person_id)):
            await _say(unit, person_id, [_line(stage, stages[stage]) for stage in LINES if stage in stages])
    return len(rows)


def _due_by(today: date, following: date) -> sa.Executable:
    late, due, before = (sa.literal_column(str(stage.value), sa.SmallInteger) for stage in LINES)
    reached = sa.case((cases.c.due_on < today, late), (cases.c.due_on == today, due), else_=before)
    open_ones = sa.and_(cases.c.closed_at.is_(None), sa.text("reminded < 3"), cases.c.due_on <= following)
    changed = sa.update(cases).where(open_ones, cases.c.reminded < reached).values(reminded=reached)
    return changed.returning(cases.c.id, cases.c.code, cases.c.owner, cases.c.due_on, cases.c.reminded)


def _line(stage: Stage, codes: Sequence[str]) -> str:
    named = _(", ").join(codes[:NAMED]) + ("…" if len(codes) > NAMED else "")
    return _(LINES[stage]).format(count=len(codes), codes=named)


# -- WeChat's window


async def _windows(unit: Unit, duty: Duty, site: Site) -> int:
    """Workers in WeChat who wait for an answer that can soon not be sent any more."""
    count = 0
    for row in await unit.rows(_waiting_in_wechat(unit.now)):
        ends = row["last_seen_at"] + WINDOW
        if not _presses(unit.now, ends, site):
            continue
        hours = max(1, int((ends - unit.now) / timedelta(hours=1)))
        owner = await owner_of(unit, row["owner"])
        for person_id in (owner,) if owner is not None else duty.officers:
            with speaking(await language_of(unit, person_id)):
                text = _("{code}: the worker wrote last. For {hours} more hours an answer reaches WeChat at once.")
                key = f"case-window:{row['id']}:{ends:%y%m%d%H%M}:{person_id}"
                await _say(unit, person_id, [text.format(code=row["code"], hours=hours)], key)
        count += 1
    return count


def _presses(now: datetime, ends: datetime, site: Site) -> bool:
    """True in the last hours, and in the desk's last hour when it will be too late once the desk opens again."""
    if ends - now <= HINT:
        return True
    local = now.astimezone(site.zone)
    opens = datetime.combine(after(local.date(), 1), time(site.desk_from), site.zone)
    return local.hour >= site.desk_until - 1 and ends < opens


def _waiting_in_wechat(now: datetime) -> sa.Select[tuple[int, str, str, datetime]]:
    """Open cases in which their person had the last word, and was seen within the window (but for its last hour)."""
    shown = sa.and_(case_events.c.case_id == cases.c.id, case_events.c.shown)
    last = sa.select(case_events.c.actor).where(shown).order_by(case_events.c.id.desc()).limit(1).scalar_subquery()
    return (
        sa.select(cases.c.id, cases.c.code, cases.c.owner, identities.c.last_seen_at)
        .join_from(identities, cases, cases.c.person_id == identities.c.person_id)
        .where(
            identities.c.channel == "wechat",
            identities.c.last_seen_at > now - WINDOW + timedelta(hours=1),
            cases.c.channel == "wechat",
            cases.c.closed_at.is_(None),
            last == PERSON,
        )
        .order_by(cases.c.id)
    )


async def _say(unit: Unit, person_id: int, lines: Iterable[str], key: str | None = None) -> None:
    await notify(unit, person_id, Reply("\n".join(lines), (sign_in_option(),)), dedupe_key=key)
