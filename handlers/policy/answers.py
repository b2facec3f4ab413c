"""The decision: answer, suggest near questions, or decline. Nothing is made up: it is found, or not."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from bot.search.normalise import normalise
from bot.search.tokens import BREAK, tokenise
from handlers.policy.content import Article, Resolve, Source
from handlers.policy.context import Situation, asked_day, joined, occupation_in
from handlers.policy.library import Library
from handlers.policy.ranking import Candidate, Ranked

Verdict = Literal["answer", "suggest", "decline"]
Reason = Literal["found", "near", "elsewhere", "unknown", "long", "wordless", "nothing"]

MOST = 5  # passages of a decision
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
        """The fields of the batch interface (DESIGN section 7)."""
        return {name: getattr(self, name) for name in ("id", "title", "text", "score", "source")}


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with a question, and the passages that are nearest, best first.

    With `decline` the passages are what came nearest, for the staff who will answer; a person is not shown them.
    """

    decision: Verdict
    passages: Sequence[Passage]
    reason: Reason

    @property
    def best(self) -> Passage | None:
        """The passage to answer with."""
        return self.passages[0] if self.passages else None


def sure(ranked: Ranked) -> float:
    """How sure it is that the first article is the right one: the log of the odds."""
    first, second = _first_two(ranked)
    return -3.0 + 2.0 * first.alike + 4.0 * (first.score - second) + 0.5 * ranked.evidence + ours(ranked)


def ours(ranked: Ranked) -> float:
    """How sure it is that the question is one of ours at all: the log of the odds."""
    return 5.0 * math.log((ranked.evidence + 0.1) / (ranked.elsewhere + 0.1)) - 1.0


def _first_two(ranked: Ranked) -> tuple[Candidate, float]:
    return ranked.candidates[0], ranked.candidates[1].score if len(ranked.candidates) > 1 else 0.0


def verdict(ranked: Ranked) -> tuple[Verdict, Reason]:
    """The decision for a ranking; the bounds are fitted with `python -m tests.evaluation --fit`."""
    if not ranked.candidates or ranked.evidence <= 0:
        return "decline", "unknown"
    if ours(ranked) < 0:
        return "decline", "elsewhere"
    return ("answer", "found") if sure(ranked) > 0 else ("suggest", "near")


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
    ) -> Answers:
        """Read the content. `resolve` fills figures in, `find_places` gives the codes of the places a text names."""
        return cls(Library(content_dir, resolve or _no_figure), find_places or _no_places)

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
            return Decision("decline", (), "long")
        text = joined(question, previous)
        if not any(token != BREAK for token in tokenise(normalise(text))):
            return Decision("decline", (), "wordless" if question.strip() else "nothing")
        today = today or dt.datetime.now(dt.UTC).date()
        named = occupation_in(text)
        places = self._find_places(normalise(text))
        situation = Situation(today, asked_day(text, today), occupation, named, region, places)
        return self._decided(text, situation)

    def _decided(self, text: str, situation: Situation) -> Decision:
        ranking = self.library.shelf.ranking
        ranked = ranking.rank(text, np.array([situation.fit(article) for article in ranking.articles]))
        decision, reason = verdict(ranked)
        return Decision(decision, [passage(found) for found in ranked.candidates[:MOST] if found.score > 0], reason)


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
