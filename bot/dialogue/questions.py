"""The kinds of question: how an answer is understood, spotted in free text, kept as JSON and given back typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from bot.i18n import N_, _
from bot.messages import Incoming
from bot.understand import NotUnderstood, dates, money, numbers, phone, place, yes_no
from bot.understand import choice as choices
from bot.understand.nothing import is_skip, no_pictures
from bot.understand.question import looks_like_question
from bot.understand.words import bare

FINISHED = frozenset(
    (
        "好了",
        "好",
        "好的",
        "完了",
        "没了",
        "发完了",
        "发好了",
        "完成",
        "就这些",
        "就这几张",
        "够了",
        "行了",
        "可以了",
        "提交",
        "done",
        "ok",
        "that's all",
    )
)  # fmt: skip  (no more pictures)


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
    from the words the dialogue began with; `asides` lets a question typed instead of an answer be answered first;
    `named` (by kind) and `called` are what people call the answer, to change it: 地址错了."""

    named: ClassVar[tuple[str, ...]] = ()

    key: str
    text: str
    label: str = ""
    optional: bool = False
    ahead: bool = False
    asides: bool = True
    called: tuple[str, ...] = ()
    options: tuple[Choice, ...] = ()
    need: str = N_("Please answer in a few words.")

    def understand(self, said: Incoming) -> Any:
        """The answer as JSON; raises `NotUnderstood`."""
        if self.optional and is_skip(said.text):
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

    def correction(self, words: str) -> Any:
        """The answer in what is left of "金额不对 是600" without the words for changing; None when that is none."""
        return self.parse(Incoming("", "", "", datetime.min.replace(tzinfo=UTC), text=words))

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
        except NotUnderstood as error:
            words = said.text.strip()
            if self.other and error.code != "range" and _is_name(words):
                return f"={words}"
            raise

    def tapped(self, value: str) -> Any:
        return Question.tapped(self, value)

    def correction(self, words: str) -> Any:
        """One of the options only."""
        return choices.parse(words, [(one.value, one.label, one.aliases) for one in self.options])

    def find(self, text: str) -> Any:
        found = choices.find(text, [(one.value, one.label, one.aliases) for one in self.options])
        return found.value if found else None

    def hint(self, code: str) -> str:
        if code == "ambiguous":
            return _("More than one fits. Please send its number.")
        return _(self.need)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Question):
    """Words of one's own, up to `longest` characters; that there is nothing to say counts only where it may."""

    longest: int = 500
    shortest: int = 1

    def parse(self, said: Incoming) -> Any:
        words = said.text.strip()
        if is_skip(words):
            raise NotUnderstood("needed")
        if len(words) < self.shortest:
            raise NotUnderstood("empty")
        if len(words) > self.longest:
            raise NotUnderstood("long")
        return words

    def correction(self, words: str) -> Any:
        """What to write instead is asked."""
        return None

    def hint(self, code: str) -> str:
        if code == "long":
            return _("That is too long: at most {most} characters.").format(most=self.longest)
        if code == "needed":
            return _("This one can't be skipped; a few words are enough.")
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

    named: ClassVar[tuple[str, ...]] = ("金额", "数额", "钱数", "多少钱", "钱", "amount")

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

    named: ClassVar[tuple[str, ...]] = ("日期", "时间", "日子", "哪天", "date", "day")

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
        if code == "ambiguous":
            return _("You named more than one day. Which one?")
        if code == "imprecise":
            return _("Please say the day, like 3月5号; about right will do.")
        return _("Please send a date, like 昨天, 上周五 or 3月5号.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where(Question):
    """A place: words, or a location. `known` turns words into [(code, name)], best first."""

    named: ClassVar[tuple[str, ...]] = ("地址", "地点", "位置", "地方", "哪个区", "区域", "place", "address")

    known: Callable[[str], Sequence[tuple[str, str]]] | None = None
    spot: Callable[[str], tuple[str, str] | None] | None = None
    strict: bool = False  # only a place that is known will do

    def understand(self, said: Incoming) -> Any:
        if said.location is not None:
            return self._located(said)
        return Question.understand(self, said)

    def parse(self, said: Incoming) -> Any:
        words = place.parse(said.text)
        codes = self.known(words) if self.known else ()
        if self.strict and not codes:
            raise NotUnderstood("none")
        return {"text": words, "code": codes[0][0] if codes else ""}

    def correction(self, words: str) -> Any:
        """Only a place that is known: other words may be anything."""
        return (
            self.parse(Incoming("", "", "", datetime.min.replace(tzinfo=UTC), text=words))
            if self.known and self.known(words)
            else None
        )

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
        if self.strict and not codes:
            raise NotUnderstood("none")
        code = codes[0][0] if codes else ""
        return {"text": words, "code": code, "latitude": spot.latitude, "longitude": spot.longitude}

    def hint(self, code: str) -> str:
        return _("I can't make out the place. A district or a street is enough.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone(Question):
    """A phone number in mainland China."""

    named: ClassVar[tuple[str, ...]] = ("电话", "手机", "号码", "phone", "number")

    def parse(self, said: Incoming) -> Any:
        return phone.parse(said.text)

    def hint(self, code: str) -> str:
        return _("That is no phone number. Please send 11 digits.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos(Question):
    """Up to `most` pictures, one message or several; kept as media ids. `begun`: some are there already."""

    named: ClassVar[tuple[str, ...]] = ("图片", "截图", "照片", "图", "pictures", "photos")
    most: int = 9
    begun: bool = False
    finish: frozenset[str] = FINISHED

    def shown(self) -> tuple[Choice, ...]:
        """Done where there are some, else skip."""
        return (Choice("done", _("Done")),) if self.begun else (Choice("skip", _("Skip")),)

    def ends(self, text: str) -> bool:
        """True for words that say that no more pictures come."""
        words = bare(text)
        return words in self.finish or no_pictures(text)

    def correction(self, words: str) -> Any:
        """Pictures are no words."""
        return None

    def hint(self, code: str) -> str:
        return _("Please send pictures, or reply “{skip}”.").format(skip=_("Done") if self.begun else _("Skip"))


def _is_name(words: str) -> bool:
    """True for words that may name something: 👌, 12 and 不同意 don't."""
    if len(words) > 40 or not any(map(str.isalnum, words)) or words.isdigit():
        return False
    try:
        yes_no.parse(words)
    except NotUnderstood:
        return True
    return False


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("-", "", 1).isdigit()
