"""Which articles a question means: two indexes over the content, one number an article.

`told` holds whole articles with weighted fields (BM25F) and, beside them, the subjects that are not ours
(content/elsewhere.yaml); `asked` holds every question anybody is known to ask, one by one, and says how alike
two questions are. A near match with a known question adds to what the article as a whole scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bot.search.clause import Clause
from bot.search.index import Document, Index
from bot.search.lexicon import Lexicon
from bot.search.postings import Formula
from handlers.policy.content import Article

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIELDS = {"title": 2.0, "questions": 1.0, "keywords": 1.0, "answer": 1.0, "body": 0.5}
TOLD = Formula(k1=3.0, b=0.3, single=1.5)
ASKED = Formula(k1=0.0, b=0.0, single=1.0)  # presence only: likeness is shared rarity over all rarity (Dice)
MOST = 10  # candidates that a ranking keeps
ALIKE = 0.3  # what a question word for word the same adds, where the best article as a whole counts 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article for a question. `score` orders; `alike` (0 to 1) is the likeness of `question`, its nearest own."""

    article: Article
    score: float
    alike: float
    question: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """The articles, best first, and what the decision weighs.

    `evidence` is the best article's score a unit of what was asked, `alike` (0 to 1) the likeness of the nearest known
    question; `evidence_elsewhere` and `alike_elsewhere` are the same of the subjects that are not ours.
    `written` is False for typed pinyin and English: there are no characters to tell subjects apart by.
    """

    candidates: Sequence[Candidate]
    evidence: float
    alike: float
    evidence_elsewhere: float
    alike_elsewhere: float
    written: bool


class Ranking:
    """The indexes over one state of the content."""

    def __init__(self, articles: Sequence[Article], elsewhere: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        self.articles = articles
        self._lexicon = lexicon
        foreign = [Document(name, {"questions": "\n".join(asked)}) for name, asked in elsewhere.items()]
        self._told = Index.build([*map(_fields, articles), *foreign], FIELDS, TOLD)
        own = [[article.title, *article.questions] for article in articles]
        self._questions = [question for known in own for question in known]
        self._starts = np.cumsum([0, *map(len, own)])
        others = [question for asked in elsewhere.values() for question in asked]
        known = [Document("", {"question": question}) for question in self._questions + others]
        self._asked = Index.build(known, {"question": 1.0}, ASKED)

    def rank(self, question: str, weights: Sequence[float] | None = None) -> Ranked:
        """Every article, best first; `weights` (one an article) says how far each fits the person who asks."""
        clauses = self._lexicon.clauses(question)
        typed, count = clauses[:1], len(self.articles)
        scores = self._told.scores(clauses)
        alike = self._alike(typed)
        nearest = np.maximum.reduceat(alike[: self._starts[-1]], self._starts[:-1]) if count else np.zeros(0)
        total = scores[:count] / max(scores.max(initial=0.0), 1e-9) + ALIKE * nearest**3
        if weights is not None:
            total *= np.asarray(weights, dtype=np.float64)
        order = np.argsort(-total, kind="stable")
        asked = max(self._told.reach(typed), 1e-9)
        return Ranked(
            [Candidate(self.articles[at], float(total[at]), *self._nearest(at, alike)) for at in order[:MOST]],
            float(scores[order[0]]) / asked if count else 0.0,
            float(nearest.max(initial=0.0)),
            float(scores[count:].max(initial=0.0)) / asked,
            float(alike[self._starts[-1] :].max(initial=0.0)),
            any("㐀" <= character <= "鿿" for character in question),
        )

    def _alike(self, typed: Sequence[Clause]) -> NDArray[np.float64]:
        """How alike each known question is, from 0 to 1: the articles' in order, then those that are not ours."""
        shared = self._asked.scores(typed)
        return np.minimum(2 * shared / np.maximum(self._asked.reach(typed) + self._asked.totals, 1e-9), 1.0)

    def _nearest(self, article: int, alike: NDArray[np.float64]) -> tuple[float, str]:
        """How alike an article's nearest own question is, and that question."""
        start, end = self._starts[article], self._starts[article + 1]
        best = int(start + np.argmax(alike[start:end]))
        return float(alike[best]), self._questions[best]


def _fields(article: Article) -> Document:
    return Document(
        article.id,
        {
            "title": article.title,
            "questions": "\n".join(article.questions),
            "keywords": "\n".join(article.keywords),
            "answer": article.answer,
            "body": article.body,
        },
    )
