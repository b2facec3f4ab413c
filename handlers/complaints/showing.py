"""What the templates of the list and of a case need, read in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.notices import language_of
from bot.store.tables import media
from bot.store.unit import Unit
from handlers.complaints import disclosure, listing, reply_templates, service
from handlers.complaints.access import is_granted
from handlers.complaints.case import Case, Step
from handlers.complaints.catalogue import Catalogue
from handlers.complaints.record import PERSON
from handlers.complaints.similar import similar
from handlers.complaints.status import ENDED, NAMES, OPEN, RATINGS, Status, by_staff
from handlers.complaints.tables import case_media
from handlers.complaints.views import views_for
from handlers.complaints.wording import joined, yuan
from handlers.profile.service import occupation_name
from handlers.regions.service import NoFigure, Regions
from handlers.staff import service as staff

if TYPE_CHECKING:
    from handlers.policy.service import Decision

ASKED_OF = 300  # characters of a story that policies are looked up by
PASSAGES = 3

# Steps as staff read them, by kind and, where it matters, by what they came to.
STEPS: dict[tuple[str, str], str] = {
    ("owner", ""): N_("follows it up"),
    ("owner", "none"): N_("gave it back"),
    ("identity", "asked"): N_("asked the worker for name and phone"),
    ("identity", "agreed"): N_("agreed to be named"),
    ("identity", "refused"): N_("did not agree to be named"),
    ("identity", "approval"): N_("asks for approval to open name and phone"),
    ("identity", "approved"): N_("approved opening name and phone"),
    ("identity", "denied"): N_("refused to open name and phone"),
    ("message", ""): N_("wrote to the worker"),
    ("note", ""): N_("noted, for staff only"),
    ("words", ""): N_("added"),
}


def _region_name(regions: Regions, code: str) -> str:
    try:
        return regions.region(code).name if code else _("not known")
    except NoFigure:
        return code


async def list_values(visit: Visit, unit: Unit, filters: listing.Filters, today: date) -> dict[str, Any]:
    """For cases.html."""
    me = visit.member.actor
    catalogue: Catalogue = visit.service.registry.resources[Catalogue]
    regions: Regions = visit.service.registry.resources[Regions]
    sought = await listing.sought(unit, filters)
    rows, following = await listing.page(unit, filters, me, today, visit.query("after"), sought)
    counted = await listing.counts(unit, filters, me, today, sought)
    members = await staff.members(unit)
    called = {one.actor: one.name for one in members}
    found = [
        {
            **row,
            "what": catalogue.category(row["category"]).name,
            "company": catalogue.company_name(row["company"], row["company_words"]),
            "place": _region_name(regions, row["region"]) if row["region"] else "",
            "money": yuan(row["amount"]) if row["amount"] is not None else "",
            "state": _(NAMES[Status(row["status"])]),
            "ended": row["status"] in ENDED,
            "late": row["status"] in OPEN and row["due_on"] < today,
            "who": called.get(row["owner"], _("somebody who left") if row["owner"] else ""),
        }
        for row in rows
    ]
    return {
        "rows": found,
        "filters": filters,
        "counted": counted,
        "too_short": sought is not None and not sought.terms,
        "views": await views_for(unit, visit.member),
        "kept_filters": [(name, word) for name, word in asdict(filters).items() if word],
        "following": filters.url(after=following) if following else "",
        "first": filters.url() if visit.query("after") else "",
        "tabs": [("open", _("Open")), *((one.value, _(NAMES[one])) for one in Status), ("all", _("All"))],
        "categories": _options((one.id, one.name) for one in catalogue.categories),
        "companies": _options([*((one.id, one.name) for one in catalogue.companies), ("-", _("another"))]),
        "regions": _options((code or "-", _region_name(regions, code)) for code in await listing.regions(unit)),
        "ages": _options((str(days), _("{days} days or more").format(days=days)) for days in listing.AGES),
        "owners": _options([("me", _("me")), ("none", _("nobody")), *called.items()]),
        "sorts": [("newest", _("Newest first")), ("oldest", _("Oldest first")), ("due", _("Due first"))],
    }


def _options(found: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", _("all")), *found]


async def case_values(visit: Visit, unit: Unit, case: Case) -> dict[str, Any]:
    """For case.html; name and contact stay sealed."""
    catalogue: Catalogue = visit.service.registry.resources[Catalogue]
    regions: Regions = visit.service.registry.resources[Regions]
    happened = await service.steps(unit, case, all_of_them=True)
    asked = await disclosure.requests(unit, case.id)
    today = unit.now.astimezone(ZoneInfo(visit.desk.site.timezone)).date()
    return {
        "case": case,
        "state": _(NAMES[case.status]),
        "late": not case.ended and case.due_on < today,
        "what": catalogue.category(case.category).name,
        "company": catalogue.company_name(case.company, case.company_words),
        "place": case.place or (_region_name(regions, case.region) if case.region else ""),
        "money": yuan(case.amount) if case.amount is not None else "",
        "occupation": occupation_name(case.occupation),
        "owner": await staff.name_of(unit, case.owner),
        "mine": case.owner == visit.member.actor,
        "rating": _(RATINGS[case.rating]) if case.rating else "",
        "thread": [await _step(unit, one) for one in happened],
        "photos": await _photos(unit, case.id),
        "moves": [(to.value, _(NAMES[to])) for to in by_staff(case.status)],
        "granted": await is_granted(unit, case.id),
        "requests": [
            {"one": one, "by": await staff.name_of(unit, one.asked_by), "own": one.asked_by == visit.member.actor}
            for one in asked
            if one.state == "waiting"
        ],
        "asking": {one.way for one in asked if one.state == "waiting"},
        **await _ready(visit, unit, case),
        "similar": [_similar(catalogue, regions, row) for row in await similar(unit, case)],
    }


def _similar(catalogue: Catalogue, regions: Regions, row: sa.RowMapping) -> dict[str, Any]:
    """One line for a case like this one."""
    facts = (
        catalogue.category(row["category"]).name,
        catalogue.company_name(row["company"], row["company_words"]),
        _region_name(regions, row["region"]) if row["region"] else "",
    )
    return {**row, "facts": joined(facts), "state": _(NAMES[Status(row["status"])])}


async def _ready(visit: Visit, unit: Unit, case: Case) -> dict[str, Any]:
    """The ready words for a case, and those chosen by the URL, filled in."""
    offered = reply_templates.fitting(visit.service.settings.content_dir, case)
    chosen = next((one for one in offered if one.id == visit.query("ready")), None)
    draft = ""
    if chosen is not None and case.person_id is not None:
        catalogue: Catalogue = visit.service.registry.resources[Catalogue]
        draft = reply_templates.filled(chosen, case, catalogue, await language_of(unit, case.person_id))
    return {
        "ready": [(one.id, one.name) for one in offered],
        "chosen": chosen.id if chosen is not None else "",
        "draft": draft,
    }


async def _step(unit: Unit, step: Step) -> dict[str, Any]:
    who = _("The worker") if step.actor == PERSON else await staff.name_of(unit, step.actor)
    return {"step": step, "who": who or _("The desk"), "what": step_text(step)}


def step_text(step: Step) -> str:
    """What happened, as staff read it."""
    if step.kind == "status":
        return _("Status: {status}").format(status=_(NAMES[Status(step.status)]))
    if step.kind == "due":
        return _("due {day}").format(day=step.status)
    if step.kind == "rating":
        return _("rated the outcome: {rating}").format(rating=_(RATINGS[int(step.status)]))
    return _(STEPS[step.kind, step.status])


async def _photos(unit: Unit, case_id: int) -> Sequence[sa.RowMapping]:
    wanted = sa.select(media.c.id, media.c.status, media.c.kind, media.c.mime, media.c.sha256)
    return await unit.rows(
        wanted.join_from(case_media, media).where(case_media.c.case_id == case_id).order_by(media.c.id)
    )


async def passages(visit: Visit, case: Case) -> list[dict[str, str]]:
    """The policies nearest to the worker's words. Looked up outside any transaction: the first time takes a second."""
    from handlers.policy.service import ReadingRoom

    room: ReadingRoom = visit.service.registry.resources[ReadingRoom]
    words = case.story[:ASKED_OF]
    if not words:
        return []

    def look_up() -> Decision:
        return room.answers.decide(words, occupation=case.occupation or None, region=case.region or None)

    decision = await asyncio.to_thread(look_up)
    return [
        {"title": one.title, "answer": one.article.answer, "source": one.source} for one in decision.passages[:PASSAGES]
    ]
