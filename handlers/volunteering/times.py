"""From when till when, as people type it: 14:30-16:00  下午2点半到4点  14点 1.5小时  2pm-4pm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from bot.dialogue import Choice
from bot.dialogue.questions import Date, Question
from bot.i18n import N_, _
from bot.messages import Incoming
from bot.patterns import pattern
from bot.understand import NotUnderstood, numbers
from bot.understand.words import normalise

_NUMBER = r"[0-9]{1,2}|[零一二两三四五六七八九十]{1,3}"
_CLOCK = pattern(
    rf"(?P<part>上午|早上|早|中午|下午|傍晚|晚上|晚)?\s?(?P<hour>{_NUMBER})"
    rf"(?:\s?:\s?(?P<minute>[0-9]{{2}})|\s?[点时](?!间)(?:钟|整)?(?P<half>半|一刻|三刻|(?:{_NUMBER})分?)?)?"
    r"\s?(?P<half_day>[ap]\.?m\.?)?"
)
_LENGTH = pattern(
    r"(?P<count>[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十]+|半)\s?个?(?P<more>半)?\s?(?P<unit>小时|钟头|分钟|hours?|h|minutes?|min)"
)
_AFTERNOON = {"中午", "下午", "傍晚", "晚上", "晚"}
_JOINT = pattern(r"[-–—−~～至到]| to ")
DAYTIME = 7  # without 上午 or 下午, an hour before this is one of the afternoon
LONGEST = 12 * 60  # minutes


def parse(text: str) -> tuple[time, time]:
    """(begin, end) on one day. Raises NotUnderstood: none, order (the end is not after the beginning)."""
    plain = normalise(text)
    length = _LENGTH.search(plain)
    rest = plain.replace(length[0], " ") if length else plain
    parts = [match for match in (_clock(part) for part in _JOINT.split(rest)) if match is not None]
    if length and len(parts) == 1:
        begin = _minutes(parts[0], 0)
        end = begin + _length(length)
    elif len(parts) == 2 and not length:
        begin = _minutes(parts[0], 0)
        end = _minutes(parts[1], begin)
    else:
        raise NotUnderstood("none")
    if not begin < end < 24 * 60 or end - begin > LONGEST:
        raise NotUnderstood("order")
    return time(*divmod(begin, 60)), time(*divmod(end, 60))


def _clock(part: str) -> re.Match[str] | None:
    found = _CLOCK.fullmatch(part.strip(" ,，。.从at"))
    told = found and any(found[name] for name in ("minute", "half", "half_day", "part"))
    return found if found and (told or found[0].strip().isdigit() or re.search("[点时]", found[0])) else None


def _minutes(match: re.Match[str], after: int) -> int:
    """Minutes since midnight; what is not said to be morning and would lie before `after` is of the afternoon."""
    hour = int(numbers.evaluate(match["hour"]) or 0)
    minute = int(match["minute"]) if match["minute"] else _part_of_hour(match["half"] or "")
    if hour > 23 or minute > 59:
        raise NotUnderstood("none")
    afternoon = match["part"] in _AFTERNOON or (match["half_day"] or "").startswith("p")
    morning = match["part"] in {"上午", "早上", "早"} or (match["half_day"] or "").startswith("a")
    guessed = not morning and (hour < DAYTIME or hour * 60 + minute <= after) and not _written_out(match)
    if hour < 12 and (afternoon or guessed):
        hour += 12
    return hour * 60 + minute


def _written_out(match: re.Match[str]) -> bool:
    return len(match["hour"]) == 2 and match["hour"].startswith("0")


def _part_of_hour(words: str) -> int:
    named = {"": 0, "半": 30, "一刻": 15, "三刻": 45}
    return named[words] if words in named else int(numbers.evaluate(words.rstrip("分")) or 0)


def _length(match: re.Match[str]) -> int:
    count = Decimal("0.5") if match["count"] == "半" else numbers.evaluate(match["count"]) or Decimal(0)
    count += Decimal("0.5") if match["more"] else 0
    return int(count * (1 if match["unit"].startswith(("分", "min")) else 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours(Question):
    """From when till when; kept as ["14:30", "16:00"]."""

    need: str = N_("Please send from when till when, like 14:30-16:00.")

    def parse(self, said: Incoming) -> Any:
        return [f"{moment:%H:%M}" for moment in parse(said.text)]

    def correction(self, words: str) -> Any:
        """时间改成下午3点到4点, of which the words around are gone: 下午3点 4点."""
        return [f"{moment:%H:%M}" for moment in parse("-".join(words.split()))]

    def load(self, kept: Any) -> tuple[time, time]:
        begin, end = (time.fromisoformat(moment) for moment in kept)
        return begin, end

    def hint(self, code: str) -> str:
        if code == "order":
            return _("The end must come after the beginning, on the same day, within 12 hours.")
        return _(self.need)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayAhead(Date):
    """A day from today on."""

    def hint(self, code: str) -> str:
        if code == "past":
            return _("That day is over. Which day from today on?")
        if code == "future":
            return _("That is too far off: at most 90 days ahead.")
        return _("Please send a day, like 明天, 周三 or 12月3号.")


def day_ahead(key: str, text: str, today: date, label: str) -> DayAhead:
    """The question for a day within the next ninety."""
    options = tuple(
        Choice((today + timedelta(days=shift)).isoformat(), name)
        for shift, name in enumerate((_("Today"), _("Tomorrow"), _("The day after")))
    )
    return DayAhead(
        key=key,
        text=text,
        label=label,
        today=today,
        earliest=today,
        latest=today + timedelta(days=90),
        options=options,
        ahead=True,
    )
