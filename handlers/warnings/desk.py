"""The staff pages of warnings: what has risen, the cases behind it, and how it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from starlette.responses import Response

from bot.desk.members import Member
from bot.desk.paging import Order, split
from bot.desk.refusal import telling
from bot.desk.section import Figure, Handler, Page, Section
from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store.unit import Unit
from handlers.complaints.service import counting
from handlers.staff import service as staff
from handlers.warnings import notes, record
from handlers.warnings.service import Setting
from handlers.warnings.states import LEVELS, NAMES, TRANSITIONS, Level, State
from handlers.warnings.tables import warnings

LONGEST = 2000  # characters of a note
PAGE = 30
MOST_CASES = 100  # shown behind a warning; the list of cases shows all
ORDER = Order(warnings.c.raised_at, warnings.c.id, falling=True)
OPEN = [state.value for state in State if state is not State.CLOSED]

told = telling(
    {
        record.NoSuchWarningError: (404, N_("There is no such warning.")),
        record.NotYourAreaError: (403, N_("Your role does not open this page.")),
        record.NotAllowedError: (409, N_("The warning has moved on meanwhile. Please look at it again.")),
    }
)


@told
async def list_warnings(visit: Visit) -> Response:
    """Those that are open, or all, the newest first."""
    everything = visit.query("show") == "all"
    wanted = sa.select(warnings) if everything else sa.select(warnings).where(warnings.c.state.in_(OPEN))
    async with visit.store.read() as unit:
        rows, following = split(
            await unit.rows(ORDER.past(ORDER.sorted(wanted), visit.query("after")).limit(PAGE + 1)), PAGE, ORDER
        )
        shown = [await _summary(visit, unit, row) for row in rows]
    kept = {"show": "all"} if everything else {}
    return visit.render(
        "warnings.html",
        shown=shown,
        everything=everything,
        rules=_setting(visit).rules,
        following=f"/desk/warnings?{urlencode(kept | {'after': following})}" if following else "",
        law=_(notes.LAW),
    )


@told
async def show_warning(visit: Visit) -> Response:
    """One warning, with the cases behind it."""
    async with visit.store.write() as unit:
        row = await record.access_warning(unit, visit.member, visit.number("warning"), "warning.read")
        behind = record.part(row)
        values = {
            **await _summary(visit, unit, row),
            "steps": [await _step(unit, one) for one in await record.steps(unit, row["id"])],
            "cases": [_case(visit, one) for one in await counting.latest(unit, behind, MOST_CASES)],
            "number": (await counting.tally(unit, behind)).count,
            "parts": await _parts(visit, unit, behind),
        }
    return visit.render("warning.html", one=values, rules=_setting(visit).rules, law=_(notes.LAW))


def _moving(to: State, said: str) -> Handler:
    async def handler(visit: Visit) -> Response:
        number = visit.number("warning")
        ends = to is State.CLOSED
        words = visit.needed("words", LONGEST) if ends else visit.optional("words", LONGEST)
        async with visit.store.write() as unit:
            row = await record.access_warning(unit, visit.member, number, f"warning.{to.value}")
            await record.move(unit, visit.member, row, to, words)
        return visit.done(f"/desk/warnings/{number}", said)

    return told(handler)


@told
async def add_note(visit: Visit) -> Response:
    """A note among staff."""
    number, words = visit.number("warning"), visit.needed("words", LONGEST)
    async with visit.store.write() as unit:
        await record.access_warning(unit, visit.member, number, "warning.note")
        record.note(unit, number, "note", visit.member.actor, said=words)
    return visit.done(f"/desk/warnings/{number}", "noted")


def _setting(visit: Visit) -> Setting:
    found: Setting = visit.service.registry.resources[Setting]
    return found


async def _summary(visit: Visit, unit: Unit, row: sa.RowMapping) -> dict[str, Any]:
    setting = _setting(visit)
    state, level = State(row["state"]), Level(row["level"])
    return {
        "row": row,
        "title": notes.title(row, setting.catalogue, setting.regions),
        "level": _(LEVELS[level]),
        "heavy": level is not Level.RISE,
        "line": level is Level.LINE,
        "state": _(NAMES[state]),
        "ended": state is State.CLOSED,
        "reasons": notes.reasons(row, setting.rules),
        "owner": await staff.name_of(unit, row["owner"]),
        "moves": [to.value for to in State if to in TRANSITIONS[state]],
        "quiet": (unit.now - row["last_at"]).days,
        "cases_url": _cases_url(row),
    }


def _cases_url(row: sa.RowMapping) -> str:
    """The list of cases with the filters of the group; it has none for companies without an id."""
    values = {name: row[name] for name in ("company", "category", "region") if row[name]}
    if row["company_words"]:
        values["company"] = "-"
    return f"/desk/cases?{urlencode({'status': 'all', **values})}"


async def _parts(visit: Visit, unit: Unit, behind: counting.Part) -> list[tuple[str, int]]:
    """How the cases divide by matter."""
    catalogue = _setting(visit).catalogue
    found = await counting.by(unit, behind, "category")
    return [(catalogue.category(name).name, count) for name, count in found]


def _case(visit: Visit, row: sa.RowMapping) -> dict[str, Any]:
    setting = _setting(visit)
    name = setting.catalogue.company_name(row["company"], row["company_words"])
    what = setting.catalogue.category(row["category"]).name
    parts = (what, name, notes.place(setting.regions, row["region"]))
    return {**row, "what": " · ".join(one for one in parts if one), "state": counting.status_name(row["status"])}


async def _step(unit: Unit, step: record.Step) -> dict[str, Any]:
    who = await staff.name_of(unit, step.actor)
    if step.kind == "level":
        what = _(LEVELS[Level(step.level)])
    else:
        what = _("noted, for staff only") if step.kind == "note" else _(NAMES[State(step.kind)])
    return {"at": step.at, "who": who or _("The desk"), "what": what, "words": step.words}


async def waiting(unit: Unit, _member: Member) -> list[Figure]:
    """Warnings nobody has seen, and those being followed."""
    rows = await unit.rows(
        sa.select(warnings.c.state, sa.func.count().label("number"))
        .where(warnings.c.state.in_(OPEN))
        .group_by(warnings.c.state)
    )
    found = {row["state"]: int(row["number"]) for row in rows}
    new = found.pop(State.RAISED.value, 0)
    return [
        Figure(new, _("not seen yet"), "/desk/warnings", urgent=True),
        Figure(sum(found.values()), _("open, seen"), "/desk/warnings"),
    ]


SECTION = Section(
    area="warnings",
    title=N_("Warnings"),
    path="/desk/warnings",
    pages=(
        Page("/warnings", list_warnings),
        Page("/warnings/{warning:int}", show_warning),
        Page("/warnings/{warning:int}/acknowledge", _moving(State.ACKNOWLEDGED, "seen"), "POST"),
        Page("/warnings/{warning:int}/follow", _moving(State.FOLLOWED, "followed"), "POST"),
        Page("/warnings/{warning:int}/close", _moving(State.CLOSED, "closed"), "POST"),
        Page("/warnings/{warning:int}/note", add_note, "POST"),
    ),
    templates=Path(__file__).with_name("templates"),
    said={
        "seen": N_("Noted that you have seen it."),
        "followed": N_("You follow this warning up now."),
        "closed": N_("Closed. It comes again only with new cases."),
        "noted": N_("Noted. Only staff see it."),
    },
    waiting=waiting,
)
