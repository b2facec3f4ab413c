"""The kinds of question: how an answer is understood, spotted in free text, kept as JSON and given back typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from bot.i18n import N_, _
from bot.messages import Incoming
from bot.understand import NotUnderstood, dates, money, numbers, phone, place
from bot.understand import choice as choices
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

SKIP_WORDS = frozenset(map(normalise, ("跳过", "没有", "不知道", "skip", "none", "不填")))


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a question: `value` is kept, `label` shown, `aliases` understood as well."""

    value: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where: words as given, a GB/T 2260 code where one is known, degrees where a location was sent."""

    text: str
    code: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What all kinds share. `label` names the answer in summaries and for "change one"; `ahead` lets it be filled
    from the words the dialogue began with; `asides` lets a question typed instead of an answer be answered first."""

    key: str
    text: str
    label: str = ""
    optional: bool = False
    ahead: bool = False
    asides: bool = True
    options: tuple[Choice, ...] = ()
    need: str = N_("Please answer in a few words.")

    def understand(self, said: Incoming) -> Any:
        """The answer as JSON; raises `NotUnderstood`."""
        if self.optional and normalise(said.text) in SKIP_WORDS:
            return None
        if self.asides and looks_like_question(said.text):
            raise NotUnderstood("question")
        return self.parse(said)

    def tapped(self, value: str) -> Any:
        """The answer when one of the shown options was tapped; raises `NotUnderstood`."""
        if self.optional and value == "skip":
            return None
        if any(option.value == value for option in self.options):
            return value
        raise NotUnderstood("unknown")

    def parse(self, said: Incoming) -> Any:
        """The answer from what was said, as JSON."""
        raise NotImplementedError

    def find(self, text: str) -> Any:
        """The answer spotted in free text, as JSON; None when it is not there."""
        return None

    def load(self, kept: Any) -> Any:
        """The kept JSON as the value a dialogue works with."""
        return kept

    def hint(self, code: str) -> str:
        """One line: what the answer must be."""
        return _(self.need)

    def shown(self) -> tuple[Choice, ...]:
        """What can be tapped."""
        return (*self.options, Choice("skip", _("Skip"))) if self.optional else self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose(Question):
    """One of the options; with `other`, words of one's own as well (kept as "=words")."""

    other: bool = False
    need: str = N_("Please tap one, or send its number.")

    def parse(self, said: Incoming) -> Any:
        try:
            return choices.parse(said.text, [(one.value, one.label, one.aliases) for one in self.shown()])
        except NotUnderstood:
            words = said.text.strip()
            if self.other and words and len(words) <= 40 and not words.isdigit():
                return f"={words}"
            raise

    def tapped(self, value: str) -> Any:
        return Question.tapped(self, value)

    def find(self, text: str) -> Any:
        found = choices.find(text, [(one.value, one.label, one.aliases) for one in self.options])
        return found.value if found else None

    def hint(self, code: str) -> str:
        if code == "ambiguous":
            return _("More than one fits. Please send its number.")
        return _(self.need)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Question):
    """Words of one's own, up to `longest` characters."""

    longest: int = 500
    shortest: int = 1

    def parse(self, said: Incoming) -> Any:
        words = said.text.strip()
        if len(words) < self.shortest:
            raise NotUnderstood("empty")
        if len(words) > self.longest:
            raise NotUnderstood("long")
        return words

    def hint(self, code: str) -> str:
        if code == "long":
            return _("That is too long: at most {most} characters.").format(most=self.longest)
        return _("Please write it in words.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Question):
    """A number from `least` to `most`."""

    least: Decimal = Decimal(0)
    most: Decimal = Decimal(1_000_000)

    def parse(self, said: Incoming) -> Any:
        value = numbers.parse(said.text)
        if not self.least <= value <= self.most:
            raise NotUnderstood("range")
        return str(value)

    def load(self, kept: Any) -> Any:
        return Decimal(kept) if isinstance(kept, str) and _is_number(kept) else kept

    def hint(self, code: str) -> str:
        return _("Please send a number from {least} to {most}.").format(least=self.least, most=self.most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Money(Number):
    """Yuan, as Decimal."""

    most: Decimal = Decimal(10_000_000)

    def parse(self, said: Incoming) -> Any:
        value = money.parse(said.text)
        if not self.least <= value <= self.most:
            raise NotUnderstood("range")
        return str(value)

    def find(self, text: str) -> Any:
        found = money.find(text)
        return str(found.value) if found else None

    def hint(self, code: str) -> str:
        if code == "currency":
            return _("Please give the amount in yuan.")
        if code == "ambiguous":
            return _("I see more than one amount. Which one?")
        return _("Please send an amount in yuan, like 200 or 35.5.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Date(Question):
    """A day, not after `latest`."""

    today: date
    latest: date | None = None
    earliest: date | None = None

    def parse(self, said: Incoming) -> Any:
        return self._checked(self._read(dates.parse, said.text)).isoformat()

    def tapped(self, value: str) -> Any:
        if self.optional and value == "skip":
            return None
        return self._checked(date.fromisoformat(value)).isoformat()

    def find(self, text: str) -> Any:
        found = self._read(dates.find, text)
        return found.value.isoformat() if found else None

    def load(self, kept: Any) -> Any:
        return date.fromisoformat(kept) if isinstance(kept, str) else kept

    def _read(self, reader: Callable[..., Any], text: str) -> Any:
        return reader(text, self.today, latest=self.latest, earliest=self.earliest)

    def _checked(self, day: date) -> date:
        if self.latest is not None and day > self.latest:
            raise NotUnderstood("future")
        if self.earliest is not None and day < self.earliest:
            raise NotUnderstood("past")
        return day

    def hint(self, code: str) -> str:
        if code == "future":
            return _("That day has not come yet. Which day was it?")
        if code == "past":
            return _("That is too long ago. Please check the year.")
        if code == "imprecise":
            return _("Please say the day, like 3月5号; about right will do.")
        return _("Please send a date, like 昨天, 上周五 or 3月5号.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Question):
    """A place: words, or a location. `known` turns words into [(code, name)], best first."""

    known: Callable[[str], Sequence[tuple[str, str]]] | None = None
    spot: Callable[[str], tuple[str, str] | None] | None = None

    def understand(self, said: Incoming) -> Any:
        if said.location is not None:
            return self._located(said)
        return Question.understand(self, said)

    def parse(self, said: Incoming) -> Any:
        words = place.parse(said.text)
        codes = self.known(words) if self.known else ()
        return {"text": words, "code": codes[0][0] if codes else ""}

    def find(self, text: str) -> Any:
        found = self.spot(text) if self.spot else None
        return {"text": found[1], "code": found[0]} if found else None

    def load(self, kept: Any) -> Any:
        return Place(**kept) if isinstance(kept, dict) else kept

    def _located(self, said: Incoming) -> Any:
        spot = said.location
        assert spot is not None
        words = spot.label or _("the place on the map")
        codes = self.known(words) if self.known and spot.label else ()
        code = codes[0][0] if codes else ""
        return {"text": words, "code": code, "latitude": spot.latitude, "longitude": spot.longitude}

    def hint(self, code: str) -> str:
        return _("Please send the district or street, or a location.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Question):
    """A phone number in mainland China."""

    def parse(self, said: Incoming) -> Any:
        return phone.parse(said.text)

    def hint(self, code: str) -> str:
        return _("That is no phone number. Please send 11 digits.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos(Question):
    """Up to `most` pictures, one message or several; kept as media ids."""

    most: int = 9
    finish: frozenset[str] = field(
        default=frozenset(
            map(normalise, ("好了", "完了", "没了", "发完了", "完成", "就这些", "done", "that's all", "ok"))
        )
    )

    def hint(self, code: str) -> str:
        return _("Please send pictures, or reply “{skip}”.").format(skip=_("Skip"))


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit()
