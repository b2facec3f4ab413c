"""A question that is answered with one or several of its options, in one message: 骑手和司机, 2、3."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from bot.dialogue.questions import Question
from bot.i18n import N_, _
from bot.messages import Incoming
from bot.patterns import pattern
from bot.understand import NotUnderstood, choice
from bot.understand.words import normalise

_NUMBERS = pattern(r"第?[0-9]{1,2}个?(?:(?:\s?(?:[、,，和跟与及+/]|and)\s?|\s)第?[0-9]{1,2}个?)+")
_ALL_BUT = pattern(r"除了|除去|除开|不要|不给|不发|不是|不含|不包括|except|but not|without")


@dataclass(frozen=True, slots=True, kw_only=True)
class Several(Question):
    """Kept as a list of values, in the order of the options. `everything`: the option that means all of them; who names
    others beside it means only these (骑手和司机都要)."""

    everything: str = ""
    need: str = N_("Please tap one, or name several, like 骑手和司机.")

    def parse(self, said: Incoming) -> Any:
        plain = normalise(said.text)
        if _ALL_BUT.search(plain):
            raise NotUnderstood("none")
        found = self._numbered(plain) or self._named(plain)
        if not found:
            return [choice.parse(said.text, [(one.value, one.label, one.aliases) for one in self.options])]
        only = found - {self.everything} or found
        return [one.value for one in self.options if one.value in only]

    def _numbered(self, plain: str) -> set[str]:
        """2、3 and 2 3. Raises `NotUnderstood` for a number that no option has."""
        if not _NUMBERS.fullmatch(plain):
            return set()
        places = [int(one) for one in re.findall(r"[0-9]+", plain)]
        if not all(1 <= place <= len(self.options) for place in places):
            raise NotUnderstood("range")
        return {self.options[place - 1].value for place in places}

    def _named(self, plain: str) -> set[str]:
        """Those whose names occur, a longer name first: 货车司机 is no 司机."""
        names = [(normalise(name), one.value) for one in self.options for name in (one.label, *one.aliases)]
        found = set()
        for name, value in sorted(names, key=lambda each: len(each[0]), reverse=True):
            if name and name in plain:
                found.add(value)
                plain = plain.replace(name, "\n")
        return found

    def tapped(self, value: str) -> Any:
        return [Question.tapped(self, value)]

    def hint(self, code: str) -> str:
        return _(self.need)
