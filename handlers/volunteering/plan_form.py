"""The form of an activity: what was typed, what is wrong with it, and the plan once nothing is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from bot.i18n import _
from handlers.profile.service import OCCUPATIONS
from handlers.volunteering import spots
from handlers.volunteering.repeating import MOST_WEEKS
from handlers.volunteering.slots import Plan, Slot
from handlers.volunteering.times import LONGEST
from handlers.volunteering.wording import yuan

FURTHEST = timedelta(days=90)
LENGTHS = {"title": 30, "task": 300, "place": 100, "insurance": 100, "contact": 60, "spot": 500}
MOST_PEOPLE, MOST_POINTS, MOST_YUAN = 500, 100, 500
OPTIONAL = ("insurance", "spot")


@dataclass(slots=True)
class PlanForm:
    """`values`: as typed, by field; `errors`: one sentence a field; `plan`: None while there are errors."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    weeks: int = 1

    @property
    def mark(self) -> str:
        """When and for whom it is: what was shown to whom publishes counts for this only."""
        names = ("day", "start", "end", "region", "weeks", *(f"for-{one}" for one in OCCUPATIONS))
        return " ".join(self.values.get(name, "") or "-" for name in names)


def shown(slot: Slot, zone: ZoneInfo) -> dict[str, str]:
    """A slot as the values of the form."""
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    values = {name: getattr(slot, name) for name in ("title", "task", "place", "insurance", "contact", "region")}
    values |= {"day": f"{start:%Y-%m-%d}", "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    values |= {"capacity": str(slot.capacity), "minimum": str(slot.minimum), "points": str(slot.points)}
    values |= {"allowance": yuan(slot.allowance), "spot": ""}
    if slot.latitude is not None and slot.longitude is not None:
        values["spot"] = f"geo:{slot.latitude:.6f},{slot.longitude:.6f}"
    return values | {f"for-{one}": "1" for one in slot.occupations}


def read(form: Mapping[str, str], now: datetime, zone: ZoneInfo, regions: set[str]) -> PlanForm:
    """A form as it was sent. Raises nothing: what is wrong stands in it."""
    values = {name: word.strip() for name, word in form.items() if name != "csrf"}
    made = PlanForm(values)
    found: dict[str, Any] = {name: _words(made, name) for name in LENGTHS if name != "spot"}
    found |= _times(made, now, zone)
    found["capacity"] = _number(made, "capacity", 1, MOST_PEOPLE)
    found["minimum"] = _number(made, "minimum", 0, MOST_PEOPLE)
    found["points"] = _number(made, "points", 0, MOST_POINTS)
    found["allowance"] = _fen(made)
    found["latitude"], found["longitude"] = _spot(made)
    found["region"] = values.get("region", "") if values.get("region", "") in regions else ""
    found["occupations"] = tuple(one for one in OCCUPATIONS if values.get(f"for-{one}"))
    made.weeks = _number(made, "weeks", 1, MOST_WEEKS) if values.get("weeks") else 1
    if not made.errors and found["minimum"] > found["capacity"]:
        made.errors["minimum"] = _("The minimum is above the number of places.")
    if not made.errors:
        made.plan = Plan(**found)
    return made


def _words(made: PlanForm, name: str) -> str:
    words = made.values.get(name, "")
    if not words and name not in OPTIONAL:
        made.errors[name] = _("Please fill this in.")
    if len(words) > LENGTHS[name]:
        made.errors[name] = _("That is too long: at most {longest} characters.").format(longest=LENGTHS[name])
    return words


def _read_as(made: PlanForm, name: str, reader: Callable[[str], Any], hint: str) -> Any:
    try:
        return reader(made.values.get(name, ""))
    except (ValueError, InvalidOperation):
        made.errors[name] = hint
        return None


def _times(made: PlanForm, now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    day = _read_as(made, "day", date.fromisoformat, _("Please give a day, like 2026-03-05."))
    begin = _read_as(made, "start", _clock, _("Please give a time, like 14:30."))
    finish = _read_as(made, "end", _clock, _("Please give a time, like 14:30."))
    if day is None or begin is None or finish is None:
        return {}
    today = now.astimezone(zone).date()
    if not today <= day <= today + FURTHEST:
        made.errors["day"] = _("Please give a day from today on, at most 90 days ahead.")
        return {}
    start, end = datetime.combine(day, begin, zone), datetime.combine(day, finish, zone)
    if not timedelta() < end - start <= timedelta(minutes=LONGEST):
        made.errors["end"] = _("The end must come after the beginning, on the same day, within 12 hours.")
    elif start <= now:
        made.errors["start"] = _("That time is over already.")
    return {"starts_at": start, "ends_at": end}


def _clock(words: str) -> time:
    return time.fromisoformat(words).replace(second=0, microsecond=0, tzinfo=None)


def _number(made: PlanForm, name: str, least: int, most: int) -> int:
    words = made.values.get(name, "") or ("0" if least == 0 else "")
    if words.isascii() and words.isdigit() and len(words) < 6 and least <= int(words) <= most:
        return int(words)
    made.errors[name] = _("Please send a number from {least} to {most}.").format(least=least, most=most)
    return least


def _fen(made: PlanForm) -> int:
    hint = _("Please give an amount from 0 to {most} yuan, like 20 or 12.5.").format(most=MOST_YUAN)
    words = made.values.get("allowance", "") or "0"
    amount = _read_as(made, "allowance", lambda _typed: Decimal(words), hint)
    if amount is None:
        return 0
    if not amount.is_finite() or not 0 <= amount <= MOST_YUAN or amount * 100 != int(amount * 100):
        made.errors["allowance"] = hint
        return 0
    return int(amount * 100)


def _spot(made: PlanForm) -> tuple[float | None, float | None]:
    words = made.values.get("spot", "")
    if not words:
        return None, None
    try:
        return spots.read(words[: LENGTHS["spot"]])
    except spots.NoSpot:
        made.errors["spot"] = _("I see no coordinates in it. Copy them from the map, like 31.779,119.974.")
        return None, None
