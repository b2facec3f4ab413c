"""The questions a dialogue can ask: each gives its answer, or ends the run till there is one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.dialogue import questions as kinds
from bot.dialogue.questions import Choice, Place, Question
from bot.dialogue.state import Draft
from bot.i18n import _


class Asking(ABC):
    """The half of `Talk` that dialogues ask with."""

    @property
    @abstractmethod
    def today(self) -> date:
        """The person's own calendar day."""

    @property
    @abstractmethod
    def draft(self) -> Draft:
        """The dialogue under way."""

    @abstractmethod
    async def ask(self, question: Question) -> Any:
        """The answer to a question."""

    async def choose(
        self,
        key: str,
        text: str,
        options: Sequence[Choice],
        *,
        label: str = "",
        other: bool = False,
        called: Sequence[str] = (),
        optional: bool = False,
        ahead: bool = True,
    ) -> Choice:
        """One of the options. With `other`, words of one's own: a Choice with value "other" and the words as label.
        Skipped: value "". `called`: what people call this answer beside its label, to change it."""
        listed = (*options, Choice("other", _("Other"), ("其他", "别的", "都不是"))) if other else tuple(options)
        question = kinds.Choose(
            key=key,
            text=text,
            options=listed,
            label=label,
            called=tuple(called),
            other=other,
            optional=optional,
            ahead=ahead,
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
        recent: bool = False,
    ) -> date | None:
        """A day, or None when skipped; `recent` offers today and yesterday to tap."""
        near = [(0, _("Today")), (1, _("Yesterday"))] if recent else []
        options = tuple(Choice((self.today - timedelta(days=back)).isoformat(), name) for back, name in near)
        question = kinds.Date(
            key=key,
            text=text,
            today=self.today,
            latest=latest,
            earliest=earliest,
            label=label,
            optional=optional,
            ahead=True,
            options=options,
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
        strict: bool = False,
        options: Sequence[Choice] = (),
    ) -> Place | str | None:
        """A place; `known` looks words up (with `strict` only what it knows will do), `spot` finds a place in free
        text; an option's value is given as it is."""
        question = kinds.Where(
            key=key,
            text=text,
            label=label,
            optional=optional,
            known=known,
            spot=spot,
            strict=strict,
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
        begun = bool(self.draft.partial.get("photos"))
        question = kinds.Photos(key=key, text=text, most=most, label=label, optional=True, begun=begun)
        answer: list[int] | None = await self.ask(question)
        return answer or []
