"""Talk: a conversation written as one async function, run from the top for every message.

A question that has an answer returns it; the first that has none is asked, and the run stops there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from bot.dialogue import questions as kinds
from bot.dialogue.questions import Choice, Place, Question
from bot.dialogue.state import Draft, State
from bot.i18n import _
from bot.messages import Incoming, Media, Option, Reply
from bot.people import Person
from bot.understand import NotUnderstood
from bot.understand.question import looks_like_question
from bot.understand.words import normalise

if TYPE_CHECKING:
    from bot.dialogue.registry import Registry
    from bot.store.unit import Unit

T = TypeVar("T")

MOST_PICTURES = 9
CHANGE_SIGNS = ("改", "换", "不对", "错", "change", "wrong", "correct")


class Stop(Exception):
    """The run ends here: a question is open, or another dialogue takes over."""


class Rerun(Stop):
    """An answer was changed: run again from the top."""


class Cancelled(Stop):
    """The person does not want to go on."""


class Switch(Stop):
    """Go on in another dialogue."""

    def __init__(self, name: str, opening: str = "", **args: str) -> None:
        super().__init__(name)
        self.name = name
        self.opening = opening
        self.arguments = args


class Talk:
    """One message's view of a conversation: who, what was said, the store, and the questions."""

    def __init__(self, person: Person, said: Incoming, store: Unit, state: State, registry: Registry) -> None:
        self.person = person
        self.said = said
        self.store = store
        self.state = state
        self.registry = registry
        self.replies: list[Reply] = []
        self.pending: Incoming | None = said  # what was said, till a question takes it
        self.tap: str = ""  # the bare value of a tapped option that belongs to the open question

    # -- what a dialogue may look at

    @property
    def now(self) -> datetime:
        """The instant this message is handled at."""
        return self.store.now

    @property
    def today(self) -> date:
        """The person's own calendar day."""
        return self.now.astimezone(self.person.zone).date()

    @property
    def draft(self) -> Draft:
        """The dialogue under way."""
        draft = self.state.open
        if draft is None:
            raise RuntimeError("no dialogue is under way")
        return draft

    @property
    def args(self) -> dict[str, str]:
        """What the dialogue was started with (`go:name?key=value`)."""
        return self.draft.args

    @property
    def opening(self) -> str:
        """The free text that started the dialogue; empty when a word or a button did."""
        return self.draft.opening

    @property
    def memory(self) -> dict[str, Any]:
        """Small things a capability remembers between messages, outside any form."""
        return self.state.memory

    def use(self, kind: type[T]) -> T:
        """What the roof put there for dialogues to work with, by its type; fails loudly when it is not there."""
        found: T = self.registry.resources[kind]
        return found

    # -- saying

    async def say(self, text: str, options: Sequence[Option] = (), *, kind: str = "text", url: str = "") -> None:
        """Say something; `options` lead into dialogues (`go:name?key=value`) or answer nothing by themselves."""
        self.replies.append(Reply(text, tuple(options), kind, url))  # type: ignore[arg-type]

    async def start(self, name: str, opening: str = "", **args: str) -> None:
        """Go on in another dialogue; does not return."""
        raise Switch(name, opening, **args)

    async def cancel(self) -> None:
        """End this dialogue without an effect; does not return."""
        raise Cancelled

    # -- asking

    async def choose(
        self,
        key: str,
        text: str,
        options: Sequence[Choice],
        *,
        label: str = "",
        other: bool = False,
        optional: bool = False,
        ahead: bool = True,
    ) -> Choice:
        """One of the options. With `other`, words of one's own: a Choice with value "other" and the words as label.
        Skipped: value ""."""
        listed = (*options, Choice("other", _("Other"), ("其他", "别的", "都不是"))) if other else tuple(options)
        question = kinds.Choose(
            key=key, text=text, options=listed, label=label, other=other, optional=optional, ahead=ahead
        )
        value = await self.ask(question)
        if value == "other" and other:
            value = "=" + await self.text(f"{key}-other", _("Please write its name."), longest=40, label=label)
        if value is None or value.startswith("="):
            return Choice("other" if value else "", value[1:] if value else "")
        return next(option for option in listed if option.value == value)

    async def text(
        self,
        key: str,
        text: str,
        *,
        longest: int = 500,
        shortest: int = 1,
        label: str = "",
        optional: bool = False,
        asides: bool = True,
    ) -> Any:
        """Words. A story (`asides=False`) may hold questions: they are part of it."""
        question = kinds.Text(
            key=key, text=text, longest=longest, shortest=shortest, label=label, optional=optional, asides=asides
        )
        return await self.ask(question)

    async def number(
        self,
        key: str,
        text: str,
        *,
        least: int = 0,
        most: int = 1_000_000,
        label: str = "",
        optional: bool = False,
        options: Sequence[Choice] = (),
    ) -> Any:
        """A Decimal, or the value (str) of one of the options, or None when skipped."""
        question = kinds.Number(
            key=key,
            text=text,
            least=Decimal(least),
            most=Decimal(most),
            label=label,
            optional=optional,
            options=tuple(options),
        )
        return await self.ask(question)

    async def money(self, key: str, text: str, *, label: str = "", optional: bool = False) -> Decimal | None:
        """Yuan, or None when skipped."""
        answer: Decimal | None = await self.ask(
            kinds.Money(key=key, text=text, label=label, optional=optional, ahead=True)
        )
        return answer

    async def date(
        self,
        key: str,
        text: str,
        *,
        latest: date | None = None,
        earliest: date | None = None,
        label: str = "",
        optional: bool = False,
    ) -> date | None:
        """A day, or None when skipped."""
        question = kinds.Date(
            key=key,
            text=text,
            today=self.today,
            latest=latest,
            earliest=earliest,
            label=label,
            optional=optional,
            ahead=True,
        )
        answer: date | None = await self.ask(question)
        return answer

    async def place(
        self,
        key: str,
        text: str,
        *,
        label: str = "",
        optional: bool = False,
        known: Callable[[str], Sequence[tuple[str, str]]] | None = None,
        spot: Callable[[str], tuple[str, str] | None] | None = None,
        options: Sequence[Choice] = (),
    ) -> Place | str | None:
        """A place; `known` looks words up, `spot` finds a place in free text; an option's value is given as it is."""
        question = kinds.Where(
            key=key,
            text=text,
            label=label,
            optional=optional,
            known=known,
            spot=spot,
            ahead=spot is not None,
            options=tuple(options),
        )
        answer: Place | str | None = await self.ask(question)
        return answer

    async def phone(self, key: str, text: str, *, label: str = "", optional: bool = False) -> str | None:
        """A phone number, or None when skipped."""
        answer: str | None = await self.ask(kinds.Phone(key=key, text=text, label=label, optional=optional))
        return answer

    async def photos(self, key: str, text: str, *, most: int = 9, label: str = "") -> list[int]:
        """Media ids, none when skipped. Pictures sent earlier in the dialogue are counted in."""
        question = kinds.Photos(key=key, text=text, most=most, label=label, optional=True)
        answer: list[int] | None = await self.ask(question)
        return answer or []

    async def confirm(self, text: str, *, key: str = "confirm", yes: str = "", more: str = "") -> bool:
        """The last look: yes, change one answer, add words to the answer `more`, or cancel (which does not return)."""
        options = [
            Choice("yes", yes or _("Submit"), ("提交", "确认", "确定", "是", "对", "好", "好的", "可以", "yes", "ok"))
        ]
        options.append(Choice("change", _("Change one"), ("改", "修改", "改一项", "change")))
        if more:
            options.append(Choice("more", _("Add a few words"), ("补充", "再补一段话", "add")))
        options.append(Choice("no", _("Cancel"), ("不", "不要", "no")))
        if self.pending is not None and self.draft.asked == key and (which := self._wrong(self.pending.text)):
            self.pending = None
            self.change(which, key)
        answer = await self.ask(kinds.Choose(key=key, text=text, options=tuple(options)))
        if answer == "change":
            await self._change_one(key)
        if answer == "more":
            await self._add_to(more, key)
        if answer == "no":
            raise Cancelled
        return True

    async def once(self, key: str, effect: Callable[[], Awaitable[Any]]) -> Any:
        """Run an effect one time only in this dialogue; its JSON result is kept."""
        if key not in self.draft.done:
            self.draft.done[key] = await effect()
        return self.draft.done[key]

    # -- how a question gets its answer

    async def ask(self, question: Question) -> Any:
        """The answer to a question: kept, filled ahead, taken from what was said, or asked for (which ends the run)."""
        draft = self.draft
        if question.label:
            draft.labels[question.key] = question.label
        if question.key in draft.answers:
            return question.load(draft.answers[question.key])
        if question.ahead and draft.opening and question.key not in draft.passed:
            found = question.find(draft.opening)
            if found is not None:
                draft.keep(question.key, found, ahead=True)
                return question.load(found)
        if self.pending is not None and draft.asked == question.key:
            said, self.pending = self.pending, None
            return question.load(await self._take(question, said))
        await self.pose(question)
        raise Stop

    async def pose(self, question: Question, lead: str = "") -> None:
        """Ask; `lead` goes before the question."""
        self.draft.asked = question.key
        options = [Option(one.label, self.value(question.key, one.value)) for one in question.shown()]
        await self.say(f"{lead}\n{question.text}" if lead else question.text, options)

    def value(self, key: str, value: str) -> str:
        """An option's value: tells which draft and question it belongs to, so that an old button is not taken for
        an answer to another question."""
        return f"{self.draft.mark}.{key}={value}"

    async def _take(self, question: Question, said: Incoming) -> Any:
        draft = self.draft
        try:
            if isinstance(question, kinds.Photos):
                kept = await self._gather(question, said)
            elif self.tap:
                kept = question.tapped(self.tap)
            elif said.media and not said.text:
                self._picture_early(said)
                await self.pose(question, lead=_("Picture noted."))
                raise Stop
            elif question.options and (value := self._by_label(question, said.text)) is not None:
                kept = question.tapped(value)
            else:
                kept = question.understand(said)
                self._picture_early(said)  # a caption answers, its picture is evidence
        except NotUnderstood as error:
            await self._not_understood(question, said, error.code)
            raise Stop from None
        draft.keep(question.key, kept)
        draft.asked = ""
        return kept

    def _by_label(self, question: Question, text: str) -> str | None:
        words = normalise(text)
        return next((one.value for one in question.shown() if words and normalise(one.label) == words), None)

    async def _not_understood(self, question: Question, said: Incoming, code: str) -> None:
        """A question in the middle of a form is answered, then the open one asked again; else one line of help."""
        before = len(self.replies)
        asked = question.asides and looks_like_question(said.text)
        if asked and await self.registry.aside(self, said.text, True):
            self.replies[before:] = [replace(reply, options=()) for reply in self.replies[before:]]
            await self.pose(question, lead=_("— Back to where we were:"))
        else:
            await self.pose(question, lead=question.hint(code))

    def _picture_early(self, said: Incoming) -> None:
        """Keep pictures that come before they are asked for, up to the most that any question takes."""
        kept = self.draft.partial.get("photos", [])
        pictures = [one for one in said.media if one.kind != "voice"][: MOST_PICTURES - len(kept)]
        if pictures:
            self.draft.partial["photos"] = [*kept, *self.keep_media(pictures)]

    async def _gather(self, question: kinds.Photos, said: Incoming) -> Any:
        words = normalise(said.text)
        kept: list[int] = self.draft.partial.get("photos", [])
        pictures = [one for one in said.media if one.kind in {"photo", "document", "voice"}]
        if pictures:
            room = max(0, question.most - len(kept))
            kept = [*kept, *self.keep_media(pictures[:room])]
            self.draft.partial["photos"] = kept
            if len(kept) < question.most:
                await self._more_pictures(question, len(kept))
        elif self.tap == "done" or words in question.finish or self.tap == "skip" or words in kinds.SKIP_WORDS:
            pass
        else:
            raise NotUnderstood("photos")
        return kept

    async def _more_pictures(self, question: kinds.Photos, count: int) -> None:
        self.draft.asked = question.key
        text = _("Got {count}. Send more, up to {most}, or reply “{done}”.").format(
            count=count, most=question.most, done=_("Done")
        )
        await self.say(text, [Option(_("Done"), self.value(question.key, "done"))])
        raise Stop

    def keep_media(self, media: Sequence[Media]) -> list[int]:
        """Note pictures as this person's; what lies with the platform is fetched through the outbox."""
        from bot.store.media import want

        return [want(self.store, self.person, one) for one in media]

    # -- changing an answer

    def _wrong(self, text: str) -> str:
        """The answer that words like "日期不对" or "change the date" mean; "" when they mean none, or not one alone."""
        words = normalise(text)
        if not any(sign in words for sign in CHANGE_SIGNS):
            return ""
        meant = [
            key for key, label in self.draft.labels.items() if normalise(label) in words and key in self.draft.order
        ]
        return meant[0] if len(meant) == 1 else ""

    async def _change_one(self, key: str) -> None:
        draft = self.draft
        listed = [Choice(one, draft.labels[one]) for one in draft.order if one in draft.labels]
        answer = await self.ask(kinds.Choose(key=f"{key}-which", text=_("Which one?"), options=tuple(listed)))
        self.change(str(answer), key, f"{key}-which")

    def change(self, which: str, *also: str) -> None:
        """Drop one answer (and those in `also`), so that it is asked again while the rest stands; does not return."""
        for one in (which, f"{which}-other", *also):
            if one in self.draft.answers or one == which:
                self.draft.drop(one)
        if which == "photos":
            self.draft.partial.pop("photos", None)
        raise Rerun

    async def _add_to(self, which: str, key: str) -> None:
        words = await self.text(f"{key}-more", _("What would you like to add?"), longest=1000, asides=False)
        self.draft.answers[which] = f"{self.draft.answers.get(which) or ''}\n{words}".strip()
        for one in (key, f"{key}-more"):
            self.draft.drop(one)
        raise Rerun
