"""The kinds of question that only insurance asks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.dialogue.questions import Choose, Date, Number, Question
from bot.i18n import N_, _
from bot.messages import Incoming
from bot.understand import NotUnderstood, money, numbers, place
from bot.understand import choice as choices
from bot.understand.question import looks_like_question
from bot.understand.words import normalise
from handlers.insurance.chat import birth, paid

_HERE = re.compile(r"^(?:就?在?(?:这里?|本地|当地|这边)|本地(?:的|户口|人)?|(?:都)?(?:一样|相同)|同上?|same|here)$")
_DONT_KNOW = re.compile(r"不(?:太)?(?:知道|清楚|确定|晓得|懂)|说不清|don'?t know|not sure|no idea")


class AnswerFirst:
    """Reads an answer as one before it is taken for a question: 大概5年吧？ is an answer."""

    __slots__ = ()

    def understand(self, said: Incoming) -> Any:
        """The answer as JSON; raises `NotUnderstood`, with code "question" for what is one."""
        try:
            return self.parse(said)
        except NotUnderstood:
            if looks_like_question(said.text):
                raise NotUnderstood("question") from None
            raise

    def parse(self, said: Incoming) -> Any:
        """The answer from what was said, as JSON."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotted(Choose):
    """One of the options, spotted in free text by its own signs; 不知道 counts as `unknown` where that is offered."""

    clue: Callable[[str], str | None] = lambda _text: None
    unknown: str = ""

    def understand(self, said: Incoming) -> Any:
        if self.unknown and _DONT_KNOW.search(normalise(said.text)):
            return self.unknown
        return Choose.understand(self, said)

    def parse(self, said: Incoming) -> Any:
        try:
            return Choose.parse(self, said)
        except NotUnderstood:
            found = self.find(said.text)
            if found is None:
                raise
            return found

    def find(self, text: str) -> Any:
        found = self.clue(text)
        return found if any(option.value == found for option in self.options) else None


_BIRTH_HINTS: Mapping[str, str] = {
    "none": N_("Please send year and month, like 1982-03."),
    "age": N_("I need the year and month, not the age. Like 1982-03."),
    "month": N_("A year has months 1 to 12. Like 1982-03."),
    "future": N_("That month has not come yet. Please check the year."),
    "past": N_("That is too long ago. Please check the year."),
}


def _option(question: Question, text: str) -> str | None:
    """The value of the option that words mean; a bare number is none, it may be an answer of its own."""
    if not question.options or normalise(text).isdigit():
        return None
    try:
        return choices.parse(text, [(one.value, one.label, one.aliases) for one in question.options])
    except NotUnderstood:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day(Date):
    """A day, or one of the options by its number."""

    def parse(self, said: Incoming) -> Any:
        if normalise(said.text).isdigit():
            return choices.parse(said.text, [(one.value, one.label, one.aliases) for one in self.options])
        return Date.parse(self, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthMonth(AnswerFirst, Question):
    """The year and month of birth; kept as "1982-03", or "1982" when no month was told."""

    today: date

    def parse(self, said: Incoming) -> Any:
        return str(birth.parse(said.text, self.today))

    def find(self, text: str) -> Any:
        found = birth.find(text, self.today)
        return str(found) if found else None

    def hint(self, code: str) -> str:
        return _(_BIRTH_HINTS.get(code, _BIRTH_HINTS["none"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfYear(AnswerFirst, Number):
    """1 to 12, or one of the options."""

    def parse(self, said: Incoming) -> Any:
        if (meant := _option(self, said.text)) is not None:
            return meant
        value = numbers.parse(said.text.replace("月", ""))
        if not self.least <= value <= self.most or value % 1:
            raise NotUnderstood("range")
        return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidMonths(AnswerFirst, Number):
    """Months paid so far, kept as text; or one of the options."""

    def parse(self, said: Incoming) -> Any:
        if (meant := _option(self, said.text)) is not None:
            return meant
        months = paid.parse(said.text)
        if isinstance(months, int) and months > self.most:
            raise NotUnderstood("age")
        return str(months)

    def find(self, text: str) -> Any:
        months = paid.find(text)
        return str(months) if months is not None and months <= self.most else None

    def hint(self, code: str) -> str:
        if code == "age":
            return _("That is longer than you can have paid at your age. Please check.")
        return _("Please send years and months, like 5年3个月. About right will do.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Yuan(AnswerFirst, Number):
    """An amount in yuan, or one of the options."""

    spot: Callable[[str], str | None] = lambda _text: None

    def parse(self, said: Incoming) -> Any:
        if (meant := _option(self, said.text)) is not None:
            return meant
        value = money.parse(said.text)
        if not self.least <= value <= self.most:
            raise NotUnderstood("range")
        return str(value)

    def find(self, text: str) -> Any:
        return self.spot(text)

    def hint(self, code: str) -> str:
        return _("Please send an amount in yuan, or skip.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Town(Question):
    """A region that we know, kept as its GB/T 2260 code; or one of the options."""

    known: Callable[[str], str | None]
    spot: Callable[[str], str | None] = lambda _text: None
    same: str = ""
    unknown: str = ""

    def understand(self, said: Incoming) -> Any:
        words = said.location.label if said.location is not None else said.text
        if said.location is not None and not words:
            raise NotUnderstood("map")
        plain = normalise(words)
        if self.same and _HERE.fullmatch(plain):
            return self.same
        if _DONT_KNOW.search(plain) and self.unknown:
            return self.unknown
        if (named := self._named(plain)) is not None:
            return named
        if plain.isdigit() and self.options:
            return choices.parse(plain, [(one.value, one.label, one.aliases) for one in self.options])
        # A place is looked for first: 常州吧? is one, though it ends like a question.
        code = self.known(words)
        return code if code else Question.understand(self, said)

    def _named(self, plain: str) -> str | None:
        names = ((one.value, (one.label, *one.aliases)) for one in self.options)
        return next((value for value, among in names if plain in map(normalise, among)), None)

    def parse(self, said: Incoming) -> Any:
        place.parse(said.text)
        raise NotUnderstood("nowhere")

    def find(self, text: str) -> Any:
        return self.spot(text)

    def hint(self, code: str) -> str:
        if code == "map":
            return _("I can't read a city from that pin. Please type it, like 常州.")
        return _("I don't know that place. Please send the city, like 常州.")
