"""The dates to keep, and as a calendar file with alarms."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.i18n import _
from handlers.insurance.chat.wording import basis, lines, local, month
from handlers.insurance.guide import Guide
from handlers.insurance.person import Person
from handlers.insurance.service import Insurance

AHEAD = 3  # months before a month of retirement at which the counter wants to know


@dataclass(frozen=True, slots=True)
class Reminder:
    """One day to be reminded, and why."""

    name: str
    day: date
    title: str
    text: str


def agenda(insurance: Insurance, person: Person, guide: Guide, today: date) -> list[Reminder]:
    """The days ahead, soonest first."""
    return sorted((one for one in _days(insurance, person, guide, today) if one.day >= today), key=lambda one: one.day)


def _days(insurance: Insurance, person: Person, guide: Guide, today: date) -> Iterator[Reminder]:
    open_ = {one.scheme: one for one in guide.options if one.eligible}
    if "employee_pension" in open_ and person.relation != "employee":
        text = lines(
            _("Mostly this year's pension must be paid this year; some places want it monthly."),
            basis(open_["employee_pension"].sources[:1]),
            local(),
        )
        for year in (today.year, today.year + 1):
            yield Reminder(f"pay-{year}", date(year, 12, 1), _("Pay this year's pension contributions"), text)
    if "resident_medical" in open_ and person.relation != "employee":
        text = lines(
            _("Next year's resident medical is mostly paid before the end of this year."),
            basis(open_["resident_medical"].sources[:1]),
            local(),
        )
        yield Reminder(f"medical-{today.year}", date(today.year, 12, 10), _("Resident medical for next year"), text)
    way = insurance.retirement(person.birth, person.track)
    titles = (
        ("earliest", way.earliest, _("In 3 months: your earliest retirement")),
        ("retirement", way.month, _("In 3 months: your retirement age")),
    )
    for name, at, title in titles:
        text = lines(
            _("That is {month}. Ask at the social insurance counter now.").format(month=month(at)),
            basis(way.sources[:2]),
        )
        yield Reminder(name, _first_of(at - AHEAD), title, text)


def calendar_file(reminders: list[Reminder], now: datetime, name: str) -> bytes:
    """An .ics with a day-long event and an alarm at nine in the morning for each."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//yizhan//insurance//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for one in reminders:
        event = Event()
        digest = hashlib.sha256(f"{one.name}{one.day}".encode()).hexdigest()[:16]
        event.add("uid", f"{one.name}-{digest}@yizhan")
        event.add("dtstamp", now)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + timedelta(days=1))
        event.add("summary", one.title)
        event.add("description", one.text)
        event.add("transp", "TRANSPARENT")
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.title)
        alarm.add("trigger", timedelta(hours=9))
        event.add_component(alarm)
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _first_of(running: int) -> date:
    year, rest = divmod(running, 12)
    return date(year, rest + 1, 1)
