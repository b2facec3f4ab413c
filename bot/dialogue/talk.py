"""Talk: a conversation written as one async function, run from the top for every message.

A question that has an answer returns it; the first that has none is asked, and the run stops there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot.dialogue import correcting, pictures
from bot.dialogue import questions as kinds
from bot.dialogue.asking import Asking
from bot.dialogue.questions import Choice, Question
from bot.dialogue.state import Draft, State
from bot.i18n import _
from bot.messages import BESIDE_NUMBER, Incoming, Media, Option, Reply
from bot.people import Person
from bot.understand import NotUnderstood
from bot.understand.choice import place_in_list
from bot.understand.question import looks_like_question
from bot.understand.words import bare

if TYPE_CHECKING:
    from bot.dialogue.noticed import Reached
    from bot.dialogue.registry import Registry
    from bot.store.unit import Unit

T = TypeVar("T")

YES = ("提交", "确认", "确定", "是", "对", "好", "好的", "可以", "submit", "yes", "ok")
MISSES = 3  # answers in a row that were none: then the way out is named
LOCATING = frozenset({"wechat", "telegram"})  # channels with a button for one's location
HEARING = frozenset({"wechat"})  # channels that turn speech into words


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


class Talk(Asking):
    """One message's view of a conversation: who, what was said, the store, and the questions."""

    def __init__(
        self,
        person: Person,
        said: Incoming,
        store: Unit,
        state: State,
        registry: Registry,
        reached: Reached | None = None,
    ) -> None:
        self.person = person
        self.said = said
        self.store = store
        self.state = state
        self.registry = registry
        self.reached = reached  # what the person was told unasked, see noticed.py
        self.replies: list[Reply] = []
        self.pending: Incoming | None = said  # what was said, till a question takes it
        self.tap: str = ""  # the bare value of a tapped option that belongs to the open question
        self.lead = ""  # goes before the next question
        self.called: str = ""  # what a tapped option is called that the conversation has not shown itself

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

    @property
    def can_locate(self) -> bool:
        """True where the person can send a location."""
        return self.person.channel in LOCATING

    @property
    def can_speak(self) -> bool:
        """True where what the person says aloud reaches us as words."""
        return self.person.channel in HEARING

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

    # -- the last look

    async def confirm(self, text: str, *, key: str = "confirm", yes: str = "", more: str = "") -> bool:
        """The last look: yes, change one answer, add words to the answer `more`, or cancel (which does not return)."""
        options = [Choice("yes", yes or _("Submit"), YES)]
        options.append(Choice("change", _("Change one"), ("改", "修改", "改一项", "change")))
        if more:
            options.append(Choice("more", _("Add a few words"), ("补充", "再补一段话", "add")))
        options.append(Choice("no", _("Cancel"), ("不", "不要", "no")))
        if (
            self.pending is not None
            and self.draft.asked == key
            and (which := correcting.meant(self.draft, self.pending.text))
        ):
            self.draft.partial["correction"] = {which: self.pending.text}
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
            draft.called[question.key] = [*question.named, *question.called]
        if question.key in draft.partial.get("correction", {}):
            corrected = correcting.corrected(draft, question, draft.partial.pop("correction")[question.key])
            if corrected is not None:
                draft.keep(question.key, corrected)
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
        self.draft.free = not question.asides
        beside = BESIDE_NUMBER if isinstance(question, kinds.Number) else ""
        options = [Option(one.label, self.value(question.key, beside + one.value)) for one in question.shown()]
        lead, self.lead = lead or self.lead, ""
        await self.say(f"{lead}\n{question.text}" if lead else question.text, options)

    def value(self, key: str, value: str) -> str:
        """An option's value: tells which draft and question it belongs to, so that an old button is not taken for
        an answer to another question."""
        return f"{self.draft.mark}.{key}={value}"

    async def _take(self, question: Question, said: Incoming) -> Any:
        draft, noted = self.draft, ""
        try:
            if isinstance(question, kinds.Photos):
                meant = self.tap or self._by_label(question, said.text)
                kept, more = pictures.gather(self, question, said, meant)
                if more:
                    await self._more_pictures(question, len(kept))
            elif self.tap:
                kept = question.tapped(self.tap)
            elif said.media and not said.text:
                self.lead = pictures.beside(self, said.media)
                raise Rerun  # what is asked may tell how many there are
            elif (value := self._by_label(question, said.text)) is not None:
                kept = question.tapped(value)
                self._note_pictures(said)
            else:
                noted = self._note_pictures(said)  # evidence, whether its caption is an answer or not
                kept = question.understand(said)
        except NotUnderstood as error:
            await self._not_understood(question, said, error.code, noted)
            raise Stop from None
        draft.keep(question.key, kept)
        draft.asked = ""
        return kept

    def _note_pictures(self, said: Incoming) -> str:
        return pictures.beside(self, said.media) if said.media else ""

    def _by_label(self, question: Question, text: str) -> str | None:
        """The value of the shown option that is named, or numbered where a number is no answer by itself."""
        words, shown = bare(text), question.shown()
        named = next((one.value for one in shown if words and bare(one.label) == words), None)
        if named is not None or isinstance(question, kinds.Number | kinds.Choose):
            return named
        number = place_in_list(text)
        return shown[number - 1].value if number is not None and number <= len(shown) else None

    async def _not_understood(self, question: Question, said: Incoming, code: str, noted: str = "") -> None:
        """A question in the middle of a form is answered, then the open one asked again; else one line of help, after
        what was `noted`."""
        before = len(self.replies)
        asked = question.asides and looks_like_question(said.text)
        if asked and await self.registry.aside(self, said.text, True):
            self.replies[before:] = [replace(reply, options=()) for reply in self.replies[before:]]
            await self.pose(question, lead=_("— Back to where we were:"))
        elif asked and question.asides:
            lead = _("I can't answer that for sure. “Staff” passes it on to people. First this one:")
            await self.pose(question, lead=lead)
        else:
            way_out = self._way_out() if self._missed(question.key) else ""
            await self.pose(question, lead="\n".join(filter(None, (noted, question.hint(code), way_out))))

    def _missed(self, key: str) -> bool:
        """Is this the third answer in a row, or a later one, that was none?"""
        before, times = self.draft.partial.get("missed", ["", 0])
        self.draft.partial["missed"] = [key, times + 1 if before == key else 1]
        return bool(self.draft.partial["missed"][1] >= MISSES)

    def _way_out(self) -> str:
        return _("“Cancel” leaves this, “Staff” reaches people.")

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

    def _corrected(self, text: str, key: str) -> None:
        """地址错了: that answer is asked again, or taken from the same words."""
        if which := correcting.meant(self.draft, text):
            self.draft.partial["correction"] = {which: text}
            self.pending = None
            self.change(which, key)

    async def _change_one(self, key: str) -> None:
        draft = self.draft
        listed = [Choice(one, draft.labels[one]) for one in draft.order if one in draft.labels]
        if len(listed) == 1:
            self.change(listed[0].value, key)
        answer = await self.ask(
            kinds.Choose(key=f"{key}-which", text=_("Which one should change?"), options=tuple(listed))
        )
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
        asked = _("What would you like to add?")
        words = await self.text(f"{key}-more", asked, longest=1000, optional=True, asides=False)
        self.draft.answers[which] = f"{self.draft.answers.get(which) or ''}\n{words or ''}".strip()
        for one in (key, f"{key}-more"):
            self.draft.drop(one)
        raise Rerun
