"""Questions of the 群发 dialogue that have kinds of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.dialogue.questions import Question, Text
from bot.i18n import N_, _
from bot.messages import Incoming
from bot.patterns import pattern
from bot.understand import NotUnderstood, choice, dates, numbers
from bot.understand.words import normalise

_CLOCK = pattern(
    r"(?P<part>上午|早上|早|中午|下午|傍晚|晚上|晚)?\s?(?P<hour>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})"
    r"(?:\s?:\s?(?P<minute>[0-9]{2})|\s?[点时](?:整|钟)?(?P<half>半|[0-9]{1,2}分?)?)"
)
_LATE = {"中午", "下午", "傍晚", "晚上", "晚"}
NOW = frozenset(map(normalise, ("现在", "马上", "立刻", "立即", "now", "at once")))


def clock_in(text: str) -> tuple[time, str]:
    """(a time of day, the rest of the words). Raises `NotUnderstood`."""
    found = _CLOCK.search(text)
    if found is None:
        raise NotUnderstood("clock")
    hour = int(numbers.evaluate(found["hour"]) or 0)
    half = found["half"] or ""
    minute = int(found["minute"]) if found["minute"] else 30 if half == "半" else int(half.rstrip("分") or 0)
    if hour < 12 and found["part"] in _LATE and not (found["part"] == "中午" and hour > 9):
        hour += 12
    if hour > 23 or minute > 59:
        raise NotUnderstood("clock")
    return time(hour, minute), text[: found.start()] + " " + text[found.end() :]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOr(Text):
    """Words of one's own, or one of the options, which may be answered by number as well; kept as its value."""

    def parse(self, said: Incoming) -> Any:
        try:
            return choice.parse(said.text, [(one.value, one.label, one.aliases) for one in self.options])
        except NotUnderstood:
            return Text.parse(self, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment(Question):
    """A day and a time to come, where the service stands; now is "". Kept as an ISO text."""

    now: datetime
    zone: ZoneInfo
    furthest: timedelta
    need: str = N_("Please send a day and a time, like 明天 10:00, or “now”.")

    def parse(self, said: Incoming) -> Any:
        words = normalise(said.text)
        if words in NOW:
            return ""
        clock, rest = clock_in(words)
        return self.checked(datetime.combine(self._day(rest, clock), clock, self.zone))

    def tapped(self, value: str) -> Any:
        return self.checked(datetime.fromisoformat(value)) if value else ""

    def load(self, kept: Any) -> datetime | None:
        return datetime.fromisoformat(kept) if kept else None

    def checked(self, at: datetime) -> str:
        """As it is kept. Raises `NotUnderstood`: past, future."""
        if at <= self.now:
            raise NotUnderstood("past")
        if at > self.now + self.furthest:
            raise NotUnderstood("future")
        return at.isoformat()

    def _day(self, rest: str, clock: time) -> date:
        """The day that is named; without one the next on which it is that time."""
        local = self.now.astimezone(self.zone)
        if rest.strip(" ,，。的在"):
            return dates.parse(rest, local.date(), earliest=local.date())
        return local.date() + timedelta(days=clock <= local.time())

    def hint(self, code: str) -> str:
        if code == "past":
            return _("That time is over already. When shall it go out?")
        if code == "future":
            return _("That is too far off: at most {days} days ahead.").format(days=self.furthest.days)
        return _(self.need)
