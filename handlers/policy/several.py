"""Words that, said alone, mean several things (保险, 工资, 货车超载): nobody guesses, what may be meant is offered.
What is told in many ways (有个顾客让我帮带垃圾) is known by `told`, which holds with little else around it.

`content/several.yaml`, one subject a key; see its first lines.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import Field, ValidationError

from bot.content import Finding
from bot.understand.words import normalise
from handlers.policy.content import Part, Step, Text

FILE = "several.yaml"
AROUND = 4  # characters before and after what is told
_MARKS = re.compile(r"[\W_]+")
_POLITE = re.compile(r"^(?:你好|您好|请问|那个|就是|我?想?问一?下|我?想问)+")


class Several(Part):
    """One subject: the words that name it, how it is told (… stands for up to eight characters), what is said to them
    (nothing: which is meant?), what is offered."""

    says: Annotated[list[Text], Field(min_length=1)]
    told: tuple[Text, ...] = ()
    text: Text | None = None
    offers: Annotated[list[Step], Field(min_length=2, max_length=6)]

    @cached_property
    def heard(self) -> re.Pattern[str]:
        """Matches the whole of a folded text that tells of it."""
        ways = "|".join(re.escape(folded(one, "…")).replace("…", ".{0,8}?") for one in self.told)
        return re.compile(rf".{{0,{AROUND}}}?(?:{ways or '(?!)'}).{{0,{AROUND}}}")


def read(data: Mapping[str, Any], findings: list[Finding]) -> dict[str, Several]:
    """The subjects by their words; what can't be used, or is said of two subjects, becomes a finding."""
    known: dict[str, Several] = {}
    for name, fields in data.items():
        try:
            one = Several.model_validate(fields)
        except ValidationError as error:
            slip = error.errors()[0]
            where = ".".join(map(str, (name, *slip["loc"])))
            findings.append(Finding(FILE, 1, "error", f"{where}: {slip['msg']}"))
            continue
        for words in map(folded, one.says):
            if words in known:
                findings.append(Finding(FILE, 1, "error", f"{name}: {words} stands under another subject as well"))
            known[words] = one
    return known


def folded(text: str, kept: str = "") -> str:
    """As it is looked up: without spaces, marks (but `kept`) and what opens a question."""
    words = kept.join(_MARKS.sub("", normalise(part)) for part in (text.split(kept) if kept else [text]))
    return _POLITE.sub("", words) or words


def astray(known: Mapping[str, Several], articles: Collection[str], dialogues: Collection[str]) -> Iterator[Finding]:
    """Offers that lead nowhere."""
    there = {"article": articles, "dialogue": dialogues}
    steps = {step.to for one in known.values() for step in one.offers}
    for to in sorted(steps):
        kind, _, target = to.partition(":")
        if kind in there and target not in there[kind]:
            yield Finding(FILE, 1, "error", f"offers: {to} leads nowhere")
