"""The desk's form of a broadcast: what it shows, and the plan it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.i18n import LANGUAGES, _
from bot.store.unit import Unit
from handlers.broadcasts import targets
from handlers.broadcasts.record import Plan
from handlers.broadcasts.rules import Rules
from handlers.broadcasts.segments import Segment
from handlers.broadcasts.words import Button, Words
from handlers.policy.service import ReadingRoom
from handlers.profile.service import OCCUPATIONS, TOPICS
from handlers.regions.service import Regions

LONGEST_TITLE = 30
MOST_DAYS = 365
Form = Mapping[str, str]


class BadFormError(ValueError):
    """Something in the form can't be used; the text says what, in the language in force."""


@dataclass(frozen=True, slots=True)
class Forming:
    """What a form is read with."""

    rules: Rules
    regions: Regions
    room: ReadingRoom

    async def plan(self, unit: Unit, form: Form, picture: int | None = None) -> Plan:
        """The plan of a filled form. Raises `BadFormError`."""
        longest = self.rules.longest_text
        buttons = [await self._button(unit, form, number) for number in range(self.rules.most_buttons)]
        words = Words(
            _words(form, "text", longest, _("Text")),
            _words(form, "english", longest, _("English text"), needed=False),
            tuple(one for one in buttons if one is not None),
        )
        topic = form.get("topic", "")
        if topic not in TOPICS:
            raise BadFormError(_("Please choose what it is about."))
        title = _words(form, "title", LONGEST_TITLE, _("Title"))
        return Plan(title=title, words=words, topic=topic, segment=self._segment(form), picture=picture)

    def _segment(self, form: Form) -> Segment:
        language = form.get("language", "")
        return Segment(
            occupations=tuple(one for one in OCCUPATIONS if form.get(f"occupation_{one}")),
            region=self._region(form.get("region", "").strip()),
            language=language if language in LANGUAGES else "",
            volunteered=bool(form.get("volunteered")),
            contacted_days=_number(form.get("contacted_days", ""), MOST_DAYS),
            skip_dialogue=bool(form.get("skip_dialogue")),
        )

    def _region(self, words: str) -> str:
        if not words:
            return ""
        found = self.regions.find(words)
        if not found:
            raise BadFormError(_("I know no place called “{words}”.").format(words=words[:40]))
        return found[0].code

    async def _button(self, unit: Unit, form: Form, number: int) -> Button | None:
        name = form.get(f"way_{number}", "")
        if name not in targets.BY_NAME:
            return None
        which = form.get(f"{name}_{number}", "").strip() if targets.BY_NAME[name].takes else ""
        if not await targets.is_there(unit, self.room, name, which):
            raise BadFormError(_("Button {number}: please choose where it leads.").format(number=number + 1))
        longest = self.rules.longest_label
        label = _words(form, f"label_{number}", longest, _("Words on the button"), needed=False)
        return Button(label or targets.label(name), targets.target(name, which))


def _words(form: Form, name: str, longest: int, called: str, *, needed: bool = True) -> str:
    words = form.get(name, "").strip()
    if needed and not words:
        raise BadFormError(_("{field}: please write something.").format(field=called))
    if len(words) > longest:
        text = _("{field}: at most {most} characters, these are {count}.")
        raise BadFormError(text.format(field=called, most=longest, count=len(words)))
    return words


def _number(words: str, most: int) -> int:
    words = words.strip() or "0"
    if not words.isascii() or not words.isdigit() or len(words) > 4 or int(words) > most:
        raise BadFormError(_("Days: a number from 0 to {most}.").format(most=most))
    return int(words)


def shown(plan: Plan, regions: Regions, most_buttons: int) -> dict[str, str]:
    """A plan as the fields of the form."""
    one = plan.segment
    fields = {
        "title": plan.title,
        "picture": "1" if plan.picture else "",
        "text": plan.words.text,
        "english": plan.words.english,
        "topic": plan.topic,
        "region": regions.region(one.region).name if one.region else "",
        "language": one.language,
        "volunteered": "1" if one.volunteered else "",
        "contacted_days": str(one.contacted_days),
        "skip_dialogue": "1" if one.skip_dialogue else "",
        **{f"occupation_{name}": "1" for name in one.occupations},
    }
    for number, button in enumerate(plan.words.buttons[:most_buttons]):
        name, which = targets.read(button.target)
        fields |= {f"label_{number}": button.label, f"way_{number}": name, f"{name}_{number}": which}
    return fields


def when(form: Form, now: datetime, zone: ZoneInfo, furthest_days: int) -> datetime | None:
    """The time a form hands a broadcast in for; None for at once. Raises `BadFormError`."""
    if form.get("when") != "later":
        return None
    try:
        day, clock = date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("time", ""))
        at = datetime.combine(day, clock.replace(tzinfo=None), zone)
        ahead = at - now
    except (ValueError, OverflowError):
        raise BadFormError(_("Please choose a day and a time.")) from None
    if ahead <= timedelta(0):
        raise BadFormError(_("That time is over already. When shall it go out?"))
    if ahead > timedelta(days=furthest_days):
        raise BadFormError(_("That is too far off: at most {days} days ahead.").format(days=furthest_days))
    return at
