"""What the bot can talk about. Capabilities hand in their dialogues; a clash of words fails at start, loudly."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from bot.understand.question import looks_like_question
from bot.understand.sound import sound, syllables
from bot.understand.words import normalise

if TYPE_CHECKING:
    from bot.dialogue.talk import Talk

Run = Callable[["Talk"], Awaitable[None]]
Aside = Callable[["Talk", str, bool], Awaitable[bool]]

# Words that work everywhere, before any dialogue (DESIGN section 3). The engine itself knows these three.
BACK = frozenset(map(normalise, ("返回", "上一步", "后退", "/back", "back")))
CANCEL = frozenset(map(normalise, ("取消", "不填了", "算了", "退出", "/cancel", "cancel", "quit")))
# A whole sentence that gives a form up; in a story only one that begins so (不想弄了 may be the answer).
_GIVES_UP = re.compile(
    r"(?P<plain>(?:那|就|还是|我)*(?:算了|取消)(?:吧|了)?[,，。.!！ ]*)?"
    r"(?:(?:我|也)*(?:不想?|不要|懒得)(?:再)?(?:投诉|举报|反映|追究|告|填|弄|搞|办|报|提|问)了(?:吧|啊)?)?"
)
_CLAUSE = re.compile(r"[\s,，。.!！;；]+")
SHORTEST_MATTER = 4  # characters of another matter after the words that give a form up
RESTART = frozenset(map(normalise, ("重来", "重新开始", "重填", "从头来", "/restart", "restart", "start again")))
RESUME = frozenset(
    map(normalise, ("继续", "接着", "接着填", "继续填", "接着来", "继续吧", "接着弄", "go on", "continue"))
)
URGENT = 0.97  # so sure must a dialogue be of what is typed as the answer to another's question


def gives_up(text: str, in_story: bool = False) -> bool:
    """取消, 算了不投诉了, 不想填了: whoever says so wants out."""
    word = normalise(text)
    found = _GIVES_UP.fullmatch(word) if word else None
    return word in CANCEL or (found is not None and (bool(found["plain"]) or not in_story))


def next_matter(text: str) -> str:
    """What comes after words that give a form up: 我不投诉了 我想问下养老保险咋交. "" for all else (算了 就美团吧)."""
    first, *rest = _CLAUSE.split(text.strip(), maxsplit=1)
    left = rest[0] if rest else ""
    meant = normalise(first) not in CANCEL or looks_like_question(left)
    return left if len(left) >= SHORTEST_MATTER and meant and gives_up(first) else ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation written as one async function.

    `hears` claims free text that is no known word (how surely, 0 to 1). `after` says what becomes of a form that was
    interrupted by this dialogue: asked again at once, or offered. `linked` are the arguments a link or a QR code may
    carry: anybody can write one and have somebody else tap it, so nothing that decides is among them. `foremost`: what
    it hears is answered before anything else, even a story that is being told (a life may be at risk). `pictures`:
    those sent while it is open belong to it, asked for or not. `passing`: nothing is lost with it, so it is gone when
    another one is opened over it, or days have passed.
    """

    name: str
    title: str
    run: Run
    words: tuple[str, ...] = ()
    hears: Callable[[str], float] | None = None
    after: Literal["again", "offer"] = "again"
    linked: tuple[str, ...] = ()
    foremost: bool = False
    pictures: bool = False
    passing: bool = False


def dialogue(
    name: str,
    *,
    title: str,
    words: Sequence[str] = (),
    hears: Callable[[str], float] | None = None,
    after: Literal["again", "offer"] = "again",
    linked: Sequence[str] = (),
    foremost: bool = False,
    pictures: bool = False,
    passing: bool = False,
) -> Callable[[Run], Dialogue]:
    """Make a dialogue of an async function that takes a `Talk`."""

    def wrap(run: Run) -> Dialogue:
        return Dialogue(name, title, run, tuple(words), hears, after, tuple(linked), foremost, pictures, passing)

    return wrap


class Registry:
    """All dialogues, by name and by word.

    `home` is the menu; `aside(talk, text, inside_a_form)` answers free text, and says whether it did: outside a form
    it always does, inside one only when it is sure. `resources` are what dialogues work with beside the store (loaded
    content, the site), one of a type.
    """

    def __init__(
        self, dialogues: Iterable[Dialogue], *, home: str, aside: Aside, resources: Iterable[Any] = ()
    ) -> None:
        self.home = home
        self.resources: dict[type, Any] = {type(one): one for one in resources}
        self.aside = aside
        self.by_name: dict[str, Dialogue] = {}
        self.by_word: dict[str, Dialogue] = {}
        for one in dialogues:
            self._add(one)
        self._foremost = [one for one in self.by_name.values() if one.foremost]
        if home not in self.by_name:
            raise ValueError(f"no dialogue is named {home!r}")

    def _add(self, one: Dialogue) -> None:
        if one.name in self.by_name:
            raise ValueError(f"two dialogues are named {one.name!r}")
        self.by_name[one.name] = one
        for word in map(normalise, one.words):
            if word in self.by_word or word in BACK | CANCEL | RESTART:
                raise ValueError(f"the word {word!r} of dialogue {one.name!r} is taken")
            self.by_word[word] = one

    def named(self, word: str, *, by_sound: bool = True) -> Dialogue | None:
        """The dialogue a word opens, said alone (`/word` as well), or by its sound: 社保怎么叫, shebao zenme jiao.
        Where a question is open, a sound may be its answer: Zhi Yuan (志愿) is a name."""
        word = normalise(word).rstrip("。.!！~ ")
        found = self.by_word.get(word) or self.by_word.get(word.removeprefix("/"))
        return found or (self._by_sound.get(heard) if by_sound and (heard := sound(word)) else None)

    @cached_property
    def _by_sound(self) -> dict[str, Dialogue | None]:
        """The words by their sounds, those of two syllables for what is typed; None where dialogues sound the same."""
        found: dict[str, Dialogue | None] = {}
        for word, one in self.by_word.items():
            if not word.isascii() and (heard := syllables(word)):
                found[heard] = one if found.get(heard, one) is one else None
        return found

    def claimed(self, text: str, least: float = 0.5) -> Dialogue | None:
        """The dialogue that is surest that this free text is its own; None when none is sure enough."""
        sure = [(one.hears(text), one) for one in self.by_name.values() if one.hears is not None]
        best = max(sure, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= least else None

    def urgent(self, text: str) -> Dialogue | None:
        """The dialogue that may interrupt a form for this."""
        return self.claimed(text, URGENT) if text else None

    def foremost(self, text: str) -> Dialogue | None:
        """The dialogue that comes before whatever is under way."""
        return (
            next((one for one in self._foremost if one.hears is not None and one.hears(text)), None) if text else None
        )
