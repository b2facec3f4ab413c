"""A slot as a calendar file, for the phone's own calendar."""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.volunteering.slots import Slot


def calendar_file(slot: Slot, now: datetime) -> bytes:
    """An .ics with the slot and an alarm an hour before; one called off says so. The contact is not in it."""
    from icalendar import Alarm, Calendar, Event

    event = Event()
    event.add("uid", f"{slot.id}@yizhan")
    event.add("dtstamp", now)
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", slot.title)
    event.add("location", slot.place)
    event.add("description", slot.task)
    event.add("status", "CONFIRMED" if slot.status == "open" else "CANCELLED")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(hours=-1))
    alarm.add("description", slot.title)
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//yizhan//volunteering//")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
