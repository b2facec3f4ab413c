"""How a broadcast is put into words for staff: whom it is for, how many, where it stands."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channels.names import channel_name
from bot.i18n import LANGUAGES, N_, _
from handlers.broadcasts.preview import Counts
from handlers.broadcasts.record import Broadcast
from handlers.broadcasts.report import FATES, Progress
from handlers.broadcasts.segments import Segment
from handlers.profile.service import TOPICS, occupation_name
from handlers.regions.service import NoFigure, Regions

STATES = {
    "draft": N_("draft"),
    "waiting": N_("waits for approval"),
    "scheduled": N_("scheduled"),
    "sending": N_("is going out"),
    "paused": N_("paused"),
    "stopped": N_("stopped"),
    "done": N_("gone out"),
}
LEFT_OUT = {
    "unsubscribed": N_("unsubscribed"),
    "unreachable": N_("can't be reached"),
    "contacted": N_("got a broadcast lately"),
    "in_dialogue": N_("in the middle of a form"),
}


def state_name(state: str) -> str:
    """Where a broadcast stands."""
    return _(STATES[state])


def topic_name(topic: str) -> str:
    """What people unsubscribe from."""
    return _(TOPICS[topic]) if topic in TOPICS else topic


def region_name(regions: Regions, code: str) -> str:
    """The name of a place; the code where it is none."""
    try:
        return regions.region(code).name
    except NoFigure:
        return code


def audience(segment: Segment, regions: Regions) -> str:
    """骑手、司机 · 天宁区 · 做过志愿."""
    trades = _(", ").join(occupation_name(one) for one in segment.occupations)
    parts = [trades or _("everybody")]
    if segment.region:
        parts.append(region_name(regions, segment.region))
    if segment.language:
        parts.append(LANGUAGES.get(segment.language, segment.language))
    if segment.volunteered:
        parts.append(_("volunteered before"))
    return " · ".join(parts)


def moment(at: datetime, zone: ZoneInfo) -> str:
    """2026-11-18 10:00, where the service is."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def due(one: Broadcast, zone: ZoneInfo) -> str:
    """When it goes out."""
    return moment(one.scheduled_at, zone) if one.scheduled_at else _("at once")


def counted(counts: Counts) -> str:
    """The counts of a preview, in a few lines for the chat."""
    shares = _(", ").join(f"{channel_name(name)} {one.total}" for name, one in sorted(counts.channels.items()))
    lines = [_("It goes to {total}: {shares}.").format(total=counts.total, shares=shares)]
    if not counts.total:
        lines = [_("Nobody gets it.")]
    quiet = sum(one.quiet for one in counts.channels.values())
    closed = sum(one.closed for one in counts.channels.values())
    if counts.total:
        lines.append(_("At once: {count}.").format(count=counts.now))
    if counts.mass:
        lines.append(_("By WeChat's mass sending: {count}; four a month for each at most.").format(count=counts.mass))
    if quiet:
        lines.append(_("After quiet hours: {count}.").format(count=quiet))
    if closed:
        lines.append(_("When they write next, as WeChat's window is closed: {count}.").format(count=closed))
    out = [f"{_(LEFT_OUT[name])} {many}" for name, many in counts.left_out.items() if many]
    if out:
        lines.append(_("Left out: {reasons}.").format(reasons=_(", ").join(out)))
    return "\n".join(lines)


def going(progress: Progress, zone: ZoneInfo) -> str:
    """The figures of a broadcast that goes or went out, in a few lines for the chat."""
    fates = _(", ").join(f"{_(FATES[name])} {many}" for name, many in progress.fates.items())
    lines = [_("{total} people: {fates}.").format(total=progress.total, fates=fates)] if progress.total else []
    lines.append(_("Tapped a button: {count}.").format(count=progress.clicks))
    if ends := left(progress, zone):
        lines.append(ends)
    return "\n".join(lines)


def left(progress: Progress, zone: ZoneInfo) -> str:
    """How long it still takes; "" when nothing is to come."""
    if progress.seconds_left is not None:
        minutes = -(-progress.seconds_left // 60)
        return _("About {rate} a second; about {minutes} minutes to go.").format(rate=progress.rate, minutes=minutes)
    if progress.until is not None and not progress.queued:
        return _("The last of those who wait get it at {when}.").format(when=moment(progress.until, zone))
    return ""
