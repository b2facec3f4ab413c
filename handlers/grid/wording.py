"""How a report is put into words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import _, language
from handlers.grid.content import GridKinds
from handlers.grid.report import NAMES, Draft, Report, Status, Step

LEAST = 5  # smaller counts of people are not shown to the public


def danger() -> str:
    """Whom to call first."""
    return _("Danger? Get away from it, then call: fire 119, somebody hurt 120, anything else urgent 110.")


def consent() -> str:
    """The question for consent, where community staff see it."""
    return _(
        "Before I note anything: community staff of your district see the report, not who you are. "
        "Your words and pictures are stored encrypted, and “Erase me” deletes them. Agree?"
    )


def notice() -> str:
    """The same, whole."""
    return _(
        "What we keep: what you report, its place, your pictures.\n"
        "What for: to have it mended, and to give you points.\n"
        "Who sees it: community staff of the district. They see neither your account nor your name.\n"
        "Public: kind, place and state; never who reported it.\n"
        "How: words and pictures encrypted. “My data” shows it, “Erase me” deletes it."
    )


def summary(draft: Draft, kinds: GridKinds) -> str:
    """The last look."""
    pictures = _("{count} pictures").format(count=len(draft.media)) if draft.media else ""
    facts = " · ".join(filter(None, (kinds.kind(draft.kind).said, draft.place, pictures)))
    words = f"“{draft.words}”" if draft.words else ""
    who = _("Community staff see it, without your account or name.")
    return "\n".join(filter(None, (_("A look before it goes:"), facts, words, who)))


def day(at: datetime, zone: ZoneInfo) -> str:
    """11月28日, 28 Nov, where the service is."""
    local = at.astimezone(zone)
    return f"{local:%d %b}".lstrip("0") if language() == "en" else f"{local.month}月{local.day}日"


def headline(report: Report, kinds: GridKinds) -> str:
    """One line: what and where."""
    return " · ".join(filter(None, (kinds.kind(report.kind).said, report.place)))


def people(count: int) -> str:
    """How many support it; small counts are not told."""
    return _("{count} people").format(count=count) if count >= LEAST else _("fewer than {least}").format(least=LEAST)


def progress(report: Report, happened: list[Step], kinds: GridKinds, zone: ZoneInfo) -> str:
    """A report with every step, as who reported it reads it."""
    lines = [report.code, headline(report, kinds)]
    for step in happened:
        what = _(NAMES[Status(step.status)]) if step.kind == "status" else _("confirmed by staff")
        lines.append(f"{day(step.at, zone)} {what}" + (_(": {words}").format(words=step.words) if step.words else ""))
    if report.supports:
        lines.append(_("Reported by others too: {people}").format(people=people(report.supports)))
    if report.open:
        lines.append(_("When something happens you are told here."))
    return "\n".join(lines)
