"""Publishing, copying and changing an activity at the desk: the form, a look at what speaks against the time, done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from bot.desk.paging import LARGEST_ID
from bot.desk.visit import Visit
from bot.i18n import _
from bot.site import Site
from bot.store.unit import Unit
from handlers.profile.service import OCCUPATIONS, occupation_name
from handlers.regions.service import Regions
from handlers.volunteering import changing, plan_form
from handlers.volunteering.access import access_slot, access_slots
from handlers.volunteering.calling_off import TooLateError
from handlers.volunteering.plan_form import PlanForm
from handlers.volunteering.repeating import MOST_WEEKS, Occasion, occasion, weekly
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import NoSuchSlotError, Slot, create_series, find
from handlers.volunteering.wording import WEEKDAYS, hours, spans, trades

BASE = "/desk/volunteering"


def _setting(visit: Visit) -> Setting:
    found: Setting = visit.service.registry.resources[Setting]
    return found


def region_choices(visit: Visit) -> list[tuple[str, str]]:
    """(code, name) of the city the service stands in and its districts."""
    regions: Regions = visit.service.registry.resources[Regions]
    site: Site = visit.desk.site
    near = [one for one in regions.all() if site.region and one.code[:4] == site.region[:4]]
    return [("", _("not set")), *((one.code, one.name) for one in near)]


async def copy_or_new(visit: Visit) -> Response:
    """The empty form, or one filled with a slot to copy, a week after it or in the days to come."""
    access_slots(visit.member)
    wanted = visit.query("copy")
    if not wanted:
        return _form(visit, PlanForm({"region": visit.desk.site.region, "points": "1", "weeks": "1"}))
    if not wanted.isascii() or not wanted.isdigit() or not 0 < int(wanted) <= LARGEST_ID:
        raise NoSuchSlotError
    setting = _setting(visit)
    async with visit.store.read() as unit:
        slot = await find(unit, int(wanted))
    values = plan_form.shown(slot, setting.zone)
    if slot.person_id != visit.member.person_id and visit.member.role != "admin":
        values["contact"] = ""  # a colleague's phone number is theirs to give
    start = slot.starts_at + timedelta(days=7)
    while start <= visit.service.clock():
        start += timedelta(days=7)
    return _form(visit, PlanForm(values | {"day": f"{start.astimezone(setting.zone):%Y-%m-%d}", "weeks": "1"}))


async def publish(visit: Visit) -> Response:
    """Publish what the form says, once whoever publishes has seen what speaks against it."""
    access_slots(visit.member)
    setting = _setting(visit)
    form = _shifted(_read(visit), visit)
    if form.plan is None:
        return _form(visit, form, status=400 if form.errors else 200)
    found = weekly(form.plan, form.weeks, setting)
    seen = visit.form.get("seen") == form.mark and "shift" not in visit.form
    if not seen and (len(found) > 1 or not found[0].fine):
        return _form(visit, form, found)
    kept = [one.plan for one in found if len(found) == 1 or visit.form.get(_box(one, setting))]
    if not kept:
        form.errors["weeks"] = _("Please keep at least one day.")
        return _form(visit, form, found, status=400)
    async with visit.store.write() as unit:
        made = await create_series(unit, visit.member.person_id, kept)
    return visit.done(f"{BASE}/{made[0].id}" if len(made) == 1 else f"{BASE}", "published")


async def edit(visit: Visit) -> Response:
    """The form with a slot in it."""
    async with visit.store.write() as unit:
        slot = await _changeable(unit, visit)
    return _form(visit, PlanForm(plan_form.shown(slot, _setting(visit).zone)), slot=slot)


async def change_slot(visit: Visit) -> Response:
    """Make the slot what the form says; who signed up is told."""
    setting = _setting(visit)
    async with visit.store.write() as unit:
        slot = await _changeable(unit, visit)
        form = _shifted(_read(visit), visit)
        if form.plan is None:
            return _form(visit, form, status=400 if form.errors else 200, slot=slot)
        now = occasion(form.plan, setting)
        moved = (form.plan.starts_at, form.plan.ends_at) != (slot.starts_at, slot.ends_at)
        if moved and not now.fine and visit.form.get("seen") != form.mark:
            return _form(visit, form, [now], slot=slot)
        if form.plan.capacity < slot.taken:
            form.errors["capacity"] = _("{count} people are signed up: not fewer places than that.").format(
                count=slot.taken
            )
            return _form(visit, form, status=400, slot=slot)
        plan = form.plan
        if form.values.get("spot") == plan_form.shown(slot, setting.zone)["spot"]:
            plan = replace(plan, latitude=slot.latitude, longitude=slot.longitude)
        await changing.change(unit, setting, slot, plan, visit.member.actor)
    return visit.done(f"{BASE}/{slot.id}", "changed")


async def _changeable(unit: Unit, visit: Visit) -> Slot:
    slot = await access_slot(unit, visit.member, visit.number("slot"))
    if slot.status != "open" or slot.starts_at <= unit.now:
        raise TooLateError
    return slot


def _read(visit: Visit) -> PlanForm:
    codes = {code for code, _name in region_choices(visit)}
    return plan_form.read(visit.form, visit.service.clock(), _setting(visit).zone, codes)


def _shifted(form: PlanForm, visit: Visit) -> PlanForm:
    """The form moved to the free time that was suggested, to be looked at again; as it is without such a tap."""
    setting = _setting(visit)
    if form.plan is None or not visit.form.get("shift"):
        return form
    try:
        start = datetime.fromisoformat(visit.form["shift"]).astimezone(setting.zone)
    except (ValueError, OverflowError):
        return form
    end = start + (form.plan.ends_at - form.plan.starts_at)
    form.values |= {"day": f"{start:%Y-%m-%d}", "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    moved = _values_read(form, visit)
    moved.plan = None  # nothing is published by moving it
    return moved


def _values_read(form: PlanForm, visit: Visit) -> PlanForm:
    codes = {code for code, _name in region_choices(visit)}
    return plan_form.read(form.values, visit.service.clock(), _setting(visit).zone, codes)


def _box(one: Occasion, setting: Setting) -> str:
    """The name of the box that keeps one of several days."""
    return f"keep-{one.plan.starts_at.astimezone(setting.zone):%Y-%m-%d}"


def _form(
    visit: Visit, form: PlanForm, found: Sequence[Occasion] = (), *, status: int = 200, slot: Slot | None = None
) -> Response:
    setting = _setting(visit)
    days = [_day(visit, one, setting) for one in found]
    return visit.render(
        "slot_form.html",
        status,
        values=form.values,
        errors=form.errors,
        mark=form.mark,
        days=days,
        shift=next((one for one in days if one["shift"]), None),
        slot=slot,
        action=f"{BASE}/{slot.id}/change" if slot else f"{BASE}/new",
        regions=region_choices(visit),
        occupations=[(one, occupation_name(one)) for one in OCCUPATIONS],
        most_weeks=MOST_WEEKS,
        suggested=setting.rules.points_per_hour,
    )


def _day(visit: Visit, one: Occasion, setting: Setting) -> dict[str, Any]:
    """One day of the look before publishing."""
    start = one.plan.starts_at.astimezone(setting.zone)
    concerned = one.plan.occupations or tuple(setting.peaks.occupations)
    touched = [
        trade
        for trade in concerned
        if setting.peaks.within([trade], one.plan.starts_at, one.plan.ends_at, setting.zone, one.plan.region)
    ]
    notes = []
    if one.holiday:
        notes.append(_("public holiday"))
    if one.make_up:
        notes.append(_("a make-up working day"))
    if one.busy:
        text = _("the busy time of {who}, {spans}")
        notes.append(text.format(who=trades(tuple(touched)), spans=spans(one.busy, setting.zone)))
    free = one.free.astimezone(setting.zone) if one.free else None
    until = free + (one.plan.ends_at - one.plan.starts_at) if free else None
    return {
        "date": f"{start:%Y-%m-%d}",
        "weekday": _(WEEKDAYS[start.weekday()]),
        "hours": hours(one.plan.starts_at, one.plan.ends_at, setting.zone),
        "box": _box(one, setting),
        "kept": not one.holiday if "seen" not in visit.form else bool(visit.form.get(_box(one, setting))),
        "notes": notes,
        "shift": free.isoformat() if free else "",
        "free": f"{free:%Y-%m-%d} {free:%H:%M}–{until:%H:%M}" if free and until else "",
    }
