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

from bot.search.index import Clause, Document, Index
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

    `evidence` is the best article's own score a unit of what was asked; `elsewhere` the same of the nearest subject
    that is not ours.
    """

    candidates: Sequence[Candidate]
    evidence: float
    elsewhere: float


class Ranking:
    """The indexes over one state of the content."""

    def __init__(self, articles: Sequence[Article], elsewhere: Mapping[str, Sequence[str]], lexicon: Lexicon) -> None:
        self.articles = articles
        self._lexicon = lexicon
        foreign = [Document(name, {"questions": "\n".join(asked)}) for name, asked in elsewhere.items()]
        self._told = Index.build([*map(_fields, articles), *foreign], FIELDS, TOLD)
        self._questions = [question for article in articles for question in _known(article)]
        self._owner = np.repeat(np.arange(len(articles)), [len(_known(article)) for article in articles])
        known = [Document(str(at), {"question": question}) for at, question in enumerate(self._questions)]
        self._asked = Index.build(known, {"question": 1.0}, ASKED)

    def rank(self, question: str, weights: NDArray[np.float64] | None = None) -> Ranked:
        """Every article, best first; `weights` (one an article) says how far each fits the person who asks."""
        clauses = self._lexicon.clauses(question)
        typed, count = clauses[:1], len(self.articles)
        scores = self._told.scores(clauses)
        alike, nearest = self._alike(typed)
        total = (scores[:count] / max(scores.max(initial=0.0), 1e-9) + ALIKE * alike**3) * (
            1 if weights is None else weights
        )
        order = np.argsort(-total, kind="stable")
        asked = max(self._told.reach(typed), 1e-9)
        candidates = [
            Candidate(self.articles[at], float(total[at]), float(alike[at]), self._questions[nearest[at]])
            for at in order[:MOST]
        ]
        own = float(scores[order[0]]) if count else 0.0
        return Ranked(candidates, own / asked, float(scores[count:].max(initial=0.0)) / asked)

    def _alike(self, typed: Sequence[Clause]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """For every article, how alike its nearest own question is (0 to 1), and which that is."""
        shared = self._asked.scores(typed)
        dice = 2 * shared / np.maximum(self._asked.reach(typed) + self._asked.totals, 1e-9)
        firsts = np.flatnonzero(np.diff(self._owner, prepend=-1))
        best = np.maximum.reduceat(dice, firsts) if firsts.size else dice
        at_best = np.flatnonzero(dice == best[self._owner]) if firsts.size else firsts
        nearest = at_best[np.unique(self._owner[at_best], return_index=True)[1]]
        return np.minimum(best, 1.0), nearest


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


def _known(article: Article) -> list[str]:
    return [article.title, *article.questions]
