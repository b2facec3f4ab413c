"""The roof: which capabilities there are, and all that each hands in. Of the engine, only this module and cli.py know
them."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.chores import Chore, Errand
from bot.clock import system_clock
from bot.content import Finding
from bot.dialogue.registry import Registry
from bot.personal import Holder, Holders
from bot.settings import Settings
from bot.site import Site, load_site
from bot.store.erasure import erase_base, show_base
from bot.store.media import Blobs
from bot.store.retention import Rule, base_rules, delete, older
from bot.store.store import Store
from bot.store.unit import Unit

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from bot.app import Service
    from bot.desk.desk import Desk
    from handlers.volunteering.service import Setting


def make_registry(settings: Settings, blobs: Blobs) -> Registry:
    """All capabilities' dialogues, and what they work with."""
    from handlers.broadcasts.dialogue import DIALOGUES as broadcasts
    from handlers.broadcasts.service import open_broadcasting
    from handlers.complaints.catalogue import open_catalogue
    from handlers.complaints.dialogue import dialogues as complaints
    from handlers.complaints.exporting.worker import Exporter
    from handlers.complaints.replying import DIALOGUES as replying
    from handlers.council.dialogue import DIALOGUES as council
    from handlers.grid.dialogue import dialogues as grid
    from handlers.grid.service import open_kinds
    from handlers.insurance.dialogue import DIALOGUES as insurance
    from handlers.menu.dialogue import DIALOGUES as menu
    from handlers.policy.dialogue import DIALOGUES as policy
    from handlers.policy.dialogue import aside
    from handlers.policy.reading_room import ReadingRoom
    from handlers.profile.dialogue import DIALOGUES as profile
    from handlers.regions.service import open_regions
    from handlers.rewards.dialogue import DIALOGUES as rewards
    from handlers.rewards.service import open_points, open_start_set
    from handlers.staff.dialogue import DIALOGUES as staff
    from handlers.volunteering.dialogue import DIALOGUES as volunteering
    from handlers.volunteering.service import open_setting
    from handlers.warnings.service import open_setting as open_warnings

    catalogue = open_catalogue(settings.content_dir)
    dialogues = [*menu, *profile, *staff, *policy, *insurance, *volunteering, *complaints(catalogue), *replying]
    dialogues += broadcasts
    site, regions = load_site(settings.content_dir), open_regions(settings.content_dir)
    setting = open_setting(settings.content_dir, site)
    kinds = open_kinds(settings.content_dir)
    dialogues += [*rewards, *grid(kinds), *council]
    resources = [settings, site, regions, catalogue, ReadingRoom(settings.content_dir), setting]
    resources += [open_points(settings.content_dir), open_start_set(settings.content_dir), kinds]
    resources.append(open_warnings(settings.content_dir, site, catalogue, regions))
    resources += [Holders(partial(holders, blobs, setting)), open_broadcasting(settings, site), Exporter(settings)]
    return Registry(dialogues, home="menu", aside=aside, resources=resources)


def warm(registry: Registry) -> None:
    """Read what the first question needs; takes its time, so it is called in a thread."""
    from handlers.policy.reading_room import ReadingRoom

    registry.resources[ReadingRoom].warm()


async def arrivals(unit: Unit, media_id: int) -> None:
    """A file that a person sent was fetched, or can't be had: the capabilities are told."""
    from handlers.complaints.files import arrived

    await arrived(unit, media_id)


def chores(registry: Registry) -> list[Chore | Errand]:
    """What comes round every minute or so."""
    from handlers.broadcasts.service import Broadcasting, keep
    from handlers.complaints import reminding, terms
    from handlers.complaints.catalogue import Catalogue
    from handlers.complaints.exporting import worker as exports
    from handlers.rewards.service import StartSet, lapse
    from handlers.volunteering.service import Setting, sweep
    from handlers.warnings import service as warnings

    async def volunteering(unit: Unit) -> int:
        return await sweep(unit, registry.resources[Setting])

    async def rewards(unit: Unit) -> int:
        return await lapse(unit, registry.resources[StartSet].hold_days)

    async def broadcasts(store: Store) -> int:
        setting = registry.resources[Broadcasting]
        return await keep(store, setting.rules, setting.base)

    async def watch(store: Store) -> int:
        return await warnings.sweep(store, registry.resources[warnings.Setting])

    async def staff_notices(unit: Unit) -> int:
        return await reminding.remind(unit, registry.resources[Site], registry.resources[Catalogue])

    async def case_words(unit: Unit) -> int:
        return await terms.index(unit)

    async def window_hints(unit: Unit) -> int:
        return await reminding.hint(unit, registry.resources[Site])

    if Setting not in registry.resources:
        return []
    exporter = registry.resources[exports.Exporter]
    return [
        Errand("exports", exports.LOOK_EVERY, exporter.turn, again=True),
        Errand("export files", exports.TIDIED_EVERY, exporter.tidy),
        Chore("staff notices", 60, staff_notices),
        Chore("window hints", 600, window_hints),
        Chore("case words", 60, case_words, again=True),
        Chore("volunteering", 60, volunteering),
        Chore("rewards", 3600, rewards),
        Errand("broadcasts", 1, broadcasts, again=True),
        Errand("warnings", warnings.EVERY, watch),
    ]


def holders(blobs: Blobs, setting: Setting) -> tuple[Holder, ...]:
    """What each capability keeps about a person; the engine's own part is erased last."""
    from handlers.broadcasts import service as broadcasts
    from handlers.complaints import service as complaints
    from handlers.complaints import views
    from handlers.complaints.exporting import keeping as exports
    from handlers.council import service as council
    from handlers.grid import service as grid
    from handlers.policy import questions
    from handlers.rewards import service as rewards
    from handlers.staff import service as staff
    from handlers.volunteering import service as volunteering
    from handlers.warnings import service as warnings

    async def erase_exports(unit: Unit, person_id: int) -> None:
        await exports.erase(unit, person_id, blobs)

    async def erase(unit: Unit, person_id: int) -> None:
        await erase_base(unit, person_id, blobs)

    async def show_rewards(unit: Unit, person_id: int) -> dict[str, Any]:
        return await rewards.show(unit, person_id, setting)

    async def erase_signups(unit: Unit, person_id: int) -> None:
        await volunteering.erase(unit, person_id, setting)

    return (
        Holder("warnings", warnings.show, warnings.erase),  # while the complaints still say whose they are
        Holder("exports", exports.show, erase_exports),  # the same
        Holder("complaints", complaints.personal_data, complaints.erase),
        Holder("case views", views.show, views.erase),
        Holder("questions", questions.show, questions.erase),
        Holder("reports", grid.show, grid.erase),
        Holder("council", council.show, council.erase),
        Holder("rewards", show_rewards, rewards.erase),
        Holder("volunteering", volunteering.show, erase_signups),
        Holder("broadcasts", broadcasts.show, broadcasts.erase),
        Holder("staff", staff.show, staff.erase),
        Holder("base", show_base, erase),
    )


def retention_rules(site: Site, blobs: Blobs) -> list[Rule]:
    """What is not kept for ever, over all capabilities."""
    from bot.desk.tables import sign_in_links
    from handlers.broadcasts import service as broadcasts
    from handlers.complaints import retention as complaints
    from handlers.complaints import views
    from handlers.complaints.exporting import keeping as exports
    from handlers.council import service as council
    from handlers.grid import service as grid
    from handlers.policy import questions
    from handlers.rewards import service as rewards
    from handlers.staff import service as staff
    from handlers.volunteering import service as volunteering
    from handlers.warnings import service as warnings

    return [
        *complaints.rules(site.retention_days, blobs),
        views.rule(),
        *exports.rules(blobs),
        *questions.retention_rules(site.retention_days),
        *staff.retention_rules(),
        *volunteering.retention_rules(site.retention_days),
        *rewards.retention_rules(site.retention_days),
        *grid.retention_rules(site.retention_days),
        *council.retention_rules(site.retention_days),
        *broadcasts.retention_rules(site.retention_days),
        *warnings.retention_rules(site.retention_days),
        delete("sign-in links", sign_in_links, older(sign_in_links.c.expires_at, timedelta(days=1))),
        *base_rules(site.chat_days, site.retention_days, site.held_days, site.parked_days),
    ]


def pages(service: Service) -> list[BaseRoute]:
    """The pages of all capabilities: the staff's at /desk, and links given to workers."""
    from handlers.broadcasts.picture_page import pages as broadcasts
    from handlers.complaints.interface.pages import pages as cases
    from handlers.grid.open311 import pages as open311
    from handlers.insurance.pages import pages as insurance
    from handlers.overview.pages import pages as overview
    from handlers.profile.pages import pages as profile
    from handlers.volunteering.pages import pages as volunteering

    return [
        *profile(service),
        *broadcasts(service),
        *insurance(service),
        *open311(service),
        *cases(service),
        *volunteering(service),
        *overview(service),
        *make_desk(service).routes(),
    ]


def make_desk(service: Service) -> Desk:
    """The desk with every capability's section, in the order of its menu."""
    from bot.desk import parked
    from bot.desk.desk import Desk
    from handlers.broadcasts import desk as broadcasts
    from handlers.complaints import desk as complaints
    from handlers.council import desk as council
    from handlers.grid import desk as reports
    from handlers.overview import desk as overview
    from handlers.policy import desk as questions
    from handlers.rewards import desk as rewards
    from handlers.staff import desk as staff
    from handlers.staff import service as accounts
    from handlers.volunteering import desk as volunteering
    from handlers.warnings import desk as warnings

    return Desk(
        service,
        accounts,
        (
            complaints.SECTION,
            warnings.SECTION,
            overview.SECTION,
            questions.SECTION,
            volunteering.SECTION,
            broadcasts.SECTION,
            reports.SECTION,
            council.SECTION,
            rewards.SECTION,
            staff.SECTION,
            parked.SECTION,
        ),
    )


def content_findings(settings: Settings) -> list[Finding]:
    """What is wrong with the content, over all capabilities."""
    from bot.channels.wechat.menu import check_menu
    from bot.channels.wechat.templates import load_templates
    from handlers.broadcasts.service import check_broadcasts
    from handlers.complaints.catalogue import open_catalogue
    from handlers.complaints.reply_templates import check_templates
    from handlers.insurance.check import check_insurance
    from handlers.policy.check import check
    from handlers.policy.service import open_answers
    from handlers.volunteering.check import check_volunteering
    from handlers.warnings.service import check_warnings

    today = system_clock().date()
    load_site(settings.content_dir)
    load_templates(settings.content_dir)
    open_catalogue(settings.content_dir)
    names = make_registry(settings, Blobs(settings.data_dir)).by_name
    answers = open_answers(settings.content_dir)
    return [
        *check(answers, settings.content_dir, names, today),
        *check_insurance(settings.content_dir, today),
        *check_volunteering(settings.content_dir),
        *check_templates(settings.content_dir),
        *check_broadcasts(settings.content_dir),
        *check_warnings(settings.content_dir),
        *check_menu(settings.content_dir, names),
    ]


def load_tables() -> None:
    """Import every capability's tables, so that the metadata is whole."""
    import importlib

    importlib.import_module("bot.desk.tables")
    rooms = ("complaints", "staff", "policy", "volunteering", "rewards", "grid", "council", "warnings", "broadcasts")
    for room in (*rooms, "complaints.exporting"):
        importlib.import_module(f"handlers.{room}.tables")
