"""An index over any corpus: documents with named fields in, ids ranked for a question out.

    index = Index.build([Document("a", {"title": "工伤", "text": "职工受伤……"})], weights={"title": 2.0, "text": 1.0})
    index.top([Clause("公伤怎么赔", 1.0)], 10)          # -> [Hit("a", 7.3)]

A question comes as clauses (a text and how much it counts), so that what a lexicon adds can count less
than what was typed. The score of a document is the sum over the views; each view is BM25F over single tokens and pairs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from bot.search.clause import MOST_CHARACTERS, Clause
from bot.search.normalise import normalise
from bot.search.postings import Formula, Postings, build
from bot.search.tokens import VIEWS, tokenise, typed

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What a match by character and one by sound count.
SHARES = {"characters": 1.0, "sounds": 0.6}


@dataclass(frozen=True, slots=True)
class Document:
    """One passage of a corpus."""

    id: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Terms:
    """Term numbers and their weights, side by side."""

    numbers: NDArray[np.int64]
    weights: NDArray[np.float32]

    @classmethod
    def of(cls, terms: Mapping[int, float]) -> _Terms:
        return cls(np.array(list(terms), dtype=np.int64), np.array(list(terms.values()), dtype=np.float32))


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found, and its score."""

    id: str
    score: float


class Index:
    """Postings per view, and the ids of the documents they number."""

    def __init__(self, ids: Sequence[str], views: Mapping[str, Postings]) -> None:
        self.ids = ids
        self.views = views

    @classmethod
    def build(
        cls, documents: Iterable[Document], weights: Mapping[str, float], formula: Formula | None = None
    ) -> Index:
        """Index the fields named in `weights`; a document may lack any of them."""
        documents = list(documents)
        read = {
            field: [tokenise(normalise(document.fields.get(field, ""))) for document in documents] for field in weights
        }
        views = {
            name: build(
                ((weight, map(view, read[field])) for field, weight in weights.items()),
                len(documents),
                formula or Formula(),
            )
            for name, view in VIEWS.items()
        }
        return cls([document.id for document in documents], views)

    def scores(self, clauses: Sequence[Clause]) -> NDArray[np.float64]:
        """Every document's score, in the order of `ids`."""
        total = np.zeros(len(self.ids))
        for name, terms in self._asked(clauses).items():
            found = self.views[name].find(terms.numbers)
            there = found >= 0
            total += SHARES[name] * self.views[name].score(found[there], terms.weights[there], len(self.ids))
        return total

    def reach(self, clauses: Sequence[Clause]) -> float:
        """The sum of the rarities of all that is asked: with k1 = 0 the score of a document that holds everything."""
        return sum(
            SHARES[name]
            * float(self.views[name].worth(terms.numbers, self.views[name].find(terms.numbers)) @ terms.weights)
            for name, terms in self._asked(clauses).items()
        )

    @cached_property
    def totals(self) -> NDArray[np.float64]:
        """Every document's score for a question that holds all of its terms."""
        return sum(
            (SHARES[name] * view.totals(len(self.ids)) for name, view in self.views.items()), np.zeros(len(self.ids))
        )

    def top(self, clauses: Sequence[Clause], limit: int) -> list[Hit]:
        """The best `limit` documents that share anything with the question, best first, ties in corpus order."""
        scores = self.scores(clauses)
        if limit < len(scores):
            candidates = np.sort(np.argpartition(-scores, limit - 1)[:limit])
        else:
            candidates = np.arange(len(scores))
        best = candidates[np.argsort(-scores[candidates], kind="stable")]
        return [Hit(self.ids[at], float(scores[at])) for at in best if scores[at] > 0]

    def _asked(self, clauses: Sequence[Clause]) -> dict[str, _Terms]:
        """The question's terms per view, each with the most that any clause gives it."""
        known = self.views["characters"].vocabulary
        asked: dict[str, dict[int, float]] = {name: {} for name in VIEWS}
        for clause in clauses:
            both = typed(tokenise(normalise(clause.text[:MOST_CHARACTERS])), known)
            for (name, view), tokens in zip(self.views.items(), both, strict=True):
                for term, times in Counter(view.numbers(tokens, clause.weight < 1).tolist()).items():
                    weight = clause.weight * (1 + math.log(times))
                    asked[name][term] = max(weight, asked[name].get(term, 0.0))
        return {name: _Terms.of(terms) for name, terms in asked.items()}
