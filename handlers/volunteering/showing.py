"""What the templates of the desk need, read in one transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from bot.desk.visit import Visit
from bot.i18n import N_, _
from bot.store.unit import Unit
from handlers.profile.service import occupation_name
from handlers.regions.service import NoFigure, Regions
from handlers.staff import service as staff
from handlers.volunteering import attendance, listing, sheet
from handlers.volunteering.access import is_own
from handlers.volunteering.calling_off import later
from handlers.volunteering.setting import Setting
from handlers.volunteering.slots import Slot, counts
from handlers.volunteering.wording import WEEKDAYS, hours, lasts, short, trades, yuan

if TYPE_CHECKING:
    from markupsafe import Markup

STATES = {
    "booked": N_("signed up"),
    "offered": N_("asked to take a place"),
    "waiting": N_("waiting list"),
    "attended": N_("was there"),
    "no_show": N_("did not come"),
    "excused": N_("excused"),
    "struck": N_("hours taken back"),
    "passed": N_("waited in vain"),
    "called_off": N_("called off"),
}
TABS = {"coming": N_("To come"), "past": N_("Over"), "all": N_("All")}


async def list_values(visit: Visit, unit: Unit, filters: listing.Filters) -> dict[str, Any]:
    """For slots.html."""
    zone = visit.service.registry.resources[Setting].zone
    rows, following = await listing.page(unit, filters, visit.member.person_id, visit.query("after"))
    called = {one.person_id: one.name for one in await staff.members(unit)}
    found = []
    for row in rows:
        start = row["starts_at"].astimezone(zone)
        when = f"{start:%Y-%m-%d} {_(WEEKDAYS[start.weekday()])} {hours(row['starts_at'], row['ends_at'], zone)}"
        few = row["status"] == "open" and row["ends_at"] > unit.now and row["taken"] < row["minimum"]
        who = called.get(row["person_id"], _("somebody who left"))
        found.append({**row, "when": when, "few": few, "who": who, "over": row["ends_at"] <= unit.now})
    return {
        "rows": found,
        "filters": filters,
        "tabs": [(name, _(label)) for name, label in TABS.items()],
        "states": [("all", _("all")), ("open", _("taking place")), ("cancelled", _("called off"))],
        "whose": [("all", _("everybody's")), ("own", _("my own"))],
        "following": filters.url(after=following) if following else "",
        "first": filters.url() if visit.query("after") else "",
    }


async def slot_values(visit: Visit, unit: Unit, slot: Slot, setting: Setting) -> dict[str, Any]:
    """For slot.html; without the sheet and the code for who only looks."""
    own = is_own(visit.member, slot)
    entries = await sheet.sheet(unit, slot.id) if own else []
    found = Counter(map(_state, entries)) if own else await counts(unit, slot.id)
    ahead = slot.status == "open" and slot.starts_at > unit.now
    inside = await attendance.still_inside(unit, slot.id) if slot.ends_at <= unit.now else 0
    return {
        "slot": slot,
        "own": own,
        "ahead": ahead,
        "later": await _later(unit, slot, setting) if own and ahead else [],
        "roomy": slot.status == "open" and slot.ends_at > unit.now and slot.taken < slot.capacity,
        "begun": slot.status == "open" and slot.starts_at <= unit.now,
        "inside": inside,
        "facts": _facts(visit, slot, setting),
        "counted": [(_(STATES[name]), found[name]) for name in STATES if found.get(name)],
        "entries": [_line(one) for one in entries],
        "organiser": await staff.name_of(unit, f"staff:{slot.person_id}") if slot.person_id else "",
        "code": spaced(slot.code) if own else "",
        "qr": qr(check_in_url(visit, slot)) if own and slot.status == "open" else None,
        "url": check_in_url(visit, slot) if own else "",
    }


async def _later(unit: Unit, slot: Slot, setting: Setting) -> list[str]:
    """The days of its series that are still to come after it."""
    return [short(one.starts_at.astimezone(setting.zone).date()) for one in await later(unit, slot)]


def _facts(visit: Visit, slot: Slot, setting: Setting) -> list[tuple[str, str]]:
    start = slot.starts_at.astimezone(setting.zone)
    regions: Regions = visit.service.registry.resources[Regions]
    try:
        region = regions.region(slot.region).name if slot.region else ""
    except NoFigure:
        region = slot.region
    pin = f"{slot.latitude:.5f}, {slot.longitude:.5f}" if slot.latitude is not None else ""
    day = f"{start:%Y-%m-%d} {_(WEEKDAYS[start.weekday()])}"
    return [
        (_("Time"), f"{day} {hours(slot.starts_at, slot.ends_at, setting.zone)}"),
        (_("Place"), " · ".join(filter(None, (slot.place, region)))),
        (_("On the map"), pin or _("no pin: nobody sees how far it is")),
        (_("Task"), slot.task),
        (
            _("Places"),
            _places(slot),
        ),
        (_("Whom it is for"), trades(slot.occupations)),
        (_("Points"), str(slot.points)),
        (_("Subsidy"), _("{amount} yuan a head").format(amount=yuan(slot.allowance)) if slot.allowance else _("none")),
        (_("Insurance"), slot.insurance or _("none stated")),
        (_("Contact"), slot.contact or _("none")),
    ]


def _places(slot: Slot) -> str:
    """Taken, of all; and how many are wanted, where that was said."""
    if not slot.minimum:
        return _("{taken} of {all} taken").format(taken=slot.taken, all=slot.capacity)
    text = _("{taken} of {all} taken, at least {minimum} wanted")
    return text.format(taken=slot.taken, all=slot.capacity, minimum=slot.minimum)


def _state(one: sheet.Entry) -> str:
    """A name of STATES."""
    return "struck" if one.status == "excused" and one.in_at is not None else one.status


def _line(one: sheet.Entry) -> dict[str, Any]:
    """One line of the sheet, with what may be done with it."""
    return {
        "id": one.id,
        "number": one.number,
        "trade": occupation_name(one.occupation) or _("not told"),
        "state": _(STATES[_state(one)]),
        "status": one.status,
        "in_at": one.in_at,
        "out_at": one.out_at,
        "lasted": lasts(one.minutes) if one.minutes else "",
        "inside": one.in_at is not None and one.out_at is None,
        "by_staff": one.by_staff and _state(one) != "struck",
        "code": one.code,
    }


def check_in_url(visit: Visit, slot: Slot) -> str:
    """What the QR code leads to."""
    base = visit.service.settings.public_url or str(visit.request.base_url).rstrip("/")
    return f"{base}/checkin/{slot.id}/{slot.code}"


def qr(url: str) -> Markup:
    """A QR code as SVG, black on white in any colour scheme."""
    import segno
    from markupsafe import Markup

    made = segno.make(url, error="m", micro=False)
    return Markup(made.svg_inline(dark="#000", light="#fff", omitsize=True, border=4))  # noqa: S704 - our own SVG


def spaced(code: str) -> str:
    """482 913: read out without a slip."""
    return f"{code[:3]} {code[3:]}"


def poster_values(visit: Visit, slot: Slot, setting: Setting) -> dict[str, Any]:
    """For poster.html."""
    start = slot.starts_at.astimezone(setting.zone)
    day = f"{start:%Y-%m-%d} {_(WEEKDAYS[start.weekday()])}"
    return {
        "slot": slot,
        "when": f"{day} {hours(slot.starts_at, slot.ends_at, setting.zone)}",
        "code": spaced(slot.code),
        "qr": qr(check_in_url(visit, slot)),
    }
