"""How proposals and meetings are put into words. Counts below 5 are shown to nobody but staff."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.i18n import _, language
from handlers.council.meetings import Meeting
from handlers.council.notes import excerpt
from handlers.council.service import NAMES, Proposal, Status

LEAST = 5


def supported(count: int) -> str:
    """How many support it, as the public may know."""
    return (
        _("{count} in favour").format(count=count)
        if count >= LEAST
        else _("fewer than {least} in favour").format(least=LEAST)
    )


def line(one: Proposal) -> str:
    """One proposal to choose."""
    state = supported(one.supports) if one.status is Status.OPEN else _(NAMES[one.status])
    return f"{excerpt(one.shown or one.words)} · {state}"


def whole(one: Proposal) -> str:
    """A proposal with its state and answer, as everybody may read it."""
    lines = [one.shown or one.words, _("State: {state}").format(state=_(NAMES[one.status]))]
    if one.status is not Status.WAITING and one.status is not Status.KEPT_BACK:
        lines.append(supported(one.supports))
    if one.answer:
        lines.append(_("Staff answer: {words}").format(words=one.answer))
    return "\n".join(lines)


def day(at: datetime, zone: ZoneInfo) -> str:
    """11月28日, 28 Nov, where the service is."""
    local = at.astimezone(zone)
    return f"{local:%d %b}".lstrip("0") if language() == "en" else f"{local.month}月{local.day}日"


def when(one: Meeting, zone: ZoneInfo) -> str:
    """11月28日 14:30–16:00."""
    start, end = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    return f"{day(one.starts_at, zone)} {start:%H:%M}–{end:%H:%M}"


def consent() -> str:
    """The question for consent, where community staff see it and a part becomes public."""
    return _(
        "Before I note anything: community staff read your proposal and publish it without your name. "
        "What I keep of you is encrypted, and “Erase me” deletes it. Agree?"
    )


def notice() -> str:
    """The same, whole."""
    return _(
        "What we keep: your proposal, what you support, which meetings you came to.\n"
        "Who sees it: community staff read the proposal, not who you are.\n"
        "Public: the proposal as staff publish it, the answer, and how many support it.\n"
        "How: encrypted. “My data” shows it, “Erase me” deletes it; what was published stays, without you."
    )
