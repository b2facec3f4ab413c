"""What the desk's pages of broadcasts show."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from bot.channels.numbered import numbered
from bot.desk.members import Member
from bot.desk.visit import Visit
from bot.i18n import DEFAULT, LANGUAGES, _
from bot.store.unit import Unit
from handlers.broadcasts import targets, wording
from handlers.broadcasts.forming import Forming, shown
from handlers.broadcasts.pictures import is_kept
from handlers.broadcasts.record import Broadcast, NoSuchBroadcastError, opened, require
from handlers.broadcasts.report import FATES, TO_COME, Progress, progress
from handlers.broadcasts.setting import Broadcasting
from handlers.broadcasts.tables import broadcasts
from handlers.broadcasts.words import picture_path
from handlers.policy.service import ReadingRoom
from handlers.profile.service import OCCUPATIONS, TOPICS
from handlers.regions.service import Regions
from handlers.staff.service import name_of


def _use(visit: Visit) -> tuple[Broadcasting, Regions, ReadingRoom]:
    resources = visit.service.registry.resources
    return resources[Broadcasting], resources[Regions], resources[ReadingRoom]


def forming(visit: Visit) -> Forming:
    """What a form is read with."""
    setting, regions, room = _use(visit)
    return Forming(setting.rules, regions, room)


def fields(visit: Visit, one: Broadcast) -> dict[str, str]:
    """A broadcast as the fields of the form."""
    setting, regions, _room = _use(visit)
    return shown(one, regions, setting.rules.most_buttons)


async def read(unit: Unit, member: Member, broadcast_id: int) -> Broadcast:
    """A broadcast for figures that hold nothing of a person: not noted in the audit log. Raises
    `NoSuchBroadcastError`, `NotYourAreaError`."""
    require(member)
    row = await unit.first(sa.select(broadcasts).where(broadcasts.c.id == broadcast_id))
    if row is None:
        raise NoSuchBroadcastError
    return opened(unit.vault, row)


def common(visit: Visit) -> dict[str, Any]:
    """What all pages of the section use."""
    setting, regions, _room = _use(visit)
    return {"wording": wording, "setting": setting, "regions": regions, "fates": FATES}


async def choices(visit: Visit, unit: Unit) -> dict[str, Any]:
    """What the form offers."""
    setting, _regions, room = _use(visit)
    return {
        **common(visit),
        "rules": setting.rules,
        "occupations": {name: words for name, (words, _aliases) in OCCUPATIONS.items()},
        "topics_listed": [(name, _(words)) for name, words in TOPICS.items()],
        "languages_listed": [("", _("All")), *LANGUAGES.items()],
        "ways_listed": [("", _("No button")), *((name, _(words)) for name, words in targets.NAMES.items())],
        "slots_listed": [("", "—"), *await targets.slots(unit)],
        "articles": targets.articles(room),
    }


async def values(visit: Visit, unit: Unit, one: Broadcast) -> dict[str, Any]:
    """One broadcast's page."""
    setting, _regions, _room = _use(visit)
    before = one.state in {"draft", "waiting", "scheduled"}
    return {
        **common(visit),
        "counts": await setting.counts(unit, one) if before else None,
        "progress": (figures := await progress(unit, one)),
        "live": live(visit, one, figures),
        "author": await name_of(unit, one.author),
        "approved_by": await name_of(unit, one.approved_by),
        "is_author": one.author == visit.member.actor,
        "messages": {
            name: setting.said(unit.vault, one, code)
            for code, name in LANGUAGES.items()
            if code == DEFAULT or one.words.english
        },
        "in_wechat": numbered([setting.said(unit.vault, one, DEFAULT)])[0],
        "left_out": wording.LEFT_OUT,
        "activities": await targets.called(unit, one.words),
        "picture": picture_path(unit.vault, one.id) if await is_kept(unit, one.picture) else "",
    }


def live(visit: Visit, one: Broadcast, figures: Progress) -> dict[str, Any]:
    """The part of the page that moves. `share`: of the recipients that are dealt with."""
    setting, _regions, _room = _use(visit)
    done = figures.total - figures.to_come
    share = done / figures.total if figures.total else 0.0
    fates = {name: sum(own.get(name, 0) for own in figures.by_channel.values()) for name in FATES}
    channels = {
        f"{channel}-{name}": str(own.get(name, 0)) for channel, own in figures.by_channel.items() for name in FATES
    }
    return {
        "texts": {
            "state": wording.state_name(one.state),
            "done": _("{done} of {total} dealt with").format(done=done, total=figures.total),
            "left": wording.left(figures, setting.zone) if one.state == "sending" else "",
            "clicks": str(figures.clicks),
            **{name: str(many) for name, many in fates.items()},
            **channels,
        },
        "share": round(share, 4),
        "state": one.state,
        "channels": sorted(figures.by_channel),
        "ended": one.state in {"done", "stopped"},
        "to_come": list(TO_COME),
    }
