"""How volunteering is put into words: when, how long, one line a slot, the whole of it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.i18n import N_, _, language
from bot.peaks import Span
from handlers.profile.service import OCCUPATIONS, occupation_name
from handlers.volunteering.slots import Slot

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


def day(value: date, today: date) -> str:
    """Today, tomorrow, a weekday of the next six days, else 11月28日 周六."""
    ahead = (value - today).days
    if ahead in {0, 1}:
        return _("Today") if ahead == 0 else _("Tomorrow")
    weekday = _(WEEKDAYS[value.weekday()])
    if 1 < ahead < 7:
        return weekday
    return _("{date} {weekday}").format(date=short(value), weekday=weekday)


def short(value: date) -> str:
    """11月28日, 28 Nov."""
    return f"{value:%d %b}".lstrip("0") if language() == "en" else f"{value.month}月{value.day}日"


def dated(value: date, today: date) -> str:
    """周三（11月18日): a day nobody can mistake."""
    named = day(value, today)
    return named if short(value) in named else _("{words} ({day})").format(words=named, day=short(value))


def hours(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """14:30–16:00."""
    return f"{start.astimezone(zone):%H:%M}–{end.astimezone(zone):%H:%M}"


def when(slot: Slot, zone: ZoneInfo, now: datetime) -> str:
    """周三（11月18日）14:30–16:00."""
    start = slot.starts_at.astimezone(zone)
    return spaced(dated(start.date(), now.astimezone(zone).date()), hours(slot.starts_at, slot.ends_at, zone))


def spaced(day_named: str, clock: str) -> str:
    """A day and a time side by side; a full-width bracket brings its own space."""
    return f"{day_named}{clock}" if day_named.endswith("）") else f"{day_named} {clock}"


def lasts(minutes: int) -> str:
    """45 minutes, 1.5 hours: cut to a tenth, so that nobody is promised more than there is."""
    if minutes < 60:
        return _("{count} minutes").format(count=minutes)
    tenths = minutes * 10 // 60
    return _("1 hour") if tenths == 10 else _("{count} hours").format(count=f"{tenths / 10:g}")


def points(count: int) -> str:
    """2 分; "" for none."""
    if count == 1:
        return _("1 point")
    return _("{count} points").format(count=count) if count else ""


def yuan(fen: int) -> str:
    """20, 12.5: an amount in yuan, without the unit."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen / 100:.2f}".rstrip("0")


def distance(metres: float) -> str:
    """约 300 米, 约 1.2 公里."""
    if metres < 975:
        return _("about {count} m").format(count=max(50, round(metres / 50) * 50))
    return _("about {count} km").format(count=f"{metres / 1000:.1f}")


def line(slot: Slot, zone: ZoneInfo, now: datetime) -> str:
    """One slot to choose: 周三 14:30 红梅社区 楼道排查 · 1 小时 · 1 分 · 还差 3 人."""
    start = slot.starts_at.astimezone(zone)
    head = f"{day(start.date(), now.astimezone(zone).date())} {start:%H:%M} {slot.place} {slot.title}"
    left = _("{count} wanted").format(count=slot.left) if slot.left > 0 else _("full, waiting list")
    return " · ".join(filter(None, (head, lasts(slot.minutes), points(slot.points), left)))


def invitation(slot: Slot, zone: ZoneInfo) -> str:
    """What a message to many says of it, with a day that is right whenever it is read."""
    start = slot.starts_at.astimezone(zone)
    day_named = _("{date} {weekday}").format(date=short(start.date()), weekday=_(WEEKDAYS[start.weekday()]))
    left = _("{count} wanted").format(count=slot.left) if slot.left > 0 else _("full, waiting list")
    text = _("{when}, {place}: {title}. {task}\n{facts}. Tap the button to sign up.")
    return text.format(
        when=f"{day_named} {hours(slot.starts_at, slot.ends_at, zone)}",
        place=slot.place,
        title=slot.title,
        task=slot.task.rstrip("。."),
        facts=" · ".join(filter(None, (lasts(slot.minutes), points(slot.points), left))),
    )


def brief(slot: Slot, zone: ZoneInfo, now: datetime) -> str:
    """When, what and where, for a sentence: 周三（11月18日）14:30–15:30 红梅社区 楼道排查."""
    return f"{when(slot, zone, now)} {slot.place} {slot.title}"


def details(slot: Slot, zone: ZoneInfo, now: datetime) -> str:
    """All that is to know before signing up."""
    free = _("{left} of {all} places free") if slot.left > 0 else _("all {all} places taken")
    left = free.format(left=slot.left, all=slot.capacity)
    lines = [
        slot.title,
        f"{when(slot, zone, now)} · {slot.place}",
        _("What to do: {task}").format(task=slot.task),
        " · ".join(filter(None, (lasts(slot.minutes), points(slot.points), left))),
        _("Insurance: {words}").format(words=slot.insurance) if slot.insurance else "",
        _("Contact: {words}").format(words=slot.contact) if slot.contact else "",
        _("A subsidy of {amount} yuan towards meals and fares.").format(amount=yuan(slot.allowance))
        if slot.allowance
        else "",
        _("Voluntary and unpaid."),
    ]
    return "\n".join(filter(None, lines))


def certified(name: str, times: int, minutes: int, first: str, last: str) -> str:
    """What a certificate says, in one sentence; days as ISO 8601."""
    once = _("{name} volunteered {times} times, {hours} in all, on {first}.")
    often = _("{name} volunteered {times} times, {hours} in all, from {first} to {last}.")
    said = once if first == last else often
    return said.format(name=name, times=times, hours=lasts(minutes), first=first, last=last)


def trades(occupations: tuple[str, ...]) -> str:
    """骑手、司机; everybody when none is named."""
    named = [occupation_name(one) for one in occupations if one in OCCUPATIONS]
    return _(", ").join(named) if named else _("Everybody")


def spans(found: list[Span], zone: ZoneInfo) -> str:
    """10:30–13:30, 16:30–20:00."""
    return _(", ").join(dict.fromkeys(hours(start, end, zone) for start, end in found))


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """16:30 of today, 11月18日 16:30 of another day."""
    local = at.astimezone(zone)
    same = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same else f"{short(local.date())} {local:%H:%M}"
