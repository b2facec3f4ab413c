"""The decision: answer, suggest near questions, or decline. Nothing is made up: it is found, or not."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from bot.search.normalise import normalise
from bot.search.tokens import BREAK, tokenise
from handlers.policy.content import Article, Resolve, Source
from handlers.policy.context import Situation, asked_day, joined
from handlers.policy.library import Library, Reading
from handlers.policy.several import Several
from handlers.profile.service import occupation_in

if TYPE_CHECKING:
    from handlers.policy.ranking import Candidate, Ranked

Verdict = Literal["answer", "suggest", "decline"]
Reason = Literal["found", "near", "several", "elsewhere", "unknown", "long", "wordless", "nothing"]

CHINA = ZoneInfo("Asia/Shanghai")
MOST = 5  # passages of a decision
ANSWER_FROM = 0.6  # log of the odds, for a question nobody has asked like this before; 1.5 % of ours go wrong
KNOWN = 0.9  # as alike as this to a known question is that question
LONGEST = 1000  # characters of a question; a longer text is a story, not a question


@dataclass(frozen=True, slots=True)
class Passage:
    """What the person would read. `question` is the known question nearest to theirs: the words for a button."""

    id: str
    title: str
    text: str
    score: float
    source: str
    question: str
    article: Article

    def as_dict(self) -> dict[str, str | float]:
        """The fields of the batch interface."""
        return {name: getattr(self, name) for name in ("id", "title", "text", "score", "source")}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a question, and the passages that are nearest, best first.

    `question` is the question as it was understood, with what it left unsaid: the `previous` of the next one.
    With `decline` the passages are what came nearest, for the staff who will answer; a person is not shown them.
    `several`: the words alone mean several things, and these may be meant (a `suggest`).
    """

    decision: Verdict
    passages: Sequence[Passage]
    reason: Reason
    question: str = ""
    several: Several | None = None

    @property
    def best(self) -> Passage | None:
        """The passage to answer with."""
        return self.passages[0] if self.passages else None


def verdict(ranked: Ranked) -> tuple[Verdict, Reason]:
    """The decision for a ranking."""
    if not ranked.candidates or ranked.evidence <= 0:
        return "decline", "unknown"
    if ours(ranked) < 0:
        return "decline", "elsewhere"
    return ("answer", "found") if sure(ranked) > ANSWER_FROM else ("suggest", "near")


def ours(ranked: Ranked) -> float:
    """The log of the odds that a question is ours at all: how much nearer our articles are than other subjects.

    Fitted on the half to tune on (tests/evaluation) and on questions held out of the articles; the constant is what
    declines 19 in 20 of the others.
    """
    nearer = math.log((ranked.evidence + 0.1) / (ranked.evidence_elsewhere + 0.1))
    return 5.5 * nearer + 10.2 * ranked.alike - 6.6 * ranked.alike_elsewhere - (4.8 if ranked.written else 3.6)


def sure(ranked: Ranked) -> float:
    """The log of the odds that the first article is the right one: how alike a known question is, how far the second.

    Fitted on questions held out of the articles (`python -m tests.evaluation --half held-out`).
    """
    first, *rest = ranked.candidates
    lead = first.score - (rest[0].score if rest else 0.0)
    return math.inf if first.alike >= KNOWN else 1.1 * first.alike + 6.3 * lead - 0.9


class Answers:
    """Questions in, decisions out, over the content of one folder."""

    def __init__(self, library: Library, find_places: Callable[[str], Sequence[str]]) -> None:
        self.library = library
        self._find_places = find_places

    @classmethod
    def load(
        cls,
        content_dir: Path,
        resolve: Resolve | None = None,
        find_places: Callable[[str], Sequence[str]] | None = None,
        reading: Reading | None = None,
    ) -> Answers:
        """Read the content, unless `reading` is what was read already. `resolve` fills figures in, `find_places` gives
        the codes of the places a text names."""
        return cls(Library(content_dir, resolve or _no_figure, reading=reading), find_places or _no_places)

    def decide(
        self,
        question: str,
        *,
        occupation: str | None = None,
        region: str | None = None,
        previous: str | None = None,
        today: dt.date | None = None,
    ) -> Decision:
        """The decision on one question.

        `occupation` and `region` (a GB/T 2260 code) are the asker's, `previous` is what they asked just before.
        """
        if len(question) > LONGEST:
            return Decision("decline", (), "long", question)
        self.library.refresh()
        if (meant := self.library.shelf.meant(question)) is not None:
            return Decision("suggest", self._offered(meant), "several", question, meant)
        text = joined(question, previous)
        if not any(token != BREAK for token in tokenise(normalise(text))):
            return Decision("decline", (), "wordless" if question.strip() else "nothing", question)
        today = today or dt.datetime.now(CHINA).date()
        named = occupation_in(text)
        places = self._find_places(normalise(text))
        situation = Situation(today, asked_day(text, today), occupation, named, region, places)
        return self._decided(text, situation)

    def _offered(self, meant: Several) -> list[Passage]:
        """The articles among what may be meant, in their order."""
        by_id = self.library.shelf.by_id
        steps = [(step.label, by_id.get(step.to.removeprefix("article:"))) for step in meant.offers]
        return [
            Passage(one.id, one.title, f"{one.answer}\n\n{one.body}", 1.0, cite(one.sources[0]), label, one)
            for label, one in steps
            if one is not None
        ]

    def _decided(self, text: str, situation: Situation) -> Decision:
        ranking = self.library.shelf.ranking
        ranked = ranking.rank(text, [situation.fit(article) for article in ranking.articles])
        decision, reason = verdict(ranked)
        passages = [passage(found) for found in ranked.candidates[:MOST] if found.score > 0]
        return Decision(decision, passages, reason, text)


def passage(found: Candidate) -> Passage:
    """What a person reads of an article: the sentence, then the body; the source in one line."""
    article = found.article
    text = f"{article.answer}\n\n{article.body}"
    score = round(found.score, 4)
    return Passage(article.id, article.title, text, score, cite(article.sources[0]), found.question, article)


def cite(source: Source) -> str:
    """A source in one line: 《title》 number, issuer, date, address."""
    known = (f"《{source.title}》", source.number, source.issuer, source.date, source.url)
    return " ".join(str(part) for part in known if part)


def _no_figure(reference: str) -> str:
    raise KeyError(reference)


def _no_places(text: str) -> Sequence[str]:
    return ()
