"""Which cases, as the desk's list has it in its URL; and the same in words, for covers and manifests."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from bot.i18n import _
from bot.store.unit import Unit
from handlers.complaints import listing, terms
from handlers.complaints.exporting.profiles import Setting, district
from handlers.complaints.exporting.reading import Chosen
from handlers.complaints.status import NAMES, Status

Found = tuple[Chosen, str]


def filters_of(url: str) -> listing.Filters:
    """The filters of a URL of the list, or of what stands behind its question mark."""
    path, mark, query = url.partition("#")[0].partition("?")
    given = dict(parse_qsl(query if mark else path))
    return listing.Filters.read(lambda name: given.get(name, "")[:200])


async def read_view(unit: Unit, setting: Setting, url: str, beside: str = "all") -> Found:
    """(which cases, in words) for the command line, where nobody is "me"; `beside`: what else was asked for. Raises
    ValueError with one clear line."""
    filters = filters_of(url)
    if filters.owner == "me":
        raise ValueError("--view: owner=me means nobody here; give owner=staff:<id>")
    found, said = choose(unit, setting, filters, "")
    return found, said if beside == "all" else f"{said}; {beside}"


def choose(unit: Unit, setting: Setting, filters: listing.Filters, me: str) -> Found:
    """(which cases, in words) of filters; `me`: who asks, as staff:<id>."""
    today = unit.now.astimezone(setting.zone).date()
    found = listing.chosen(filters, unit, me, today)
    return Chosen(tuple(found), terms.parts_of(filters.words)), said(setting, filters)


def said(setting: Setting, filters: listing.Filters) -> str:
    """Filters in words, without words that were looked for and without names of staff."""
    status = {"open": _("Open"), "all": _("All")} | {one.value: _(NAMES[one]) for one in Status}
    parts: Mapping[str, str] = {
        _("Status"): status[filters.status],
        _("Matter"): setting.catalogue.category(filters.category).name if filters.category else "",
        _("Company"): _company(setting, filters.company),
        _("Place"): (district(setting.regions, filters.region) or filters.region) if filters.region else "",
        _("Age"): _("{days} days or more").format(days=filters.age) if filters.age else "",
        _("Followed up by"): {"": "", "me": _("me"), "none": _("nobody")}.get(filters.owner, _("a colleague")),
        _("Overdue"): _("only overdue") if filters.overdue else "",
        _("Receipt code"): _("one case") if filters.code else "",
        _("Story"): _("words that were looked for") if getattr(filters, "words", "") else "",
    }
    return _(", ").join(f"{name} {value}" for name, value in parts.items() if value)


def _company(setting: Setting, company: str) -> str:
    if not company:
        return ""
    return setting.catalogue.company_name(company, company) if company != "-" else _("another")
